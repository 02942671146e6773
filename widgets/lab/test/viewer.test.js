// A viewer asks for its view and the next frame in one breath, once a comm, when somebody sees it.
import assert from 'node:assert/strict';
import test, { mock } from 'node:test';
import { LOST_MS } from '../src/feed.js';
import { page, settle } from './page.js';

const live = (v) => v.isLive;
const note = (v) => v.foot.facts.textContent;

/** start makes a page whose one view is in sight and live. */
async function start(t, options) {
  const p = page(t, options);
  const v = p.make();
  v.sees(true);
  await settle();
  p.hello();
  p.answer(v, 'schema');
  p.answer(v, 'frame', { seq: 1, step: 7 });
  await settle();
  assert.ok(live(v));
  p.said();
  return { p, v };
}

test('views in sight greet right behind comm_open, and are live with the first answers', async (t) => {
  const p = page(t);
  const [a, b, far] = [p.make('a'), p.make('b'), p.make('far')];
  a.sees(true);
  b.sees(true);
  far.sees(false);
  await settle();
  assert.deepEqual(p.said(), ['comm_open', 'open a', 'frame a 1 -1', 'open b', 'frame b 1 -1']);
  p.hello();
  for (const v of [a, b]) p.answer(v, 'schema');
  for (const v of [a, b]) p.answer(v, 'frame', { seq: 1, step: 7 });
  await settle();
  assert.deepEqual([a, b, far].map(live), [true, true, false]);
  assert.deepEqual(p.said(), []);
  mock.timers.tick(100);
  assert.deepEqual(p.said(), ['frame a 2 7', 'frame b 2 7']);
});

test('a view that is made, or comes into sight, when the comm is open already', async (t) => {
  const { p } = await start(t);
  const w = p.make('w');
  await settle();
  assert.deepEqual(p.said(), []); // nobody sees it
  w.sees(true);
  assert.deepEqual(p.said(), ['open w', 'frame w 1 -1']);
  p.answer(w, 'schema');
  assert.deepEqual(p.said(), []);
  p.answer(w, 'frame', { seq: 1, step: 7 });
  await settle();
  assert.ok(live(w));
  w.sees(false);
  w.sees(true);
  assert.deepEqual(p.said(), ['frame w 2 7']);
});

test('a view that comes into sight while the comm opens', async (t) => {
  const p = page(t);
  const v = p.make();
  await settle();
  assert.deepEqual(p.said(), ['comm_open']);
  v.sees(true);
  assert.deepEqual(p.said(), ['open v', 'frame v 1 -1']);
  p.hello();
  assert.deepEqual(p.said(), []);
});

test('a kernel whose name is not ours is greeted when it has said hello', async (t) => {
  const p = page(t, { name: 'mine' });
  const v = p.make();
  v.sees(true);
  await settle();
  assert.deepEqual(p.said(), ['comm_open']);
  p.hello();
  assert.deepEqual(p.said(), ['open v', 'frame v 1 -1']);
});

test('on a hidden or frozen page nothing is asked; then both at once', async (t) => {
  const p = page(t);
  document.hidden = true;
  const v = p.make();
  v.sees(true);
  await settle();
  p.hello();
  assert.deepEqual(p.said(), ['comm_open']);
  p.tell('freeze');
  document.hidden = false;
  p.tell('visibilitychange');
  assert.deepEqual(p.said(), []);
  p.tell('resume');
  mock.timers.tick(200);
  assert.deepEqual(p.said(), ['open v', 'frame v 1 -1']);
});

test('out of sight before the schema came: the frame is drawn, and nothing more is asked', async (t) => {
  const p = page(t);
  const v = p.make();
  await settle();
  p.hello();
  v.sees(true);
  v.sees(false);
  p.said();
  p.answer(v, 'schema');
  p.answer(v, 'frame', { seq: 1, step: 7 });
  await settle();
  assert.ok(live(v));
  mock.timers.tick(60_000);
  assert.deepEqual(p.said(), []);
  v.sees(true);
  assert.deepEqual(p.said(), ['frame v 2 7']);
});

test('a lost answer is asked for again, with the frame; a frame without a schema is not drawn', async (t) => {
  const p = page(t);
  const v = p.make();
  v.sees(true);
  await settle();
  p.hello();
  p.said();
  p.answer(v, 'frame', { seq: 1, step: 7 });
  await settle();
  assert.equal(v.view, null);
  mock.timers.tick(LOST_MS);
  assert.deepEqual(p.said(), ['open v', 'frame v 1 -1']);
  p.answer(v, 'schema');
  p.answer(v, 'schema'); // the first one was only late
  p.answer(v, 'frame', { seq: 1, step: 7 });
  p.answer(v, 'frame', { seq: 1, step: 7 });
  await settle();
  assert.ok(live(v));
  mock.timers.tick(100);
  assert.deepEqual(p.said(), ['frame v 2 7']);
});

test('a first question that does not fit the schema is asked again by the view', async (t) => {
  const p = page(t);
  const v = p.make();
  v.sees(true);
  await settle();
  p.hello();
  p.answer(v, 'schema');
  p.said();
  p.answer(v, 'error', { seq: 1, message: 'order: no such column' });
  assert.deepEqual(p.said(), ['frame v 2 -1']);
  p.answer(v, 'frame', { seq: 2, step: 7 });
  await settle();
  assert.ok(live(v));
});

test('a view whose comm ended before its first frame begins anew on the next', async (t) => {
  const p = page(t);
  const v = p.make();
  v.sees(true);
  await settle();
  p.hello();
  p.answer(v, 'schema');
  p.said();
  const first = p.kernel.comm;
  p.kernel.become('unknown', 'connecting');
  assert.equal(note(v), 'not connected: last state');
  p.kernel.become('unknown', 'connected');
  await settle();
  assert.deepEqual(p.said(), ['comm_open', 'open v', 'frame v 1 -1']);
  p.hello();
  p.kernel.say({ t: 'frame', view: 'v', viewer: v.key, seq: 1, step: 6 }, 'comm_msg', first);
  await settle();
  assert.ok(!live(v)); // an answer on the first comm
  p.answer(v, 'schema');
  p.answer(v, 'frame', { seq: 1, step: 7 });
  await settle();
  assert.ok(live(v));
  assert.deepEqual(v.view.frames, [1]);
  assert.deepEqual(p.said(), []);
});

test('after a broken connection a live view asks for its next frame with its view', async (t) => {
  const { p, v } = await start(t);
  p.kernel.become('unknown', 'connecting');
  p.kernel.become('unknown', 'connected');
  await settle();
  assert.deepEqual(p.said(), ['comm_open', 'open v', 'frame v 2 -1']);
  p.hello();
  p.answer(v, 'schema');
  p.answer(v, 'frame', { seq: 2, step: 9 });
  await settle();
  assert.deepEqual([p.said(), v.view.frames], [[], [1, 2]]);
});

for (const [what, ends] of [['bye', (p) => p.kernel.say({ t: 'bye' })], ['comm_close', (p) => p.kernel.say({}, 'comm_close')]]) {
  test(`a comm that the kernel ended with ${what} is opened anew for who is in sight`, async (t) => {
    const { p, v } = await start(t);
    const far = p.make('far');
    ends(p);
    await settle();
    assert.deepEqual(p.said(), ['comm_open', 'open v', 'frame v 2 -1']);
    p.hello();
    p.answer(v, 'schema');
    p.answer(v, 'frame', { seq: 2, step: 9 });
    await settle();
    mock.timers.tick(LOST_MS - 1);
    assert.deepEqual(p.said(), ['frame v 3 9']); // and no question of before is taken for a lost one
    v.sees(false);
    await settle(); // its last snapshot is asked for
    ends(p);
    await settle();
    assert.deepEqual(p.said(), []);
    far.sees(true);
    await settle();
    assert.deepEqual(p.said(), ['comm_open', 'open far', 'frame far 1 -1']);
  });
}

test('who finds the comm forgotten while asking has its question in another one', async (t) => {
  const { p, v } = await start(t, { name: 'mine' });
  for (let i = 0; i < 2; i++) mock.timers.tick(LOST_MS); // the second question, and whether anybody hears
  mock.timers.tick(LOST_MS + 100);
  await settle();
  const said = p.said();
  assert.deepEqual(said.slice(said.indexOf('comm_close')), ['comm_close', 'comm_open']);
  p.hello();
  assert.deepEqual(p.said(), ['open v', `frame v ${v.feed.seq} -1`]);
});

test('paused, a view asks for no frame on another comm but one that the user waits for', async (t) => {
  const { p, v } = await start(t);
  v.view.host.hold(true);
  p.kernel.say({ t: 'bye' });
  await settle();
  assert.deepEqual(p.said(), ['comm_open', 'open v']);
  p.hello();
  p.answer(v, 'schema');
  mock.timers.tick(60_000);
  assert.deepEqual(p.said(), []);
  p.kernel.say({ t: 'bye' });
  v.sees(false);
  v.sees(true);
  await settle();
  p.hello();
  p.said();
  v.view.host.refresh(); // it was scrolled
  assert.deepEqual(p.said(), ['frame v 2 -1']);
  p.kernel.say({ t: 'bye' });
  await settle();
  assert.deepEqual(p.said(), ['comm_open', 'open v', 'frame v 3 -1']);
  v.view.host.hold(false);
  assert.deepEqual(p.said(), ['frame v 4 -1']);
});

test('a view that the kernel does not have any more is refused once a comm', async (t) => {
  const { p } = await start(t);
  const w = p.make('w');
  w.sees(true);
  assert.deepEqual(p.said(), ['open w', 'frame w 1 -1']);
  p.answer(w, 'gone');
  assert.equal(note(w), 'no longer in the kernel: last state');
  p.answer(w, 'gone');
  w.sees(false);
  w.sees(true);
  mock.timers.tick(LOST_MS - 1);
  assert.deepEqual(p.said().filter((x) => x.includes(' w')), []);
  p.kernel.become('unknown', 'connecting');
  p.kernel.become('unknown', 'connected');
  await settle();
  assert.deepEqual(p.said().filter((x) => x.includes(' w')), ['open w', 'frame w 1 -1']);
  p.hello();
  p.answer(w, 'gone');
  p.answer(w, 'gone');
  assert.equal(note(w), 'no longer in the kernel: last state');
});

test('a view of an earlier kernel says so, and opens no comm', async (t) => {
  const p = page(t);
  const v = p.make('v', 'an earlier one');
  v.sees(true);
  await settle();
  assert.deepEqual(p.said(), ['comm_open', 'open v', 'frame v 1 -1']); // who is there is not known yet
  p.hello();
  p.answer(v, 'gone');
  p.answer(v, 'schema');
  assert.deepEqual([note(v), v.view], ['made by an earlier kernel: last state', null]);
  v.sees(false);
  v.sees(true);
  p.kernel.say({ t: 'bye' });
  v.sees(false);
  v.sees(true);
  await settle();
  mock.timers.tick(LOST_MS);
  assert.deepEqual(p.said(), []);
});

test('a kernel that was restarted: the live view ends, a new one lives', async (t) => {
  const { p, v } = await start(t);
  p.kernel.become('restarting');
  p.kernel.become('idle');
  await settle();
  p.hello('t');
  p.answer(v, 'gone');
  await settle();
  assert.deepEqual([note(v), v.view], ['made by an earlier kernel: last state', null]);
  p.said();
  const w = p.make('v', 't');
  w.sees(true);
  assert.deepEqual(p.said(), ['open v', 'frame v 1 -1']);
});
