// The selection: a rectangle of cells between an anchor and a focus, by position.

/** @typedef {{row: number, col: number}} Cell */

export class Selection {
  constructor() {
    /** @type {Cell|null} */
    this.anchor = null;
    /** @type {Cell|null} */
    this.focus = null;
    this.isAll = false;
    // Row keys of the two, NaN while unknown: the selection stays with its rows when they change their places.
    this.anchorKey = NaN;
    this.focusKey = NaN;
  }

  clear() {
    this.anchor = this.focus = null;
    this.isAll = false;
  }

  /**
   * to moves the focus, and the anchor too unless the selection is extended.
   * @param {Cell} cell
   * @param {boolean} extend
   * @param {(row: number) => number} key
   */
  to(cell, extend, key) {
    this.isAll = false;
    this.focus = cell;
    this.focusKey = key(cell.row);
    if (extend && this.anchor) return;
    this.anchor = cell;
    this.anchorKey = this.focusKey;
  }

  /** all selects every row, those to come as well. @param {number} cols */
  all(cols) {
    this.isAll = true;
    this.anchor = { row: 0, col: 0 };
    this.focus = { row: 0, col: cols - 1 };
  }

  /**
   * rect is what is selected of a table of so many rows: [top, bottom) and [left, right); null if nothing.
   * @param {number} rows
   */
  rect(rows) {
    if (!this.anchor || !this.focus || rows === 0) return null;
    const [a, f] = [this.anchor, this.focus];
    const left = Math.min(a.col, f.col);
    const right = Math.max(a.col, f.col) + 1;
    if (this.isAll) return { top: 0, bottom: rows, left, right };
    const top = Math.min(a.row, f.row, rows - 1);
    return { top, bottom: Math.min(Math.max(a.row, f.row) + 1, rows), left, right };
  }

  /**
   * follow keeps the selection on its rows: where finds a key's row in the newest frame, undefined if it isn't there. An
   * end that left the window moves with the other one; when both are unknown, and the place is in the window, so that
   * other rows are there now, nothing is selected any more.
   * @param {(key: number) => number|undefined} where
   * @param {(row: number) => boolean} isInWindow
   */
  follow(where, isInWindow) {
    if (!this.anchor || !this.focus || this.isAll) return;
    const [a, f] = [where(this.anchorKey), where(this.focusKey)];
    if (a === undefined && f === undefined) {
      const gone = (/** @type {number} */ key, /** @type {Cell} */ cell) => !Number.isNaN(key) && isInWindow(cell.row);
      if (gone(this.anchorKey, this.anchor) || gone(this.focusKey, this.focus)) this.clear();
      return;
    }
    const by = a !== undefined ? a - this.anchor.row : /** @type {number} */ (f) - this.focus.row;
    this.anchor = { ...this.anchor, row: Math.max(0, a ?? this.anchor.row + by) };
    this.focus = { ...this.focus, row: Math.max(0, f ?? this.focus.row + by) };
  }

  /** learn takes the keys of ends that were chosen before their rows came. @param {(row: number) => number} key */
  learn(key) {
    if (this.anchor && Number.isNaN(this.anchorKey)) this.anchorKey = key(this.anchor.row);
    if (this.focus && Number.isNaN(this.focusKey)) this.focusKey = key(this.focus.row);
  }
}

/**
 * move is where a key takes the focus; null for keys that don't. Row -1 is the header.
 * @param {{key: string, ctrlKey: boolean, metaKey: boolean}} e
 * @param {Cell} from
 * @param {{rows: number, cols: number, page: number}} table
 * @returns {Cell|null}
 */
export function move(e, from, { rows, cols, page }) {
  const far = e.ctrlKey || e.metaKey;
  const to = { ...from };
  switch (e.key) {
    case 'ArrowUp': to.row = far ? 0 : from.row - 1; break;
    case 'ArrowDown': to.row = far ? rows - 1 : from.row + 1; break;
    case 'ArrowLeft': to.col = far ? 0 : from.col - 1; break;
    case 'ArrowRight': to.col = far ? cols - 1 : from.col + 1; break;
    case 'PageUp': to.row = Math.max(0, from.row - page); break;
    case 'PageDown': to.row = from.row + page; break;
    case 'Home': if (far) to.row = 0; to.col = 0; break;
    case 'End': if (far) to.row = rows - 1; to.col = cols - 1; break;
    default: return null;
  }
  return { row: Math.max(-1, Math.min(rows - 1, to.row)), col: Math.max(0, Math.min(cols - 1, to.col)) };
}

/**
 * tsv writes rows of cells as spreadsheets read them. A cell with a tab, a line break or a quote in front is quoted.
 * @param {string[][]} rows
 */
export function tsv(rows) {
  const cell = (/** @type {string} */ s) => (/[\t\n\r]|^"/.test(s) ? `"${s.replaceAll('"', '""')}"` : s);
  return rows.map((row) => row.map(cell).join('\t')).join('\n');
}
