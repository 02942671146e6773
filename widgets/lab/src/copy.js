// Copying the selected cells of a table.
import { copyText } from './clipboard.js';
import { tsv } from './select.js';

/** The kernel's limit. */
const MOST_COPIED = 100_000;

/**
 * copySelection puts the selected cells on the clipboard; the kernel is asked for those that the page doesn't have.
 * @param {import('./table.js').TableView} table
 */
export function copySelection(table) {
  const { shown, selection, host } = table;
  const rect = shown && selection.rect(shown.rows);
  if (!shown || !rect) return;
  const rows = rect.bottom - rect.top;
  const cells = rows * (rect.right - rect.left);
  if (cells > MOST_COPIED) {
    host.say(`${cells.toLocaleString('en')} cells are too many to copy: at most ${MOST_COPIED.toLocaleString('en')}`);
    return;
  }
  const columns = Array.from({ length: rect.right - rect.left }, (_, i) => rect.left + i);
  const { span } = shown;
  if (shown.has(rect.top) && shown.has(rect.bottom - 1) && rect.left >= span.first && rect.right <= span.end) {
    put(table, tsv(Array.from({ length: rows }, (_, i) => columns.map((c) => shown.column(c)?.text(rect.top - shown.first + i) ?? ''))), cells);
    return;
  }
  const order = table.order.length ? table.order : null;
  if (!host.ask({ t: 'copy', seq: ++table.copies, first: rect.top, count: rows, columns, order })) host.say('not copied: no connection to the kernel');
}

/**
 * put puts the text of some cells on the clipboard, and says so.
 * @param {import('./table.js').TableView} table
 * @param {string} text
 * @param {number} cells
 */
export function put({ host }, text, cells) {
  copyText(text).then(
    () => host.say(`copied ${cells.toLocaleString('en')} ${cells === 1 ? 'cell' : 'cells'}`),
    (e) => host.say(`not copied: ${e.message}`),
  );
}
