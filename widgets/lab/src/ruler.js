// Measuring texts, for the widths of columns.

/** Ruler measures texts as cells show them. */
export class Ruler {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.box = box;
    this.context = document.createElement('canvas').getContext('2d');
    this.font = '';
    this.update();
  }

  /** update takes the page's font; it reports whether that is another. */
  update() {
    const font = `13px ${getComputedStyle(this.box).getPropertyValue('--jp-content-font-family') || 'sans-serif'}`;
    if (font === this.font) return false;
    this.font = font;
    if (this.context) this.context.font = font;
    return true;
  }

  /** @param {string} text */
  measure(text) {
    return this.context?.measureText(text).width ?? 7 * text.length;
  }
}
