// Widths of columns, and which of many are in sight.

/** Up to this many columns all are drawn; of more only those in sight. */
const FEW = 40;
const LEAST_PX = 40;
const MOST_PX = 340;
/** Padding and border of a cell. */
const EXTRA_PX = 22;

const NUMERIC = /^(u?int\d+|float\d+|duration)$/;

/** isNumeric reports whether values of a type stand at the right. @param {string} type */
export function isNumeric(type) {
  return NUMERIC.test(type);
}

export class Columns {
  /**
   * @param {Column[]} defs
   * @param {(text: string) => number} measure width of a text in a cell, in pixels
   */
  constructor(defs, measure) {
    this.defs = defs;
    this.measure = measure;
    /** Columns whose width the user set are left alone. @type {Set<number>} */
    this.fixed = new Set();
    /** @type {number[]} the longest text so far, in characters: fewer than that need no measuring */
    this.longest = defs.map(() => 0);
    this.widths = defs.map((d) => this.fit(Math.max(measure(d.name) * 1.1 + 18, measure(d.label ?? d.type) * 0.9)));
    /** @type {number[]} left edges, and the end */
    this.edges = [];
    this.place();
  }

  get total() {
    return this.edges[this.edges.length - 1];
  }

  /** @param {number} px of text */
  fit(px) {
    return Math.round(Math.min(MOST_PX, Math.max(LEAST_PX, px + EXTRA_PX)));
  }

  place() {
    this.edges = [0];
    for (const w of this.widths) this.edges.push(this.edges[this.edges.length - 1] + w);
  }

  /**
   * grow widens a column to a text; never narrows it, so that columns stand still. It reports whether it did.
   * @param {number} c
   * @param {string} text
   */
  grow(c, text) {
    if (text.length <= this.longest[c] || this.fixed.has(c)) return false;
    this.longest[c] = text.length;
    const width = this.fit(this.measure(text));
    if (width <= this.widths[c]) return false;
    this.widths[c] = width;
    return true;
  }

  /** set is the user's own width. @param {number} c @param {number} px */
  set(c, px) {
    this.fixed.add(c);
    this.widths[c] = Math.max(LEAST_PX, Math.round(px));
    this.place();
  }

  /** free lets a column have the width of its texts again. @param {number} c */
  free(c) {
    this.fixed.delete(c);
    this.longest[c] = 0;
    const { name, label, type } = this.defs[c];
    this.widths[c] = this.fit(Math.max(this.measure(name) * 1.1 + 18, this.measure(label ?? type) * 0.9));
    this.place();
  }

  /** template is the CSS grid's. */
  get template() {
    return this.widths.map((w) => `${w}px`).join(' ');
  }

  /**
   * inSight are the columns to draw: [first, end).
   * @param {number} left scroll position
   * @param {number} width
   */
  inSight(left, width) {
    const n = this.defs.length;
    if (n <= FEW) return { first: 0, end: n };
    const first = this.at(left);
    return { first: Math.max(0, first - 2), end: Math.min(n, this.at(left + width) + 3) };
  }

  /** at is the column under a position. @param {number} x */
  at(x) {
    let [lo, hi] = [0, this.defs.length - 1];
    while (lo < hi) {
      const mid = (lo + hi + 1) >> 1;
      if (this.edges[mid] <= x) lo = mid;
      else hi = mid - 1;
    }
    return lo;
  }
}
