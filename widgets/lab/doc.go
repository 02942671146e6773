// Package lab holds the files of Tickbook's JupyterLab extension: plain ES modules that a page loads as they are.
//
// src/container.js is what JupyterLab loads; it brings in plugin.js, which gives each notebook a [Panel] (panel.js) with
// one comm (link.js), and each output a viewer (viewer.js) that covers the saved snapshot (snapshot.js) with a live view:
// table.js over grid.js, or figure.js. What they do without a page is in small modules beside them, tested by
// `npm test` with Node alone; `npm run check` checks the types in the comments.
//
// [Panel]: src/panel.js
package lab
