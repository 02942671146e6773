// FigureView: a live figure. The kernel draws; the page shows an image a frame, and what is under the pointer.
import { bytes } from './codec.js';
import { Crosshair } from './crosshair.js';
import { element } from './foot.js';
import { paint } from './paint.js';
import { dataX, isInside, themeOf, zoom } from './plot.js';

const WIDTH = 720;
const HEIGHT = 360;
const LEAST = 160;

/**
 * firstFigure is the first question of a figure, before its size is known: the kernel takes its own, or less where the page is narrower, as fit does.
 * @param {import('./place.js').Kept} kept
 * @param {HTMLElement} box
 */
export function firstFigure(kept, box) {
  const probe = element('div', 'tickbook-figure');
  box.append(probe);
  const theme = themeOf(getComputedStyle(probe));
  probe.remove();
  const room = box.clientWidth || box.parentElement?.clientWidth; // a box that shows nothing yet is hidden
  return { width: room || undefined, ratio: window.devicePixelRatio || 1, theme, range: kept.range ?? null };
}

/** @implements {View} */
export class FigureView {
  /**
   * @param {HTMLElement} box
   * @param {{width?: number, height?: number}} schema
   * @param {Host} host
   */
  constructor(box, schema, host) {
    this.pause = 250;
    this.host = host;
    this.natural = { width: schema.width ?? WIDTH, height: schema.height ?? HEIGHT };
    this.box = box;
    this.node = element('div', 'tickbook-figure');
    this.node.tabIndex = 0;
    this.node.dataset.lmSuppressShortcuts = 'true';
    this.node.setAttribute('role', 'img');
    this.node.setAttribute('aria-label', 'live figure');
    this.image = /** @type {HTMLImageElement} */ (element('img', 'tickbook-image'));
    this.image.alt = '';
    this.image.draggable = false;
    this.band = element('div', 'tickbook-band');
    this.band.hidden = true;
    this.cross = new Crosshair(this.node);
    this.node.append(this.image, this.band);
    box.append(this.node);
    /** @type {Plot|null} */
    this.plot = null;
    /** @type {XRange|null} */
    this.range = host.place.read().range ?? null;
    this.url = '';
    this.isDisposed = false;
    /** Where the pointer is, in pixels of the image. @type {number|null} */
    this.pointer = null;
    this.asked = 0; // the newest question for values
    this.askedAt = -Infinity; // when; -Infinity while no answer is awaited
    this.reset = host.foot.button('Reset zoom', 'Show all again (double click)', () => this.show(null));
    this.reset.node.hidden = !this.range;
    this.listen();
    this.resizer = new ResizeObserver(() => this.resized());
    this.size = this.fit();
    this.resizer.observe(box);
    // JupyterLab names its theme on the page's body.
    this.themed = new MutationObserver(() => this.host.refresh());
    this.themed.observe(document.body, { attributeFilter: ['data-jp-theme-name', 'data-jp-theme-light'] });
  }

  /** fit is the size to draw: the figure's own, less where the page is narrower. */
  fit() {
    const room = this.box?.clientWidth || this.natural.width;
    const width = Math.max(LEAST, Math.min(this.natural.width, room));
    return { width: Math.round(width), height: Math.round(Math.max(LEAST, (this.natural.height * width) / this.natural.width)) };
  }

  resized() {
    if (!this.box.clientWidth) return; // out of sight
    const size = this.fit();
    if (size.width === this.size.width) return;
    this.size = size;
    this.host.refresh();
  }

  query() {
    return { ...this.size, ratio: window.devicePixelRatio || 1, theme: themeOf(getComputedStyle(this.node)), range: this.range };
  }

  /**
   * frame shows an image, decoded before it replaces the last one, so that there is no blank between.
   * @param {Answer} m
   * @param {Buffer[]} buffers
   */
  async frame(m, buffers) {
    const next = new Image();
    const url = URL.createObjectURL(new Blob([bytes(buffers[0])], { type: m.mime })); // an <img> runs no script of an SVG's
    next.src = url;
    try {
      await next.decode();
    } catch {
      URL.revokeObjectURL(url);
      throw new Error('the browser cannot draw the image');
    }
    await paint({ write: () => this.put(url, m) });
  }

  /** put shows an image in the last one's place. @param {string} url @param {Answer} m */
  put(url, m) {
    if (this.isDisposed) {
      URL.revokeObjectURL(url);
      return;
    }
    this.image.src = url;
    if (m.width) this.image.style.width = `${m.width}px`; // of the page: the picture may have more
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = url;
    this.plot = m.plot ?? null;
    this.node.style.cursor = this.plot ? 'crosshair' : '';
    this.host.foot.show(...mood(m, !!this.range));
    this.point();
  }

  /** @param {Answer} m */
  message(m) {
    if (m.t === 'at' && m.seq === this.asked) {
      this.askedAt = -Infinity;
      if (this.plot && this.pointer !== null) this.cross.show(this.plot, this.pointer, m.label, m.values);
      if (this.pointer !== null && this.plot && dataX(this.plot, this.pointer) !== m.x) this.point();
    } else if (m.t === 'error') {
      this.host.say(m.message);
    }
  }

  /** point asks for the values under the pointer: one question at a time, and the newest place after its answer. */
  point() {
    if (this.pointer === null || !this.plot) return;
    if (Date.now() - this.askedAt < 1000) return;
    const asked = this.host.ask({ t: 'at', seq: ++this.asked, x: dataX(this.plot, this.pointer), range: this.range });
    if (asked) this.askedAt = Date.now();
  }

  listen() {
    const { node } = this;
    const place = (/** @type {MouseEvent} */ e) => {
      const box = this.image.getBoundingClientRect();
      return { x: e.clientX - box.left, y: e.clientY - box.top };
    };
    /** @type {number|null} where a drag began */
    let from = null;
    node.addEventListener('pointerdown', (e) => {
      const at = place(e);
      if (e.button !== 0 || !this.plot || !isInside(this.plot, at.x, at.y)) return;
      e.preventDefault();
      node.focus({ preventScroll: true });
      node.setPointerCapture(e.pointerId);
      from = at.x;
    });
    node.addEventListener('pointermove', (e) => {
      const at = place(e);
      if (!this.plot) return;
      if (from !== null) this.draw(from, at.x);
      const inside = from !== null || isInside(this.plot, at.x, at.y);
      this.pointer = inside ? Math.min(this.plot.left + this.plot.width, Math.max(this.plot.left, at.x)) : null;
      if (this.pointer === null) this.cross.hide();
      else {
        this.cross.line(this.plot, this.pointer);
        this.point();
      }
    });
    node.addEventListener('pointerleave', () => {
      this.pointer = null;
      this.cross.hide();
    });
    node.addEventListener('pointerup', (e) => {
      if (from === null || !this.plot) return;
      const range = zoom(this.plot, from, place(e).x);
      from = null;
      this.band.hidden = true;
      if (range) this.show(range);
    });
    node.addEventListener('pointercancel', () => {
      from = null;
      this.band.hidden = true;
    });
    node.addEventListener('dblclick', () => this.show(null));
    node.addEventListener('keydown', (e) => {
      if (e.key !== 'Escape' || !this.range) return;
      e.preventDefault();
      e.stopPropagation();
      this.show(null);
    });
  }

  /** draw shows what a drag would zoom to. @param {number} a @param {number} b */
  draw(a, b) {
    const p = /** @type {Plot} */ (this.plot);
    const clamp = (/** @type {number} */ x) => Math.min(p.left + p.width, Math.max(p.left, x));
    const [left, right] = [clamp(Math.min(a, b)), clamp(Math.max(a, b))];
    Object.assign(this.band.style, { left: `${left}px`, width: `${right - left}px`, top: `${p.top}px`, height: `${p.height}px` });
    this.band.hidden = false;
  }

  /** show zooms; null is all. @param {XRange|null} range */
  show(range) {
    if (!range && !this.range) return;
    this.range = range;
    this.reset.node.hidden = !range;
    this.cross.hide();
    this.host.refresh(true);
    this.host.place.keep(() => ({ range: this.range }));
  }

  restore() {}

  dispose() {
    this.isDisposed = true;
    this.resizer.disconnect();
    this.themed.disconnect();
    if (this.url) URL.revokeObjectURL(this.url);
    this.node.remove();
  }
}

/**
 * @param {Answer} m
 * @param {boolean} isZoomed
 * @returns {[import('./foot.js').Mood, string, string]}
 */
function mood(m, isZoomed) {
  const hint = isZoomed ? '' : ' · drag to zoom';
  if (m.live === false) return ['still', 'static', hint];
  return ['live', '● live', hint];
}
