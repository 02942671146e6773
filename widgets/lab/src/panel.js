// Panel: what belongs to one open notebook: its link, its viewers, and the newest snapshots for the file.
import { Link } from './link.js';
import { MIME } from './names.js';

/** How often snapshots are fetched, in ms: the age that a saved state may have. */
export const SNAPSHOT_MS = 5000;

export class Panel {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    /** @type {Set<{connect(): void}>} */
    this.viewers = new Set();
    /** The newest snapshots by session and view, kept until a save writes them. @type {Map<string, Record<string, any>>} */
    this.fresh = new Map();
    /** @type {Link|null} */
    this.link = null;
    context.sessionContext.kernelChanged.connect(this.onKernel, this);
    // Emitted before the model is serialised, in the same turn.
    context.saveState.connect((_, state) => state === 'started' && this.write());
    context.disposed.connect(() => this.dispose());
    this.timer = setInterval(() => this.pull(), SNAPSHOT_MS);
    this.onKernel();
  }

  /** kernel is the panel's connection, or null. */
  get kernel() {
    return this.context.sessionContext.session?.kernel ?? null;
  }

  onKernel() {
    const { kernel } = this;
    if (this.link?.kernel === kernel) return;
    this.link?.dispose();
    this.link = kernel && new Link(kernel, { changed: () => this.changed(), snapshot: (m) => this.keep(m) });
    this.changed();
  }

  changed() {
    for (const v of this.viewers) v.connect();
    if (this.link?.state === 'open') this.pull();
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

  /** pull asks for what changed since the last snapshots. */
  pull() {
    const { link } = this;
    if (!link || document.hidden || link.state === 'idle') return;
    const views = new Set();
    for (const { claim } of this.outputs()) if (claim.session === link.session) views.add(claim.view);
    if (views.size) link.ask({ t: 'snapshot', views: [...views] });
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
    this.link?.dispose();
    this.link = null;
  }
}
