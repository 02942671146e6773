// The JupyterLab plugin: each notebook that is opened gets a renderer for our part of a MIME bundle.
import { MIME } from './names.js';
import { Panel } from './panel.js';
import { use } from './shared.js';
import { makeViewer } from './viewer.js';

/**
 * makePlugin returns the plugin over the page's shared packages.
 * @param {Scope} scope
 */
export function makePlugin(scope) {
  return {
    id: 'tickbook:views',
    description: 'Shows live tables and figures of the Tickbook kernel.',
    autoStart: true,
    /** @param {any} app */
    async activate(app) {
      const [widgets] = await Promise.all([use(scope, '@lumino/widgets'), loadStyle()]);
      app.docRegistry.addWidgetExtension('Notebook', {
        // Runs before the outputs of the panel are drawn.
        createNew(/** @type {any} */ notebook, /** @type {Context} */ context) {
          const { rendermime } = notebook.content;
          const Viewer = makeViewer(widgets, rendermime, new Panel(context));
          // safe: outputs that aren't trusted too. Rank 0: before text/html, which has 50.
          rendermime.addFactory({ safe: true, mimeTypes: [MIME], createRenderer: () => new Viewer() }, 0);
        },
      });
    },
  };
}

/** loadStyle adds the style sheet and waits for it; a page without it still works. */
function loadStyle() {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = new URL('style.css', import.meta.url).href;
  const loaded = new Promise((done) => {
    link.onload = link.onerror = () => done(undefined);
  });
  document.head.append(link);
  return loaded;
}
