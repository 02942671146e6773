// A module-federation container written by hand. JupyterLab loads this file as a classic script, calls init with the
// scope of shared packages, then get('./extension'). It only brings in the modules that lie beside it.
(() => {
  'use strict';
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const plugin = new URL('plugin.js', script.src).href;
  /** @type {Scope} */
  let scope = {};
  const page = /** @type {any} */ (window);
  page._JUPYTERLAB ??= {};
  page._JUPYTERLAB.tickbook = {
    /** @param {Scope} shared */
    init(shared) {
      scope = shared;
    },
    /** @param {string} name */
    async get(name) {
      if (name !== './extension') throw new Error(`tickbook: no module ${name}`);
      const { makePlugin } = await import(plugin);
      const module = { __esModule: true, default: [makePlugin(scope)] }; // not frozen: JupyterLab sets __scope__
      return () => module;
    },
  };
})();
