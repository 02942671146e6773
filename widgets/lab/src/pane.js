// The scrolling box of a table, as it was measured.

/** Pane remembers where a box is scrolled to and how large it is: to ask the box while others change has the browser lay out the page each time. */
export class Pane {
  /** @param {HTMLElement} node */
  constructor(node) {
    this.node = node;
    this.isThere = false; // in the document, with a size
    this.top = 0;
    this.left = 0;
    this.width = 0; // inside
    this.height = 0;
    this.bar = 0; // height of the scroll bar below
  }

  measure() {
    const { node } = this;
    this.height = node.clientHeight;
    this.isThere = this.height > 0;
    if (!this.isThere) return;
    this.top = node.scrollTop;
    this.left = node.scrollLeft;
    this.width = node.clientWidth;
    this.bar = Math.max(0, node.offsetHeight - this.height - 2); // without the borders
  }

  /** stretch makes the box as high as said, outside. @param {number} px */
  stretch(px) {
    this.node.style.height = `${px}px`;
    if (this.isThere) this.height = px - this.bar - 2;
  }

  /** scroll moves what shows. A fraction of a pixel is the browser's rounding. @param {number} top @param {number} left */
  scroll(top, left) {
    if (this.isOff(top)) this.node.scrollTop = this.top = top;
    if (left !== this.left) this.node.scrollLeft = this.left = left;
  }

  /** isOff reports whether a scroll position is another than the box's. @param {number} top */
  isOff(top) {
    return Math.abs(this.top - top) >= 1;
  }
}
