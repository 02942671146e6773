import assert from 'node:assert/strict';
import test, { mock } from 'node:test';
import { Beat, NEAR_MS } from '../src/beat.js';
import { Feed, LOST_MS } from '../src/feed.js';

function clock(t) {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  t.after(() => mock.timers.reset());
}

function start(t, pause = 100, beat = new Beat()) {
  clock(t);
  const asked = [];
  const feed = new Feed({ ask: (q) => asked.push([q.seq, q.since]) > 0, query: () => ({}), pause, beat });
  return { feed, asked };
}

test('nobody looks, nothing is asked', (t) => {
  const { feed, asked } = start(t);
  feed.refresh();
  mock.timers.tick(60_000);
  assert.deepEqual(asked, []);
});

test('one question at a time, at the pace', (t) => {
  const { feed, asked } = start(t);
  feed.wake(true);
  assert.deepEqual(asked, [[1, -1]]);
  mock.timers.tick(30);
  assert.equal(feed.answered({ seq: 1, step: 7 }), 'newest');
  feed.painted();
  mock.timers.tick(69);
  assert.equal(asked.length, 1);
  mock.timers.tick(1);
  assert.deepEqual(asked[1], [2, 7]);
});

test('a lost question is asked again; asleep it is not', (t) => {
  const { feed, asked } = start(t);
  const lost = [];
  feed.lost = (n) => lost.push(n);
  feed.wake(true);
  mock.timers.tick(LOST_MS);
  assert.deepEqual(asked, [[1, -1], [2, -1]]);
  mock.timers.tick(LOST_MS);
  feed.answered({ seq: 3, step: 1 });
  feed.refresh();
  mock.timers.tick(LOST_MS);
  assert.deepEqual(lost, [1, 2, 1]);
  feed.wake(false);
  mock.timers.tick(10 * LOST_MS);
  assert.equal(asked.length, 5);
});

test('while scrolling older answers are drawn, after a sort they are not', (t) => {
  const { feed, asked } = start(t);
  feed.wake(true);
  feed.refresh();
  feed.refresh();
  assert.equal(feed.answered({ seq: 2, step: 1 }), 'older');
  assert.equal(feed.answered({ seq: 3, step: 1 }), 'newest');
  feed.refresh(true);
  assert.equal(feed.answered({ seq: 3, step: 2 }), 'no');
  assert.equal(feed.answered({ seq: 4, step: 2 }), 'newest');
  assert.equal(feed.answered({ seq: 5, step: 2 }), 'no');
  assert.equal(asked.length, 4);
});

test('paused, it asks only what the user wants to see', (t) => {
  const { feed, asked } = start(t);
  feed.wake(true);
  feed.answered({ seq: 1, step: 1 });
  feed.hold(true);
  feed.painted();
  mock.timers.tick(60_000);
  assert.equal(asked.length, 1);
  feed.refresh();
  assert.equal(asked.length, 2);
  mock.timers.tick(LOST_MS); // lost: still wanted
  assert.equal(asked.length, 3);
  feed.answered({ seq: 3, step: 2 });
  feed.painted();
  mock.timers.tick(60_000);
  assert.equal(asked.length, 3);
  feed.hold(false);
  assert.equal(asked.length, 4);
});

test('paused, an answer on its way is not shown, but for what the user wants to see', (t) => {
  const { feed } = start(t);
  feed.wake(true);
  assert.equal(feed.answered({ seq: 1, step: 1 }), 'newest');
  feed.painted();
  mock.timers.tick(100);
  feed.hold(true);
  assert.equal(feed.answered({ seq: 2, step: 2 }), 'no');
  feed.refresh();
  assert.equal(feed.answered({ seq: 3, step: 3 }), 'newest');
  feed.hold(false);
  feed.refresh();
  feed.hold(true);
  assert.equal(feed.answered({ seq: 5, step: 4 }), 'newest');
});

test('views that are about to ask at nearly the same time ask together from then on', (t) => {
  const beat = new Beat();
  const [a, b, far] = [start(t, 100, beat), start(t, 100, beat), start(t, 250, beat)];
  const answer = (x) => {
    x.feed.answered({ seq: x.feed.seq, step: x.asked.length });
    x.feed.painted();
  };
  a.feed.wake(true);
  far.feed.wake(true);
  answer(a);
  answer(far);
  mock.timers.tick(NEAR_MS - 1);
  b.feed.wake(true);
  answer(b);
  assert.deepEqual([a.asked.length, b.asked.length, far.asked.length], [1, 1, 1]);
  mock.timers.tick(100 - NEAR_MS + 1);
  assert.deepEqual([a.asked.length, b.asked.length, far.asked.length], [2, 2, 1]);
  answer(a);
  answer(b);
  mock.timers.tick(99);
  assert.deepEqual([a.asked.length, b.asked.length, far.asked.length], [2, 2, 1]);
  mock.timers.tick(1);
  assert.deepEqual([a.asked.length, b.asked.length, far.asked.length], [3, 3, 1]);
  mock.timers.tick(50);
  assert.equal(far.asked.length, 2);
});

test('a question that was asked before there was a feed is its first one', (t) => {
  const { feed, asked } = start(t);
  feed.adopt();
  feed.wake(true);
  assert.deepEqual(asked, []);
  assert.equal(feed.answered({ seq: 1, step: 3 }), 'newest');
  feed.painted();
  mock.timers.tick(100);
  assert.deepEqual(asked, [[2, 3]]);
  const lost = start(t);
  lost.feed.adopt();
  lost.feed.wake(true);
  mock.timers.tick(LOST_MS);
  assert.deepEqual(lost.asked, [[2, -1]]);
});
