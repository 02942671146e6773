// All views of a page draw in one animation frame: they read, then write, then scroll.
import assert from 'node:assert/strict';
import test, { mock } from 'node:test';
import { beat } from '../src/beat.js';
import { GATHER_MS, paint, paintNow } from '../src/paint.js';

/** frames are the animation frames that were asked for. */
const frames = [];
globalThis.requestAnimationFrame = (f) => frames.push(f);
const next = () => frames.shift()();

test('jobs of one frame: all read before one writes, all write before one scrolls', async () => {
  const log = [];
  const job = (name) => ({ read: () => log.push(`read ${name}`), write: () => log.push(`write ${name}`), scroll: () => log.push(`scroll ${name}`) });
  const both = Promise.all([paint(job('a')), paint({ write: () => log.push('write b') }), paint(job('c'))]);
  assert.equal(frames.length, 1);
  assert.deepEqual(log, []);
  next();
  await both;
  assert.deepEqual(log, ['read a', 'read c', 'write a', 'write b', 'write c', 'scroll a', 'scroll c']);
  const later = paint(job('d'));
  next();
  await later;
  assert.equal(log.length, 10);
  assert.equal(frames.length, 0);
});

test('a job that fails fails alone, and does no more', async () => {
  const log = [];
  const bad = paint({ write: () => { throw new Error('no'); }, scroll: () => log.push('bad') });
  const good = paint({ write: () => log.push('good') });
  next();
  await assert.rejects(bad, /no/);
  await good;
  assert.deepEqual(log, ['good']);
});

test('while several views ask, the first job waits for the others, and not for long', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  for (const view of ['a', 'b']) beat.awake.add(view);
  t.after(() => beat.awake.clear());
  let drawn = 0;
  const job = () => paint({ write: () => void drawn++ });
  job();
  assert.equal(frames.length, 0);
  job();
  assert.equal(frames.length, 1);
  next();
  const late = job();
  mock.timers.tick(GATHER_MS);
  assert.equal(frames.length, 1);
  job(); // in the same frame
  assert.equal(frames.length, 1);
  next();
  await late;
  assert.equal(drawn, 4);
});

test('what waits for a frame can be done at once', async () => {
  const log = [];
  const job = paint({ write: () => log.push('a') });
  paintNow();
  await job;
  assert.deepEqual(log, ['a']);
  while (frames.length) next();
  assert.deepEqual(log, ['a']);
});
