// Widths of columns, and which of many are in sight.

/** Up to this many columns all are drawn; of more only those in sight. */
export const FEW = 40;
/** The kernel's limit of a frame. */
const MOST = 200;
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
    this.widths = defs.map((_, c) => this.least(c));
    /** @type {number[]} left edges, and the end */
    this.edges = [];
    this.place();
  }

  get total() {
    return this.edges[this.edges.length - 1];
  }

  /** least is the width of a column's header. @param {number} c */
  least(c) {
    const { name, label, type } = this.defs[c];
    return this.fit(Math.max(this.measure(name) * 1.1 + 18, this.measure(label ?? type) * 0.9)); // bold, with room for an arrow; small
  }

  /** remeasure forgets what texts were measured, because the page's font is another: the theme comes later than a page's first frames. */
  remeasure() {
    this.longest.fill(0);
    this.defs.forEach((_, c) => {
      if (!this.fixed.has(c)) this.widths[c] = this.least(c);
    });
    this.place();
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
    // Another text as long may be wider, unless it is of digits, which are as wide as each other.
    const width = this.fit(this.measure(text) * (this.defs[c].type === 'string' ? 1.1 : 1));
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
    this.widths[c] = this.least(c);
    this.place();
  }

  /**
   * template is the CSS grid's of some columns: a gap as wide as all before them, then theirs. A row of a thousand tracks would be slow.
   * @param {Span} span
   */
  template({ first, end }) {
    return [this.edges[first], ...this.widths.slice(first, end)].map((w) => `${w}px`).join(' ');
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

  /**
   * toAsk are the columns to ask for: those in sight and half as many on both sides, so that who scrolls finds them there.
   * @param {number} left scroll position
   * @param {number} width
   */
  toAsk(left, width) {
    const { first, end } = this.inSight(left, width);
    const more = Math.max(0, Math.min(Math.ceil((end - first) / 2), (MOST - (end - first)) >> 1));
    return { first: Math.max(0, first - more), end: Math.min(this.defs.length, end + more) };
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
