// A module-federation container written by hand. JupyterLab loads this file as a classic script, calls init with the
// scope of shared packages, then get('./extension'). It only brings in the modules that lie beside it.
(() => {
  'use strict';
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const plugin = new URL('plugin.js', script.src).href;
  // JupyterLab asks for the plugin only when its own code has run; until then the modules can be on their way.
  const modules = [
    'beat', 'clipboard', 'codec', 'columns', 'copy', 'crosshair', 'feed', 'figure', 'foot', 'ghost', 'grid', 'keyboard', 'link',
    'marks', 'names', 'order', 'paint', 'pane', 'panel', 'place', 'plot', 'plugin', 'pointer', 'question', 'ruler', 'scroll', 'select',
    'shared', 'snapshot', 'status', 'table', 'viewer',
  ];
  for (const name of modules) {
    const link = document.createElement('link');
    link.rel = 'modulepreload';
    link.href = new URL(`${name}.js`, script.src).href;
    document.head.append(link);
  }
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
