import assert from 'node:assert/strict';
import test, { mock } from 'node:test';
import { GONE_MS, HELLO_MS, Link, SILENT_MS } from '../src/link.js';
import { FakeKernel } from './kernel.js';

/** start returns a link with one viewer over a fake kernel, and what it told. */
function start(t, kernel = new FakeKernel()) {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  t.after(() => mock.timers.reset());
  const told = [];
  const link = new Link(kernel, { changed: () => told.push(link.state), snapshot: (m) => told.push(m) });
  const got = [];
  const stop = link.listen('v', (m) => got.push(m));
  return { kernel, link, told, got, stop };
}

test('a notebook without viewers says nothing to its kernel', () => {
  const kernel = new FakeKernel();
  const link = new Link(kernel, { changed() {}, snapshot() {} });
  kernel.become('idle');
  assert.equal(link.ask({ t: 'snapshot', views: [] }), false);
  assert.deepEqual(kernel.sent, []);
});

test('hello opens, messages reach their viewer', (t) => {
  const { kernel, link, told, got } = start(t);
  assert.deepEqual(kernel.sent, [['comm_open', { comm_id: link.id, target_name: 'tickbook', data: { version: 1 } }]]);
  assert.equal(link.ask({ t: 'open' }), false);
  kernel.say({ t: 'hello', session: 's1' });
  assert.deepEqual([told, link.session], [['open'], 's1']);
  assert.equal(link.ask({ t: 'open', view: 'w' }), true);
  kernel.say({ t: 'schema', viewer: 'v' });
  kernel.say({ t: 'schema', viewer: 'another' });
  kernel.say({ t: 'schema', viewer: 'v' }, 'comm_msg', 'another comm');
  kernel.say({ t: 'snapshot', view: 'w', data: {} });
  assert.deepEqual(got, [{ t: 'schema', viewer: 'v' }]);
  assert.equal(told[1].view, 'w');
});

test('several messages in one: each reaches its viewer with its own buffers', (t) => {
  const { kernel, link } = start(t);
  kernel.say({ t: 'hello', session: 's1' });
  const got = [];
  for (const name of ['a', 'b', 'c']) link.listen(name, (m, buffers) => got.push([name, m.seq, buffers]));
  const messages = [{ t: 'frame', viewer: 'a', seq: 1 }, { t: 'schema', viewer: 'b' }, { t: 'frame', viewer: 'c', seq: 2 }];
  kernel.say({ t: 'several', messages, buffers: [2, 0, 1] }, 'comm_msg', link.id, ['a1', 'a2', 'c1']);
  assert.deepEqual(got, [['a', 1, ['a1', 'a2']], ['b', undefined, []], ['c', 2, ['c1']]]);
});

test('without a hello it tries again, then gives up until a restart', (t) => {
  const { kernel, link, told } = start(t);
  for (let i = 1; i <= 5; i++) {
    assert.equal(kernel.types().filter((x) => x === 'comm_open').length, i);
    mock.timers.tick(HELLO_MS * i);
  }
  assert.deepEqual(told, ['refused']);
  mock.timers.tick(1e6);
  kernel.become('restarting');
  assert.equal(link.state, 'waiting');
  kernel.become('idle');
  assert.equal(link.state, 'opening');
});

test('another kernel closes the comm: refused, and not asked again', (t) => {
  const { kernel, link, told } = start(t);
  kernel.say({}, 'comm_close');
  assert.deepEqual(told, ['refused']);
  assert.equal(link.ask({}), false);
  assert.equal(kernel.sent.length, 1);
});

test('a comm that the kernel dropped is opened by the next question', (t) => {
  const { kernel, link, told } = start(t);
  kernel.say({ t: 'hello', session: 's1' });
  const first = link.id;
  kernel.say({}, 'comm_close');
  assert.deepEqual(told, ['open', 'dropped']);
  assert.equal(link.ask({}), false);
  assert.notEqual(link.id, first);
  kernel.say({ t: 'hello', session: 's1' });
  assert.deepEqual([link.state, link.epoch], ['open', 2]);
});

test('a silent comm is closed; the next question opens another', (t) => {
  const { kernel, link, told } = start(t);
  kernel.say({ t: 'hello', session: 's1' });
  mock.timers.tick(SILENT_MS - 1);
  assert.equal(link.ask({ t: 'frame' }), true);
  mock.timers.tick(SILENT_MS - 1);
  assert.equal(link.state, 'open');
  mock.timers.tick(1);
  assert.deepEqual(told, ['open', 'dropped']);
  assert.equal(link.ask({ t: 'frame' }), false);
  assert.deepEqual(kernel.types(), ['comm_open', 'comm_msg', 'comm_close', 'comm_open']);
});

test('a comm stays open while there is something to say', (t) => {
  const kernel = new FakeKernel();
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  t.after(() => mock.timers.reset());
  const link = new Link(kernel, { changed() {}, snapshot() {}, snapshots() {}, silent: () => link.ask({ t: 'hold', views: ['w'] }) });
  link.listen('v', () => {});
  kernel.say({ t: 'hello', session: 's1' });
  for (let i = 0; i < 5; i++) mock.timers.tick(SILENT_MS);
  assert.equal(link.state, 'open');
  assert.deepEqual(kernel.types(), ['comm_open', ...Array(5).fill('comm_msg')]);
  link.dispose();
});

test('after the sleep of a computer the comm is opened anew', (t) => {
  const { kernel, link } = start(t);
  kernel.say({ t: 'hello', session: 's1' });
  clearTimeout(link.silence); // timers sleep as well
  link.lastSent = Date.now() - GONE_MS - 1;
  assert.equal(link.ask({ t: 'frame' }), false);
  assert.deepEqual(kernel.types(), ['comm_open', 'comm_close', 'comm_open']);
});

test('a broken connection and a restart', (t) => {
  const { kernel, link, told } = start(t);
  kernel.say({ t: 'hello', session: 's1' });
  kernel.become('unknown', 'connecting');
  assert.deepEqual([link.state, link.session, link.ask({})], ['waiting', '', false]);
  kernel.become('unknown', 'connected'); // the status stays unknown until a cell runs
  kernel.say({ t: 'hello', session: 's1' });
  kernel.become('restarting');
  kernel.become('starting');
  kernel.become('idle');
  kernel.say({ t: 'hello', session: 's2' });
  assert.deepEqual(told, ['open', 'waiting', 'open', 'waiting', 'open']);
  assert.equal(link.session, 's2');
});

test('dispose closes the comm and hears nothing any more', (t) => {
  const { kernel, link, told } = start(t);
  kernel.say({ t: 'hello', session: 's1' });
  link.dispose();
  assert.equal(kernel.types().at(-1), 'comm_close');
  kernel.say({ t: 'hello', session: 's3' });
  kernel.become('restarting');
  assert.deepEqual(told, ['open']);
});

test('a kernel that calls itself otherwise is not asked at all', async () => {
  const kernel = new FakeKernel();
  kernel.info = Promise.resolve({ implementation: 'ipython' });
  const told = [];
  const link = new Link(kernel, { changed: () => told.push(link.state), snapshot() {}, snapshots() {} });
  link.listen('a', () => {});
  for (let i = 0; i < 5; i++) await null;
  assert.deepEqual(told, ['refused']);
  assert.deepEqual(kernel.sent, []);
  link.dispose();
});

test('viewers greet a kernel of the usual name right behind comm_open', (t) => {
  const kernel = new FakeKernel();
  kernel.name = 'tickbook';
  let opened = 0;
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  t.after(() => mock.timers.reset());
  const link = new Link(kernel, { changed() {}, opening: () => opened++, snapshot() {}, snapshots() {} });
  assert.equal(link.greet({ t: 'open' }), false);
  link.listen('a', () => {});
  assert.equal(opened, 1);
  assert.equal(link.greet({ t: 'open' }), true);
  assert.deepEqual(kernel.types(), ['comm_open', 'comm_msg']);
  kernel.say({ t: 'hello', session: 's' });
  assert.equal(link.greet({ t: 'open' }), false);
  link.dispose();
});
