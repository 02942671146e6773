// The keyboard on a table. Keys that mean nothing here are the browser's.
import { ROW_PX } from './grid.js';
import { move } from './select.js';

/** listenToKeys connects a table's box. @param {import('./table.js').TableView} table */
export function listenToKeys(table) {
  table.node.addEventListener('keydown', (e) => {
    if (e.altKey || e.isComposing || !press(table, e)) return;
    e.preventDefault();
    e.stopPropagation();
  });
}

/**
 * press reports whether a key meant something.
 * @param {import('./table.js').TableView} table
 * @param {KeyboardEvent} e
 */
function press(table, e) {
  const { focus } = table.selection;
  if ((e.ctrlKey || e.metaKey) && !e.shiftKey) {
    switch (e.key.toLowerCase()) {
      case 'a': table.selectAll(); return true;
      case 'c': table.copy(); return true;
    }
  }
  if (focus?.row === -1 && (e.key === 'Enter' || e.key === ' ')) {
    table.sort(focus.col, e.shiftKey);
    table.select(focus, false);
    return true;
  }
  if (e.key === 'Escape') {
    if (!focus) return false;
    table.selectNone();
    return true;
  }
  const { rows, inSight, view } = table.scroll;
  const page = Math.max(1, Math.floor(view / ROW_PX) - 1);
  const size = { rows, cols: table.columns.defs.length, page };
  const to = move(e, focus ?? { row: inSight.first, col: 0 }, size);
  if (!to || rows === 0) return false;
  const isArrow = e.key.startsWith('Arrow');
  table.select(!focus && isArrow ? { row: inSight.first, col: 0 } : to, e.shiftKey && to.row >= 0);
  return true;
}
