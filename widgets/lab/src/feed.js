// Feed: when a viewer asks for its next frame.
import { beat as shared } from './beat.js';

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
   * @param {import('./beat.js').Beat} [options.beat] that it asks in
   */
  constructor({ ask, query, pause, lost = () => {}, beat = shared }) {
    this.ask = ask;
    this.query = query;
    this.pause = pause;
    this.lost = lost;
    this.beat = beat;
    this.silent = 0; // questions in a row that no answer came to
    this.seq = 0;
    this.oldest = 0; // answers to questions before this one don't fit any more
    this.since = -1;
    this.isAwake = false;
    this.isPaused = false;
    this.isDue = false; // one question is to be asked although paused
    this.isGreeted = false; // the first question was asked before there was a feed
    this.asked = 0; // when the newest question was sent
    /** @type {ReturnType<typeof setTimeout>|undefined} of a question that is lost */
    this.timer = undefined;
  }

  /** wake or put to sleep: a viewer that nobody sees asks nothing. @param {boolean} awake */
  wake(awake) {
    if (awake === this.isAwake) return;
    this.isAwake = awake;
    if (awake) {
      this.beat.awake.add(this);
      if (this.isGreeted) this.expect();
      else this.send();
    } else {
      this.stop();
    }
  }

  /** adopt takes a question of the number 1, asked just now, as the first one. */
  adopt() {
    this.seq = 1;
    this.asked = Date.now();
    this.isGreeted = true;
  }

  /** @param {boolean} paused */
  hold(paused) {
    this.isPaused = paused;
    if (!paused) {
      this.refresh();
      return;
    }
    clearTimeout(this.timer);
    if (!this.isDue) this.oldest = this.seq + 1; // the answer on its way would change what stands still
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
    this.expect();
  }

  expect() {
    this.isGreeted = false;
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
    this.isGreeted = false;
    this.silent = 0;
    this.since = m.step;
    this.isDue = false;
    return 'newest';
  }

  /** painted asks for the next frame, in its time. */
  painted() {
    if (this.isPaused || !this.isAwake) return;
    const { seq } = this;
    this.beat.after(Math.max(0, this.pause - (Date.now() - this.asked)), () => {
      if (this.seq === seq) this.send();
    });
  }

  stop() {
    this.isAwake = false;
    this.beat.awake.delete(this);
    clearTimeout(this.timer);
  }
}
