// The snapshot: what any frontend would show of an output, by JupyterLab's own renderers.
import { MIME } from './names.js';

/**
 * showSnapshot puts a bundle into a Lumino panel, in place of what was there, without a blank between.
 * @param {any} lumino @lumino/widgets
 * @param {any} rendermime
 * @param {any} panel
 * @param {Record<string, any>} bundle
 * @param {MimeModel} model says whether it is trusted
 */
export async function showSnapshot(lumino, rendermime, panel, bundle, model) {
  const data = { ...bundle };
  delete data[MIME];
  const made = await render(lumino, rendermime, data, model);
  if (panel.isDisposed) {
    made?.dispose();
    return;
  }
  const old = [...panel.widgets];
  if (made) panel.addWidget(made);
  for (const w of old) w.dispose();
}

/**
 * @param {any} lumino
 * @param {any} rendermime
 * @param {Record<string, any>} data
 * @param {MimeModel} model
 */
async function render(lumino, rendermime, data, model) {
  const svg = data['image/svg+xml'];
  if (svg) {
    const node = document.createElement('img'); // runs no script, so that it shows in notebooks that aren't trusted, too
    node.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent([].concat(svg).join(''))}`;
    node.alt = '';
    const decoded = node.decode().catch(() => {});
    await decoded;
    return new lumino.Widget({ node });
  }
  const type = rendermime.preferredMimeType(data, model.trusted ? 'any' : 'ensure');
  if (!type) return null;
  const renderer = rendermime.createRenderer(type);
  await renderer.renderModel({ data, metadata: model.metadata, trusted: model.trusted, setData() {} });
  return renderer;
}
