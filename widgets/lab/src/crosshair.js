// What stands over a figure while the pointer is on it: a line, a dot a series, and a small box of values.
import { element, put } from './foot.js';
import { pixelX, pixelY } from './plot.js';

/** @typedef {{name: string, text: string, y?: number|null, x?: number|null}} Value */

export class Crosshair {
  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host;
    this.rule = element('div', 'tickbook-rule');
    this.card = element('div', 'tickbook-card');
    this.title = element('div', 'tickbook-card-title');
    this.list = element('div', 'tickbook-card-list');
    /** @type {HTMLElement[]} */
    this.dots = [];
    this.card.append(this.title, this.list);
    this.hide();
    host.append(this.rule, this.card);
  }

  hide() {
    this.rule.hidden = this.card.hidden = true;
    for (const d of this.dots) d.hidden = true;
  }

  /** line follows the pointer at once; the values come when the kernel answers. @param {Plot} p @param {number} x */
  line(p, x) {
    Object.assign(this.rule.style, { left: `${x}px`, top: `${p.top}px`, height: `${p.height}px` });
    this.rule.hidden = false;
  }

  /**
   * @param {Plot} p
   * @param {number} x of the pointer
   * @param {string} label
   * @param {Value[]} values
   */
  show(p, x, label, values) {
    put(this.title, label);
    while (this.list.children.length > 2 * values.length) this.list.lastElementChild?.remove();
    while (this.list.children.length < 2 * values.length) this.list.append(element('span', this.list.children.length % 2 ? 'tickbook-card-value' : 'tickbook-card-name'));
    values.forEach((v, i) => {
      put(this.list.children[2 * i], v.name);
      put(this.list.children[2 * i + 1], v.text);
      this.dot(i, p, v.x === undefined || v.x === null ? x : pixelX(p, v.x), v.y);
    });
    for (const d of this.dots.slice(values.length)) d.hidden = true;
    this.line(p, x);
    this.card.hidden = false;
    const isRight = x > p.left + p.width / 2;
    this.card.style.left = isRight ? '' : `${x + 12}px`;
    this.card.style.right = isRight ? `${this.host.clientWidth - x + 12}px` : '';
    this.card.style.top = `${p.top + 8}px`;
  }

  /** @param {number} i @param {Plot} p @param {number} x @param {number|null|undefined} y */
  dot(i, p, x, y) {
    const d = (this.dots[i] ??= element('div', 'tickbook-dot'));
    if (!d.isConnected) this.host.append(d);
    d.hidden = y === undefined || y === null || y < p.y0 || y > p.y1 || x < p.left || x > p.left + p.width;
    if (!d.hidden) Object.assign(d.style, { left: `${x}px`, top: `${pixelY(p, /** @type {number} */ (y))}px` });
  }
}
