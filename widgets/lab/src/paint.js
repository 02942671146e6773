// Drawing of all views of the page in one animation frame.
import { beat } from './beat.js';

/** How long the first job waits for those of the other views that ask, in ms: their answers come one after the other. */
export const GATHER_MS = 10;

/**
 * Job is what one view does in a frame. A document that was changed is laid out anew by whoever reads it next, so first all views read, then all
 * change what they show, then all scroll.
 * @typedef {{read?: () => void, write: () => void, scroll?: () => void}} Job
 */

/** @type {{job: Job, done: () => void, fail: (e: unknown) => void, isBroken: boolean}[]} */
let waiting = [];
/** @type {ReturnType<typeof setTimeout>|undefined} */
let gathering;

/**
 * paint does a job in the next animation frame. The promise is kept before that frame is shown. While the page is hidden there is none.
 * @param {Job} job
 * @returns {Promise<void>}
 */
export function paint(job) {
  return new Promise((done, fail) => {
    waiting.push({ job, done, fail, isBroken: false });
    if (waiting.length === 1) gathering = setTimeout(go, GATHER_MS);
    if (waiting.length >= beat.awake.size) go();
  });
}

/** go asks for the frame. */
function go() {
  if (gathering === undefined) return; // asked for
  clearTimeout(gathering);
  gathering = undefined;
  requestAnimationFrame(run);
}

/** paintNow does at once what waits for the next frame. */
export function paintNow() {
  clearTimeout(gathering);
  gathering = undefined;
  run();
}

function run() {
  const all = waiting;
  waiting = [];
  for (const phase of /** @type {const} */ (['read', 'write', 'scroll'])) {
    for (const w of all) {
      if (w.isBroken) continue;
      try {
        w.job[phase]?.();
      } catch (e) {
        w.isBroken = true;
        w.fail(e);
      }
    }
  }
  for (const w of all) w.done();
}
