// Panel: what belongs to one open notebook: its link, its viewers, and the newest snapshots for the file.
//
// Of what nobody sees, nothing is on the wire but its name, once in minutes: the kernel leaves the displays that a page names to the page. A save
// fetches all snapshots itself. For a notebook that loses its kernel without a save, those of views in sight are fetched all the time, and once more
// when a view goes out of sight: then the last state is what was seen last. A kernel that ends in order tells the last state of all by itself.
import { Link } from './link.js';
import { KERNEL, MIME } from './names.js';

/** How often snapshots of what is in sight are fetched, in ms. */
export const SEEN_MS = 5000;
/** How soon the kernel hears of a new display that it is the page's, in ms. */
const HOLD_MS = 50;
/** How long a save waits for the newest snapshots at most, in ms. */
export const FRESH_MS = 3000;
/** How soon a lost connection is tried again while somebody looks, in ms, and how seldom after some failures. */
export const AGAIN_MS = 5000;
export const SELDOM_MS = 30_000;
/** A page that was frozen, as in a sleeping laptop, hears of its broken connections a little after it goes on: nothing is asked for so long, in ms. */
const THAW_MS = 200;

export class Panel {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    /** @type {Set<{connect(): void, wake(): void, isSeen(): boolean, seen(): Claim|null}>} */
    this.viewers = new Set();
    /** The newest snapshots by session and view, kept until a save writes them. @type {Map<string, Record<string, any>>} */
    this.fresh = new Map();
    /** @type {Link|null} */
    this.link = null;
    context.sessionContext.kernelChanged.connect(this.onKernel, this);
    // Emitted before the model is serialised, in the same turn.
    context.saveState.connect((_, state) => state === 'started' && this.write());
    context.pathChanged?.connect(() => this.link?.anew());
    context.disposed.connect(() => this.dispose());
    this.asked = 0; // the number of the newest question for snapshots
    /** Saves that wait for the snapshots of a question. @type {Set<{seq: number, done: () => void}>} */
    this.waiting = new Set();
    this.freshenBefore('save');
    this.freshenBefore('saveAs');
    this.wasConnected = false; // the first connection is JupyterLab's
    /** @type {ReturnType<typeof setTimeout>|undefined} tries a connection that was just lost */
    this.again = undefined;
    this.tried = 0; // when a lost connection was last tried
    this.patience = AGAIN_MS;
    this.isFrozen = false;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.thawing = undefined;
    this.onFreeze = () => {
      clearTimeout(this.thawing);
      this.isFrozen = true;
    };
    this.onResume = () => {
      this.thawing = setTimeout(() => {
        this.isFrozen = false;
        for (const v of this.viewers) v.wake();
        this.hold();
        this.reconnect(true);
      }, THAW_MS);
    };
    document.addEventListener('freeze', this.onFreeze);
    document.addEventListener('resume', this.onResume);
    this.onLook = () => this.reconnect(true);
    document.addEventListener('visibilitychange', this.onLook);
    window.addEventListener('online', this.onLook);
    this.timer = setInterval(() => {
      this.reconnect();
      this.pull();
    }, SEEN_MS);
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.holding = undefined;
    /** Views that just went out of sight. @type {Set<string>} */
    this.leaving = new Set();
    this.isReady = false; // the model has its metadata
    this.onKernel();
    void context.ready?.then(() => {
      this.isReady = true;
      this.begin();
    });
  }

  /** kernel is the panel's connection, or null. */
  get kernel() {
    return this.context.sessionContext.session?.kernel ?? null;
  }

  onKernel() {
    const { kernel, context } = this;
    if (this.link?.kernel === kernel) return;
    this.link?.dispose();
    this.link = kernel && new Link(kernel, {
      changed: () => this.changed(), opening: () => this.greet(), snapshot: (m) => this.keep(m), snapshots: (seq) => this.arrived(seq),
      silent: () => this.isFrozen || this.hold(), shown: (data, isUpdate) => this.shown(data, isUpdate),
      notebook: () => context.path, modules: () => this.modules(), fetched: (modules) => this.fetched(modules),
    });
    this.begin();
    this.changed();
  }

  /** greet wakes the viewers while the comm opens: in a turn of its own, since it may be a viewer's question that opened it. */
  greet() {
    queueMicrotask(() => this.viewers.forEach((v) => v.wake()));
  }

  /**
   * begin opens the comm for outputs that nobody has seen yet, and to say which versions of modules the notebook has. A kernel of the usual name hears
   * of each notebook before its first cell: it must not take two notebooks of one kernel, with cells of the same ids, for one.
   */
  begin() {
    if (this.link?.state !== 'idle') return;
    const isKnown = this.isReady && this.kernel?.name === KERNEL;
    if (isKnown || this.ours().length || Object.keys(this.modules()).length) this.link.start();
  }

  /** modules are the versions that %get takes, as the notebook's metadata has them. @returns {Record<string, string>} */
  modules() {
    return this.context.model?.getMetadata?.('tickbook')?.get ?? {};
  }

  /** fetched writes what a cell fetched into the notebook's metadata. @param {Record<string, string>} modules */
  fetched(modules) {
    const { model } = this.context;
    const old = this.modules();
    if (Object.entries(modules).every(([path, version]) => old[path] === version)) return;
    model?.setMetadata?.('tickbook', { ...model.getMetadata?.('tickbook'), get: { ...old, ...modules } });
  }

  changed() {
    for (const v of this.viewers) v.connect();
    clearTimeout(this.again);
    if (this.link?.state === 'open') {
      this.wasConnected = true;
    } else if (this.link?.state === 'waiting') {
      this.tried = Date.now(); // by JupyterLab, a few times
      this.again = setTimeout(() => this.reconnect(), AGAIN_MS);
    }
    this.hold();
    // Those who wait for a session ask again; where there will be none, they don't wait.
    for (const w of this.waiting) this.askFor(w);
  }

  /**
   * freshenBefore makes a way of saving wait for the newest snapshots, since JupyterLab's signal comes in the turn in which the file is made.
   * @param {'save'|'saveAs'} way
   */
  freshenBefore(way) {
    const { context } = this;
    const save = context[way].bind(context);
    context[way] = async () => {
      await this.freshen();
      return save();
    };
  }

  /** freshen fetches the snapshots of this moment, or of a later one. It waits for a kernel that is about to answer, and not for long. */
  async freshen() {
    this.begin();
    if (!this.ours(this.link?.session || undefined).length) return;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    let late;
    await new Promise((done) => {
      const w = { seq: Infinity, done: () => done(undefined) };
      late = setTimeout(w.done, FRESH_MS);
      this.waiting.add(w);
      this.askFor(w);
    });
    clearTimeout(late);
  }

  /** askFor asks for the snapshots that a save waits for, when there is a comm. @param {{seq: number, done: () => void}} w */
  askFor(w) {
    const { link } = this;
    const isComing = link && (link.state === 'opening' || (link.state === 'waiting' && link.kernel.connectionStatus === 'connecting'));
    const views = link ? this.ours(link.session || undefined) : [];
    if (link && views.length && (link.state === 'open' || link.state === 'dropped')) {
      w.seq = link.ask({ t: 'snapshot', seq: this.asked + 1, views }) ? ++this.asked : Infinity;
      return;
    }
    if (isComing) return;
    this.waiting.delete(w);
    w.done();
  }

  /** arrived ends the waiting for the snapshots of a question. @param {number} seq */
  arrived(seq) {
    for (const w of this.waiting) {
      if (w.seq > seq) continue;
      this.waiting.delete(w);
      w.done();
    }
  }

  /** ours are the views that are in the notebook, of a session or of any. @param {string} [session] */
  ours(session) {
    const views = new Set();
    for (const { claim } of this.outputs()) if (!session || claim.session === session) views.add(claim.view);
    return [...views];
  }

  /**
   * outputs lists our outputs in the model, not the viewers: cells that were never scrolled into sight have some too.
   * @returns {Generator<{model: MimeModel, claim: Claim, cell: string, index: number}>}
   */
  *outputs() {
    for (const cell of this.context.model?.cells ?? []) {
      for (let index = 0; index < (cell.outputs?.length ?? 0); index++) {
        const model = /** @type {OutputList} */ (cell.outputs).get(index);
        const claim = model.data[MIME];
        if (claim) yield { model, claim, cell: cell.id, index };
      }
    }
  }

  /** hold tells the kernel which views are here, in sight or not: it leaves them to the page. It returns false if there are none. */
  hold() {
    clearTimeout(this.holding);
    this.holding = undefined;
    const { link } = this;
    if (link?.state !== 'open' || this.isFrozen) return false;
    const views = this.ours(link.session);
    return views.length > 0 && link.ask({ t: 'hold', views });
  }

  /**
   * shown hears of a display of ours: in this notebook, perhaps. An update is of one that the kernel does not know to be the page's, or its last state.
   * @param {Record<string, any>} data
   * @param {boolean} isUpdate
   */
  shown(data, isUpdate) {
    /** @type {Claim} */
    const claim = data[MIME];
    if (isUpdate) {
      if (!this.ours(claim.session).includes(claim.view)) return;
      this.fresh.set(`${claim.session} ${claim.view}`, data);
    }
    this.holding ??= setTimeout(() => {
      this.begin();
      if (this.link?.state === 'dropped' && this.ours(claim.session).length) this.link.anew(); // what is here is named once it is open
      else this.hold();
    }, HOLD_MS);
  }

  /**
   * reconnect tries a lost connection again while somebody looks at an output. JupyterLab itself waits up to a minute between attempts, and gives up after
   * the seventh, or when the server closed the connection in order: a page of before the laptop slept would stand still.
   * @param {boolean} [now] there is reason to hope
   */
  reconnect(now = false) {
    const { kernel } = this;
    if (!kernel || kernel.isDisposed || kernel.connectionStatus === 'connected') {
      this.patience = AGAIN_MS;
      return;
    }
    if (!this.wasConnected || this.isFrozen || document.hidden || ![...this.viewers].some((v) => v.isSeen())) return;
    if (!now && Date.now() - this.tried < this.patience) return;
    this.patience = now ? AGAIN_MS : Math.min(2 * this.patience, SELDOM_MS);
    this.tried = Date.now();
    kernel.reconnect?.().catch(() => {}); // the next attempt follows
  }

  /** pull asks for what changed, since the last snapshots, of what is in sight. */
  pull() {
    const views = new Set();
    for (const v of this.viewers) {
      const claim = v.seen();
      if (claim && claim.session === this.link?.session) views.add(claim.view);
    }
    if (views.size) this.link?.ask({ t: 'snapshot', views: [...views] });
  }

  /** left asks for the last state of a view that went out of sight. @param {Claim} claim */
  left(claim) {
    if (claim.session !== this.link?.session) return;
    if (!this.leaving.size) {
      queueMicrotask(() => {
        this.link?.ask({ t: 'snapshot', views: [...this.leaving] });
        this.leaving.clear();
      });
    }
    this.leaving.add(claim.view);
  }

  /** @param {Answer} m */
  keep(m) {
    if (this.link?.session) this.fresh.set(`${this.link.session} ${m.view}`, m.data);
  }

  /** snapshot is the newest one of an output that isn't in the model yet. @param {Claim} claim */
  snapshot(claim) {
    return this.fresh.get(`${claim.session} ${claim.view}`);
  }

  /** write puts the newest snapshots into the model. Only a save does: ticking alone doesn't make a notebook dirty. */
  write() {
    const done = new Set();
    for (const { model, claim } of this.outputs()) {
      const data = this.snapshot(claim);
      if (!data) continue;
      done.add(`${claim.session} ${claim.view}`);
      model.setData({ data: { ...model.data, ...data } });
    }
    for (const key of done) this.fresh.delete(key);
  }

  /**
   * place names an output so that a cell that is run again, or a page that is loaded again, finds its place.
   * @param {MimeModel} model
   */
  place(model) {
    for (const o of this.outputs()) {
      if (o.model === model || o.claim === model.data[MIME]) return `${this.context.path} ${o.cell} ${o.index}`;
    }
    return `${this.context.path} ${model.data[MIME].view}`;
  }

  dispose() {
    clearInterval(this.timer);
    clearTimeout(this.again);
    clearTimeout(this.thawing);
    clearTimeout(this.holding);
    document.removeEventListener('freeze', this.onFreeze);
    document.removeEventListener('resume', this.onResume);
    document.removeEventListener('visibilitychange', this.onLook);
    window.removeEventListener('online', this.onLook);
    for (const w of this.waiting) w.done();
    this.waiting.clear();
    this.link?.dispose();
    this.link = null;
  }
}
