// The mouse on a table: selecting cells, sorting by headers, dragging columns wider.
import { ROW_PX } from './grid.js';

/** listenToPointer connects a table's box. @param {import('./table.js').TableView} table */
export function listenToPointer(table) {
  const { grid, node } = table;

  grid.head.addEventListener('click', (e) => {
    const c = columnOf(e.target);
    if (c === null || isGrip(e.target)) return;
    table.sort(c, e.shiftKey || e.ctrlKey || e.metaKey);
  });
  grid.head.addEventListener('dblclick', (e) => {
    const c = columnOf(e.target);
    if (c !== null && isGrip(e.target)) table.widen(c, null);
  });
  grid.head.addEventListener('pointerdown', (e) => {
    const c = columnOf(e.target);
    if (c === null || !isGrip(e.target) || e.button !== 0) return;
    e.preventDefault();
    const from = e.clientX - table.columns.widths[c];
    drag(/** @type {HTMLElement} */ (e.target), e, (move) => table.widen(c, move.clientX - from));
  });

  /** @param {number} px below the header */
  const rowAt = (px) => {
    const row = Math.floor((table.scroll.offset + px) / ROW_PX);
    return Math.max(0, Math.min(table.scroll.rows - 1, row));
  };
  grid.body.addEventListener('pointerdown', (e) => {
    if (e.button !== 0 || !table.shown?.rows) return;
    node.focus({ preventScroll: true });
    e.preventDefault(); // no selection of the page's text
    table.select(grid.at(e.clientX, e.clientY, rowAt), e.shiftKey);
    let last = e;
    const isBeyond = () => {
      const box = node.getBoundingClientRect();
      return last.clientY < box.top || last.clientY > box.bottom;
    };
    const extend = () => table.select(grid.at(last.clientX, last.clientY, rowAt), true);
    const again = setInterval(() => isBeyond() && extend(), 60); // the table scrolls on while the mouse rests beyond its edge
    drag(node, e, (move) => {
      last = move;
      extend();
    }, () => clearInterval(again));
  });
}

/**
 * drag calls move until the button is let go.
 * @param {HTMLElement} node
 * @param {PointerEvent} start
 * @param {(e: PointerEvent) => void} move
 * @param {() => void} [end]
 */
function drag(node, start, move, end) {
  node.setPointerCapture(start.pointerId);
  const stop = new AbortController();
  const { signal } = stop;
  node.addEventListener('pointermove', move, { signal });
  for (const type of ['pointerup', 'pointercancel', 'lostpointercapture']) {
    node.addEventListener(type, () => {
      stop.abort();
      end?.();
    }, { signal });
  }
}

/** @param {EventTarget|null} target */
function columnOf(target) {
  const head = /** @type {Element} */ (target).closest('[data-column]');
  return head instanceof HTMLElement ? Number(head.dataset.column) : null;
}

/** @param {EventTarget|null} target */
function isGrip(target) {
  return /** @type {Element} */ (target).classList.contains('tickbook-grip');
}
