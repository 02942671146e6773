// TableView: a live table. It knows which window, order and selection a user wants; grid.js draws, and pointer.js and
// keyboard.js turn what the user does into calls of it.
import { Frame } from './codec.js';
import { Columns } from './columns.js';
import { copySelection, put } from './copy.js';
import { Grid, HEAD_PX, ROW_PX } from './grid.js';
import { listenToKeys } from './keyboard.js';
import { Marks, MARK_MS } from './marks.js';
import { cycle } from './order.js';
import { paint, paintNow } from './paint.js';
import { Pane } from './pane.js';
import { listenToPointer } from './pointer.js';
import { nextTable, SHOWN } from './question.js';
import { Ruler } from './ruler.js';
import { Scroll } from './scroll.js';
import { Selection } from './select.js';
import { describe } from './status.js';

/** @implements {View} */
export class TableView {
  /**
   * @param {HTMLElement} box
   * @param {{columns: Column[]}} schema
   * @param {Host} host
   */
  constructor(box, schema, host) {
    this.pause = 90; // so that a source of ten changes a second finds the next question waiting
    this.host = host;
    /** @type {Frame|null} */
    this.shown = null;
    /** @type {Answer|null} the newest frame's message */
    this.said = null;
    /** @type {Order} */
    this.order = [];
    this.scroll = new Scroll(ROW_PX);
    this.selection = new Selection();
    this.marks = new Marks();
    this.isFollowing = false;
    this.isPaused = false;
    this.copies = 0;
    /** What to scroll to when the number of rows is known. */
    this.start = { row: 0, part: 0, left: 0 };
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.fading = undefined;
    this.height = 0; // the box's, as we set it; the user may have set another
    this.left = 0; // where the box is to be scrolled to, sideways
    this.ruler = new Ruler(box);
    this.columns = new Columns(schema.columns, (text) => this.ruler.measure(text));
    this.grid = new Grid(this.columns, 'live table');
    this.node = this.grid.node;
    this.pane = new Pane(this.node);
    this.isDisposed = false;
    box.append(this.node);

    this.pauser = host.foot.button('Pause', 'Stop refreshing; scrolling and sorting still fetch rows as they are then', () => this.hold(!this.isPaused));
    this.follower = host.foot.button('Follow', 'Keep the last rows in sight', () => this.follow(!this.isFollowing));
    this.hold(false);
    this.follow(false);
    this.remember();
    this.scroll.resize(0, SHOWN * ROW_PX);

    this.node.addEventListener('scroll', () => this.scrolled(), { passive: true });
    this.node.addEventListener('wheel', (e) => this.wheel(e), { passive: false });
    listenToPointer(this);
    listenToKeys(this);
    this.resizer = new ResizeObserver(() => this.resized());
    this.resizer.observe(this.node);
  }

  /** remember takes up where the user was. */
  remember() {
    const kept = this.host.place.read();
    /** @type {(name: string) => number} */
    const at = (name) => this.columns.defs.findIndex((d) => d.name === name);
    this.order = (kept.order ?? []).flatMap(([name, down]) => (at(name) < 0 ? [] : [/** @type {[number, boolean]} */ ([at(name), down])]));
    for (const [name, px] of Object.entries(kept.widths ?? {})) if (at(name) >= 0) this.columns.set(at(name), px);
    this.grid.resize();
    this.grid.sort(this.order);
    if (kept.height) this.node.style.height = `${kept.height}px`;
    if (kept.follow) this.follow(true);
    this.start = { row: kept.row ?? 0, part: kept.part ?? 0, left: kept.left ?? 0 };
  }

  keep() {
    this.host.place.keep(() => {
      const name = (/** @type {number} */ c) => this.columns.defs[c].name;
      const height = parseInt(this.node.style.height, 10);
      return {
        order: this.order.map(([c, down]) => [name(c), down]),
        row: Math.floor(this.scroll.offset / ROW_PX),
        part: this.scroll.offset % ROW_PX,
        left: this.node.scrollLeft,
        follow: this.isFollowing,
        widths: Object.fromEntries([...this.columns.fixed].map((c) => [name(c), this.columns.widths[c]])),
        height: height === this.height ? undefined : height,
      };
    });
  }

  query() {
    return nextTable(this);
  }

  /**
   * @param {Answer} m
   * @param {Buffer[]} buffers
   */
  frame(m, buffers) {
    const frame = new Frame(/** @type {any} */ (m), buffers);
    let isFirst = false;
    let isNewFont = false;
    return paint({
      read: () => {
        if (this.isDisposed) return;
        this.pane.measure();
        isNewFont = this.ruler.update();
      },
      write: () => {
        if (this.isDisposed) return;
        isFirst = !this.shown;
        if (!isFirst) this.catchUp();
        this.shown = frame;
        this.said = m;
        this.fit(frame.rows);
        this.scroll.resize(frame.rows, this.pane.isThere ? this.pane.height - HEAD_PX : this.scroll.view);
        if (isFirst) this.scroll.by(this.start.row * ROW_PX + this.start.part);
        if (this.isFollowing) this.scroll.end();
        this.grid.rows(frame.rows, this.scroll.height);
        this.take(frame, isNewFont);
        this.draw();
      },
      scroll: () => {
        if (this.isDisposed) return;
        this.pane.scroll(this.scroll.top, isFirst ? this.start.left : this.left);
        if (this.isFollowing && !this.isCovered()) this.host.refresh();
      },
    });
  }

  /** take reads the cells in sight: for the marks, the widths and the selection. @param {Frame} frame @param {boolean} isNewFont */
  take(frame, isNewFont) {
    const { first, end } = this.span();
    this.left = this.pane.left;
    const at = this.columns.at(this.left); // stays where it is, though columns before it grow
    const edge = this.columns.edges[at];
    let grew = isNewFont;
    if (isNewFont) this.columns.remeasure();
    /** @type {Map<number, string[]>} */
    const rows = new Map();
    /** @type {Map<number, number>} */
    const places = new Map();
    for (let i = 0; i < frame.count; i++) {
      const texts = [];
      for (let c = first; c < end; c++) {
        const text = frame.column(c)?.text(i);
        if (text === undefined) continue; // not there yet
        texts[c] = text;
        grew = this.columns.grow(c, text) || grew;
      }
      rows.set(frame.keys[i], texts);
      places.set(frame.keys[i], frame.first + i);
    }
    if (grew) {
      this.columns.place();
      this.grid.resize();
      this.left += this.columns.edges[at] - edge;
    }
    this.marks.next(rows, Date.now());
    this.selection.follow((key) => places.get(key), (row) => frame.has(row));
    this.selection.learn((row) => frame.key(row));
  }

  draw() {
    const { shown } = this;
    if (!shown) return;
    const now = Date.now();
    const { first, end } = this.span();
    const rect = this.selection.rect(shown.rows);
    const { focus } = this.selection;
    const top = this.pane.isOff(this.scroll.top) ? this.scroll.top : this.pane.top;
    const y = (/** @type {number} */ row) => (this.scroll.isScaled ? row * ROW_PX - this.scroll.offset + top : row * ROW_PX);
    let marked = false;
    this.grid.draw({ top: shown.first, bottom: shown.end, first, end }, y, (row, c) => {
      const texts = shown.column(c);
      const i = row - shown.first;
      let look = '';
      const isNull = texts?.isNull(i) ?? false;
      if (isNull) look += ' tickbook-null';
      if (this.marks.isMarked(shown.keys[i], c, now)) {
        look += ' tickbook-changed';
        marked = true;
      }
      if (rect && row >= rect.top && row < rect.bottom && c >= rect.left && c < rect.right) look += ' tickbook-selected';
      if (focus && focus.row === row && focus.col === c) look += ' tickbook-focus';
      return { text: isNull ? '∅' : texts?.text(i) ?? '…', look };
    });
    this.grid.focus(focus);
    this.tell();
    clearTimeout(this.fading);
    if (marked) this.fading = setTimeout(() => paint({ write: () => this.isDisposed || this.draw() }), MARK_MS + 20);
  }

  tell() {
    if (!this.said) return;
    const isStatic = /** @type {any} */ (this.said).live === false; // then there is nothing to pause or to follow
    this.pauser.node.hidden = this.follower.node.hidden = isStatic && !this.isPaused && !this.isFollowing;
    this.host.foot.show(...describe(/** @type {any} */ (this.said), this.scroll.inSight, this.isPaused));
  }

  /** span are the columns to draw: [first, end). */
  span() {
    return this.columns.inSight(this.pane.left, this.pane.width);
  }

  /** isCovered reports whether the rows and columns in sight are all there. */
  isCovered() {
    if (!this.shown) return false;
    const { first, end } = this.scroll.inSight;
    const { span } = this.shown;
    const columns = this.span();
    return first >= this.shown.first && end <= this.shown.end && columns.first >= span.first && columns.end <= span.end;
  }

  /** place makes the box's scroll position that of the offset. */
  place() {
    this.pane.scroll(this.scroll.top, this.pane.left);
  }

  scrolled() {
    if (!this.shown || !this.node.isConnected) return;
    this.pane.measure();
    this.scroll.scrolled(this.pane.top);
    if (this.isFollowing && !this.scroll.isAtEnd) this.follow(false);
    this.moved();
  }

  /**
   * catchUp takes a scroll whose event has not come yet, so that place doesn't undo it. A box that came into the document anew
   * has forgotten its position and is at 0, which therefore only an event can tell.
   */
  catchUp() {
    if (this.isFollowing || !this.pane.isThere || !this.pane.top) return;
    this.scroll.scrolled(this.pane.top);
  }

  /** wheel moves a scaled table by pixels; the browser would move it by thousands of rows. @param {WheelEvent} e */
  wheel(e) {
    if (!this.scroll.isScaled || e.ctrlKey || e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY)) return;
    const px = e.deltaMode === 1 ? e.deltaY * ROW_PX : e.deltaMode === 2 ? e.deltaY * this.scroll.view : e.deltaY;
    const before = this.scroll.offset;
    this.scroll.by(px);
    if (this.scroll.offset === before) return; // at an end: the notebook scrolls
    e.preventDefault();
    if (px < 0) this.follow(false);
    this.place();
    this.moved();
  }

  /** moved draws after another part came into sight, and fetches what is missing. */
  moved() {
    this.draw();
    if (!this.isCovered()) this.host.refresh();
    this.keep();
  }

  resized() {
    if (!this.shown) return;
    this.pane.measure();
    if (!this.pane.isThere) return;
    this.catchUp();
    this.scroll.resize(this.shown.rows, this.pane.height - HEAD_PX);
    if (this.isFollowing) this.scroll.end();
    this.place();
    this.moved();
  }

  /** restore comes back into the document, where the browser has forgotten the scroll position. */
  restore() {
    this.pane.measure();
    this.place();
  }

  /**
   * fit makes the box as high as its rows, up to SHOWN, unless the user chose a height. It never shrinks.
   * @param {number} rows
   */
  fit(rows) {
    const isOurs = !this.node.style.height || parseInt(this.node.style.height, 10) === this.height;
    if (!isOurs) return;
    const height = Math.max(this.height, HEAD_PX + Math.min(SHOWN, Math.max(rows, 1)) * ROW_PX + this.pane.bar + 2);
    if (height === this.height) return;
    this.height = height;
    this.pane.stretch(height);
  }

  // What the user does.

  /** sort is a click on a header. @param {number} c @param {boolean} more */
  sort(c, more) {
    this.order = cycle(this.order, c, more);
    this.grid.sort(this.order);
    this.selection.clear();
    this.marks.clear();
    this.host.refresh(true);
    this.keep();
  }

  /** @param {number} c @param {number|null} px null is the width of the texts */
  widen(c, px) {
    if (px === null) {
      this.columns.free(c);
      for (let i = 0; this.shown && i < this.shown.count; i++) this.columns.grow(c, this.shown.column(c)?.text(i) ?? '');
      this.columns.place();
    } else {
      this.columns.set(c, px);
    }
    this.grid.resize();
    this.keep();
  }

  /** select moves the focus, and brings it into sight. @param {import('./select.js').Cell} cell @param {boolean} extend */
  select(cell, extend) {
    this.host.say('');
    this.pane.measure();
    if (cell.row < 0) {
      this.selection.clear();
      this.selection.focus = { row: -1, col: cell.col };
    } else {
      this.selection.to(cell, extend, (row) => this.shown?.key(row) ?? NaN);
      this.scroll.show(cell.row);
      if (this.isFollowing && !this.scroll.isAtEnd) this.follow(false);
      this.place();
    }
    const [left, right] = [this.columns.edges[cell.col], this.columns.edges[cell.col + 1]];
    if (left < this.pane.left) this.pane.scroll(this.scroll.top, left);
    else if (right > this.pane.left + this.pane.width) this.pane.scroll(this.scroll.top, right - this.pane.width);
    this.moved();
  }

  selectAll() {
    this.selection.all(this.columns.defs.length);
    this.draw();
  }

  selectNone() {
    this.selection.clear();
    this.draw();
  }

  copy() {
    copySelection(this);
  }

  /** @param {Answer} m */
  message(m) {
    if (m.t === 'copy' && m.seq === this.copies) put(this, m.text.replace(/\n$/, ''), m.count * (m.columns?.length ?? 1)); // as what is copied without the kernel: lines between rows
    else if (m.t === 'error') this.host.say(m.message);
  }

  /** @param {boolean} on */
  hold(on) {
    if (on) paintNow(); // what came is drawn before it stands still
    this.isPaused = on;
    this.pauser.press(on);
    this.pauser.text(on ? 'Resume' : 'Pause');
    this.host.hold(on);
    this.tell();
  }

  /** @param {boolean} on */
  follow(on) {
    const begins = on && !this.isFollowing;
    this.isFollowing = on;
    this.follower.press(on);
    if (!begins || !this.shown) return;
    this.scroll.end();
    this.place();
    this.draw();
    this.host.refresh();
    this.keep();
  }

  dispose() {
    this.isDisposed = true;
    clearTimeout(this.fading);
    this.resizer.disconnect();
    this.node.remove();
  }
}
