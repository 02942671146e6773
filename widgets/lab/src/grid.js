// The DOM of a table: a scrolling box with a header, and as many rows as are in sight, whose texts change in place.
import { element } from './foot.js';
import { isNumeric } from './columns.js';
import { mark } from './order.js';

/** Heights in pixels; style.css has the same. */
export const ROW_PX = 22;
export const HEAD_PX = 42;

/** text is what node shows. @typedef {{node: HTMLElement, leaf: Text, text: string, look: string}} CellNode */
/** @typedef {{node: HTMLElement, cells: CellNode[], from: number, row: number}} Line cells are of the columns from on */

/** What a cell shows: its text, and a class name beside the usual ones. @typedef {{text: string, look: string}} Shown */

let grids = 0;

export class Grid {
  /**
   * @param {import('./columns.js').Columns} columns
   * @param {string} label for those who don't see it
   */
  constructor(columns, label) {
    this.columns = columns;
    this.name = `tickbook-grid-${++grids}`;
    this.node = element('div', 'tickbook-grid');
    this.head = element('div', 'tickbook-row tickbook-head');
    this.body = element('div', 'tickbook-body');
    /** @type {Map<number, Line>} by row of the table */
    this.lines = new Map();
    /** @type {Line[]} */
    this.free = [];
    this.node.tabIndex = 0;
    // The notebook's shortcuts (a, dd, …) reach the focused element unless it says this itself.
    this.node.dataset.lmSuppressShortcuts = 'true';
    attributes(this.node, { role: 'grid', 'aria-label': label, 'aria-colcount': columns.defs.length, 'aria-multiselectable': true });
    attributes(this.head, { role: 'row', 'aria-rowindex': 1 });
    this.body.setAttribute('role', 'rowgroup');
    /** Headers by column; those that were never in sight are not made. @type {({cell: HTMLElement, arrow: HTMLElement}|undefined)[]} */
    this.heads = Array.from(columns.defs, () => undefined);
    /** The columns that are drawn. @type {Span} */
    this.drawn = { first: 0, end: 0 };
    /** @type {Order} */
    this.order = [];
    this.count = -1; // of rows, as the node says it
    /** @type {HTMLElement|null} that has the focus */
    this.focused = null;
    this.node.append(this.head, this.body);
    this.show(columns.inSight(0, 0));
  }

  /**
   * @param {Column} d
   * @param {number} c
   */
  header(d, c) {
    const cell = element('div', `tickbook-cell${isNumeric(d.type) ? ' tickbook-num' : ''}`);
    const [name, arrow, kind, grip] = ['name', 'arrow', 'kind', 'grip'].map((k) => element('span', `tickbook-${k}`));
    name.textContent = d.name;
    kind.textContent = d.label ?? d.type;
    cell.append(name, arrow, kind, grip);
    cell.title = `${d.name}: click sorts, shift-click sorts by several columns`;
    cell.dataset.column = String(c);
    attributes(cell, { role: 'columnheader', 'aria-colindex': c + 1, 'aria-sort': 'none', id: `${this.name}-h-${c}` });
    return { cell, arrow };
  }

  /** show draws the headers of some columns, and no others. @param {Span} span */
  show({ first, end }) {
    if (first === this.drawn.first && end === this.drawn.end) return;
    this.drawn = { first, end };
    const cells = [];
    for (let c = first; c < end; c++) {
      const h = (this.heads[c] ??= this.header(this.columns.defs[c], c));
      h.cell.style.gridColumn = String(c - first + 2);
      cells.push(h.cell);
    }
    this.head.replaceChildren(...cells);
    this.sort(this.order);
    this.resize();
  }

  /** resize applies the columns' widths. */
  resize() {
    this.node.style.setProperty('--tickbook-columns', this.columns.template(this.drawn));
    this.node.style.setProperty('--tickbook-width', `${this.columns.total}px`);
  }

  /** @param {Order} order */
  sort(order) {
    this.order = order;
    for (let c = this.drawn.first; c < this.drawn.end; c++) {
      const h = this.heads[c];
      if (!h) continue;
      const m = mark(order, c);
      if (h.arrow.textContent !== m.arrow) h.arrow.textContent = m.arrow;
      if (h.cell.getAttribute('aria-sort') !== m.sort) h.cell.setAttribute('aria-sort', m.sort);
    }
  }

  /** rows tells how many there are, and makes room for them. @param {number} rows @param {number} px */
  rows(rows, px) {
    if (rows !== this.count) this.node.setAttribute('aria-rowcount', String((this.count = rows) + 1));
    const height = `${px}px`;
    if (this.body.style.height !== height) this.body.style.height = height;
  }

  /**
   * draw shows the rows [top, bottom) and the columns [first, end), and hides what else there was.
   * @param {{top: number, bottom: number, first: number, end: number}} part
   * @param {(row: number) => number} y
   * @param {(row: number, col: number) => Shown} cell
   */
  draw(part, y, cell) {
    this.show(part);
    for (const [row, line] of this.lines) {
      if (row < part.top || row >= part.bottom) {
        this.lines.delete(row);
        this.free.push(line);
      }
    }
    for (let row = part.top; row < part.bottom; row++) {
      const line = this.line(row);
      const at = `translateY(${y(row)}px)`;
      if (line.node.style.transform !== at) line.node.style.transform = at;
      this.span(line, part.first, part.end);
      line.cells.forEach((c, i) => {
        const s = cell(row, part.first + i);
        if (c.text !== s.text) c.leaf.data = c.text = s.text;
        if (c.look !== s.look) {
          c.look = s.look;
          c.node.className = this.classes(part.first + i) + s.look;
          c.node.setAttribute('aria-selected', String(s.look.includes('tickbook-selected')));
        }
      });
    }
    for (const line of this.free) {
      if (line.row < 0) continue;
      line.row = -1;
      line.node.style.display = 'none';
    }
  }

  /** @param {number} c */
  classes(c) {
    return `tickbook-cell${isNumeric(this.columns.defs[c].type) ? ' tickbook-num' : ''}`;
  }

  /** line finds or makes the line of a row. @param {number} row @returns {Line} */
  line(row) {
    let line = this.lines.get(row);
    if (line) return line;
    line = this.free.pop();
    if (!line) {
      line = { node: element('div', 'tickbook-row'), cells: [], from: 0, row: -1 };
      line.node.setAttribute('role', 'row');
      this.body.append(line.node);
    }
    if (line.row < 0) line.node.style.display = '';
    line.row = row;
    line.node.dataset.row = String(row);
    line.node.setAttribute('aria-rowindex', String(row + 2));
    this.lines.set(row, line);
    return line;
  }

  /** span gives a line the cells of the columns [first, end). @param {Line} line @param {number} first @param {number} end */
  span(line, first, end) {
    const n = end - first;
    if (line.cells.length === n && line.from === first) return;
    while (line.cells.length > n) line.cells.pop()?.node.remove();
    while (line.cells.length < n) {
      const node = element('div', 'tickbook-cell');
      const leaf = document.createTextNode('');
      node.setAttribute('role', 'gridcell');
      node.append(leaf);
      line.node.append(node);
      line.cells.push({ node, leaf, text: '', look: '' });
    }
    line.from = first;
    line.cells.forEach((c, i) => {
      c.node.style.gridColumn = String(i + 2); // behind the gap
      c.node.setAttribute('aria-colindex', String(first + i + 1));
      c.node.className = this.classes(first + i);
      c.look = '';
    });
  }

  /**
   * focus tells those who don't see the page which cell has it; row -1 is the header.
   * @param {{row: number, col: number}|null} cell
   */
  focus(cell) {
    const isHead = cell?.row === -1;
    const line = cell && this.lines.get(cell.row);
    const node = (isHead ? this.heads[cell.col]?.cell : cell && line?.cells[cell.col - line.from]?.node) ?? null;
    if (node === this.focused) return;
    if (this.focused?.id === `${this.name}-c`) this.focused.removeAttribute('id');
    else this.focused?.classList.remove('tickbook-focus');
    this.focused = node;
    if (!node) {
      this.node.removeAttribute('aria-activedescendant');
      return;
    }
    if (isHead) node.classList.add('tickbook-focus');
    else node.id = `${this.name}-c`;
    this.node.setAttribute('aria-activedescendant', node.id);
  }

  /**
   * at is the cell under a point of the page, by geometry, so that a drag may leave the box; row -1 is the header.
   * @param {number} x
   * @param {number} y
   * @param {(px: number) => number} rowAt row by pixels below the header
   */
  at(x, y, rowAt) {
    const box = this.node.getBoundingClientRect();
    const left = x - box.left - this.node.clientLeft + this.node.scrollLeft;
    return { row: rowAt(y - box.top - this.node.clientTop - HEAD_PX), col: this.columns.at(left) };
  }
}

/** @param {Element} e @param {Record<string, string|number|boolean>} values */
function attributes(e, values) {
  for (const [k, v] of Object.entries(values)) e.setAttribute(k, String(v));
}
