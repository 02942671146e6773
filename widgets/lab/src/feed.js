// Feed: when a viewer asks for its next frame.

/** The server drops messages when its rate limit is hit: a question without an answer is asked again after this, in ms. */
export const LOST_MS = 5000;

/**
 * Feed keeps at most one question of a viewer open. The kernel answers it when there is a step newer than since, so a
 * still table costs a question in five seconds, and a viewer that is asleep or paused costs nothing.
 */
export class Feed {
  /**
   * @param {object} options
   * @param {(question: object) => boolean} options.ask sends; false when there is no connection
   * @param {() => object} options.query what to ask for, now
   * @param {number} options.pause the least time between two frames, in ms
   * @param {(times: number) => void} [options.lost] no answer came, so many times in a row: the table is still, or nobody hears us
   */
  constructor({ ask, query, pause, lost = () => {} }) {
    this.ask = ask;
    this.query = query;
    this.pause = pause;
    this.lost = lost;
    this.silent = 0; // questions in a row that no answer came to
    this.seq = 0;
    this.oldest = 0; // answers to questions before this one don't fit any more
    this.since = -1;
    this.isAwake = false;
    this.isPaused = false;
    this.isDue = false; // one question is to be asked although paused
    this.asked = 0; // when the newest question was sent
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.timer = undefined;
  }

  /** wake or put to sleep: a viewer that nobody sees asks nothing. @param {boolean} awake */
  wake(awake) {
    if (awake === this.isAwake) return;
    this.isAwake = awake;
    if (awake) this.send();
    else clearTimeout(this.timer);
  }

  /** @param {boolean} paused */
  hold(paused) {
    this.isPaused = paused;
    if (paused) clearTimeout(this.timer);
    else this.refresh();
  }

  /**
   * refresh asks at once, whatever the step.
   * @param {boolean} [other] answers on their way don't fit any more: another order, another range
   */
  refresh(other = false) {
    this.since = -1;
    this.isDue = true;
    if (other) this.oldest = this.seq + 1;
    this.send();
  }

  send() {
    clearTimeout(this.timer);
    if (!this.isAwake || (this.isPaused && !this.isDue)) return;
    this.asked = Date.now();
    this.ask({ t: 'frame', seq: ++this.seq, since: this.since, ...this.query() });
    this.timer = setTimeout(() => {
      this.lost(++this.silent);
      this.send();
    }, LOST_MS);
  }

  /**
   * answered says whether a frame fits what is shown. An answer to the question before the newest may be drawn: while a
   * user scrolls, there is always a newer one.
   * @param {{seq: number, step: number}} m
   * @returns {'no'|'older'|'newest'}
   */
  answered(m) {
    if (m.seq < this.oldest || m.seq > this.seq) return 'no';
    if (m.seq < this.seq) return 'older';
    clearTimeout(this.timer);
    this.silent = 0;
    this.since = m.step;
    this.isDue = false;
    return 'newest';
  }

  /** painted asks for the next frame, in its time. */
  painted() {
    if (this.isPaused || !this.isAwake) return;
    clearTimeout(this.timer);
    const wait = Math.max(0, this.pause - (Date.now() - this.asked));
    const { seq } = this;
    this.timer = setTimeout(() => {
      if (this.seq === seq) this.send();
    }, wait);
  }

  stop() {
    this.isAwake = false;
    clearTimeout(this.timer);
  }
}
