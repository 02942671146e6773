// Scrolling over more rows than a page has pixels.

/** Browsers end at 17 to 33 million pixels; beyond this many the scroll position is scaled. */
export const MOST_PX = 8_000_000;

/**
 * Scroll maps between the scroll position of an element and an offset in rows' pixels. Up to MOST_PX they are the same.
 * Beyond, the element's content is MOST_PX high, its scroll bar moves over all rows, and the wheel and the keyboard
 * move the offset itself: by pixels, not by thousands of rows.
 */
export class Scroll {
  /** @param {number} rowPx height of a row */
  constructor(rowPx) {
    this.rowPx = rowPx;
    this.rows = 0;
    this.view = 0; // height of the part in sight, in pixels
    this.offset = 0; // pixels from the first row's top to the top of what is in sight
  }

  get full() {
    return this.rows * this.rowPx;
  }

  /** height is that of the element's content. */
  get height() {
    return Math.min(this.full, MOST_PX);
  }

  get isScaled() {
    return this.full > MOST_PX;
  }

  get most() {
    return Math.max(0, this.full - this.view);
  }

  /** top is the scroll position that stands for the offset. */
  get top() {
    if (!this.isScaled) return this.offset;
    return Math.round((this.offset / this.most) * (MOST_PX - this.view));
  }

  /** resize takes a new number of rows or height, and keeps what is in sight where it is. @param {number} rows @param {number} view */
  resize(rows, view) {
    this.rows = rows;
    this.view = view;
    this.offset = Math.min(this.offset, this.most);
  }

  /**
   * scrolled takes the element's scroll position. In a scaled one, a position that is within a pixel of what stands for
   * the offset is an echo of our own.
   * @param {number} top
   */
  scrolled(top) {
    if (!this.isScaled) this.offset = Math.min(Math.max(0, top), this.most);
    else if (Math.abs(top - this.top) > 1) this.offset = Math.min(Math.max(0, top / (MOST_PX - this.view)), 1) * this.most;
  }

  /** by moves the offset by pixels. @param {number} px */
  by(px) {
    this.offset = Math.min(Math.max(0, this.offset + px), this.most);
  }

  /** show moves as little as brings a row into sight. @param {number} row */
  show(row) {
    const at = row * this.rowPx;
    if (at < this.offset) this.offset = at;
    else if (at + this.rowPx > this.offset + this.view) this.offset = Math.max(0, at + this.rowPx - this.view);
    this.offset = Math.min(this.offset, this.most);
  }

  /** end goes to the last row. */
  end() {
    this.offset = this.most;
  }

  get isAtEnd() {
    return this.offset >= this.most - 1;
  }

  /** inSight are the rows that show, whole or in part: [first, end). */
  get inSight() {
    const first = Math.min(Math.floor(this.offset / this.rowPx), Math.max(0, this.rows - 1));
    return { first, end: Math.min(this.rows, Math.ceil((this.offset + this.view) / this.rowPx)) };
  }

  /** y is where a row's top stands in the element's content. @param {number} row */
  y(row) {
    return row * this.rowPx - this.offset + this.top;
  }
}
