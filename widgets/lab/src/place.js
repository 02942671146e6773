// Where a user was in a view: kept for the tab's life, so that a reload or a cell that runs again finds it, and for the next tab.

/** @typedef {{columns?: string[], order?: [string, boolean][], row?: number, part?: number, left?: number, follow?: boolean,
 *   widths?: Record<string, number>, height?: number, range?: XRange|null}} Kept */

/** Places that are kept for other tabs, the newest ones. */
const MOST = 200;
const ALL = 'tickbook:places';

export class Place {
  /**
   * @param {string} key
   * @param {Pick<Storage, 'getItem'|'setItem'>|undefined} store the tab's
   * @param {Pick<Storage, 'getItem'|'setItem'>} [others] the browser's: a tab that has none of its own begins where another one was last
   */
  constructor(key, store, others) {
    this.key = `tickbook:place:${key}`;
    this.store = store;
    this.others = others;
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
      const own = this.store?.getItem(this.key);
      return (own ? JSON.parse(own) : this.all()[this.key]) ?? {};
    } catch {
      return {};
    }
  }

  /** all are the kept places of all tabs, the newest ones last. @returns {Record<string, Kept>} */
  all() {
    return JSON.parse(this.others?.getItem(ALL) ?? '{}') ?? {};
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
      const kept = make();
      this.store?.setItem(this.key, JSON.stringify(kept));
      const { [this.key]: _, ...rest } = this.all();
      this.others?.setItem(ALL, JSON.stringify(Object.fromEntries([...Object.entries(rest), [this.key, kept]].slice(-MOST))));
    } catch {
      // A full or forbidden storage: the place is lost at a reload, nothing else.
    }
  }

  dispose() {
    this.flush();
    globalThis.removeEventListener?.('pagehide', this.flush);
  }
}
