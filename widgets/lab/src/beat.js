// Beat: who is about to ask, asks together with others.

/** Who would ask within this time after somebody else does, asks with them, in ms. */
export const NEAR_MS = 40;

/**
 * Beat brings the questions of a page's views into step. A kernel whose tables tick together then answers them in one breath, and the page draws them
 * in one animation frame: most of what a frame costs is paid once.
 */
export class Beat {
  constructor() {
    /** @type {{at: number, ask: () => void}[]} */
    this.waiting = [];
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.timer = undefined;
    /** Those who ask, while they do. @type {Set<object>} */
    this.awake = new Set();
  }

  /** after calls ask after some time, or a little sooner. @param {number} ms @param {() => void} ask */
  after(ms, ask) {
    this.waiting.push({ at: Date.now() + ms, ask });
    this.arm();
  }

  arm() {
    clearTimeout(this.timer);
    if (!this.waiting.length) return;
    this.timer = setTimeout(() => this.ring(), Math.max(0, Math.min(...this.waiting.map((w) => w.at)) - Date.now()));
  }

  ring() {
    const near = Date.now() + NEAR_MS;
    const due = this.waiting.filter((w) => w.at <= near);
    this.waiting = this.waiting.filter((w) => w.at > near);
    this.arm();
    for (const w of due) w.ask();
  }
}

/** The page's. */
export const beat = new Beat();
