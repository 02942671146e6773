// Where a user was in a view: kept for the tab's life, so that a reload or a cell that runs again finds it.

/** @typedef {{columns?: string[], order?: [string, boolean][], row?: number, part?: number, left?: number, follow?: boolean,
 *   widths?: Record<string, number>, height?: number, range?: XRange|null}} Kept */

export class Place {
  /**
   * @param {string} key
   * @param {Pick<Storage, 'getItem'|'setItem'>|undefined} store
   */
  constructor(key, store) {
    this.key = `tickbook:place:${key}`;
    this.store = store;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.timer = undefined;
    /** @type {(() => Kept)|null} */
    this.make = null;
    this.flush = this.flush.bind(this);
    globalThis.addEventListener?.('pagehide', this.flush);
  }

  /** read is what was kept; {} if nothing fits. @returns {Kept} */
  read() {
    try {
      return JSON.parse(this.store?.getItem(this.key) ?? '{}') ?? {};
    } catch {
      return {};
    }
  }

  /** keep writes what make returns, in a moment, and before the page goes. @param {() => Kept} make */
  keep(make) {
    clearTimeout(this.timer);
    this.make = make;
    this.timer = setTimeout(this.flush, 200);
  }

  flush() {
    clearTimeout(this.timer);
    const { make } = this;
    this.make = null;
    if (!make) return;
    try {
      this.store?.setItem(this.key, JSON.stringify(make()));
    } catch {
      // A full or forbidden storage: the place is lost at a reload, nothing else.
    }
  }

  dispose() {
    this.flush();
    globalThis.removeEventListener?.('pagehide', this.flush);
  }
}
