// A save waits for the newest snapshots of a notebook's outputs, and for nothing that will not come. Of what is out of sight, only names are said.
import assert from 'node:assert/strict';
import test, { mock } from 'node:test';
import { MIME, MODULES } from '../src/names.js';
import { AGAIN_MS, FRESH_MS, Panel, SEEN_MS, SELDOM_MS } from '../src/panel.js';
import { FakeKernel, Signal } from './kernel.js';

/** open makes the panel of a notebook with one output, and says what its saves wrote. */
function open(session = 's', { isSeen = true, hasOutput = true, name = undefined, ready = undefined } = {}) {
  globalThis.window = new EventTarget();
  globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
  const kernel = new FakeKernel();
  kernel.name = name;
  const data = { [MIME]: { version: 1, session, view: 'v', kind: 'table' }, 'text/plain': 'old' };
  const output = { data, setData(o) { this.data = o.data; } };
  const context = {
    path: 'a.ipynb', isDisposed: false, saves: [], saveState: new Signal(), disposed: new Signal(), pathChanged: new Signal(), ready,
    model: { cells: [{ id: 'c', outputs: { length: hasOutput ? 1 : 0, get: () => output } }] },
    sessionContext: { session: { kernel }, kernelChanged: new Signal() },
    async save() {
      this.saveState.emit(this, 'started');
      this.saves.push(output.data['text/plain']);
    },
    async saveAs() {
      await this.save();
    },
  };
  const panel = new Panel(context);
  if (isSeen) panel.link.listen('viewer', () => {});
  return { kernel, context, panel, output, saves: context.saves };
}

/** look adds a viewer of an output, as viewer.js does, in sight or not. */
function look(panel, output) {
  const v = { isInSight: true, connect() {}, wake() {}, isSeen() { return this.isInSight; }, seen() { return this.isInSight ? output.data[MIME] : null; } };
  panel.viewers.add(v);
  return v;
}

/** said are the questions since the last call. */
function said(kernel) {
  return kernel.sent.splice(0).map(([type, content]) => (type === 'comm_msg' ? content.data : type));
}

/** shows is a display that the kernel publishes. */
function shows(kernel, type, data) {
  kernel.iopubMessage.emit(kernel, { header: { msg_type: type }, content: { data }, buffers: [] });
}

const settle = async () => {
  for (let i = 0; i < 10; i++) await null;
};
const answer = (kernel, seq, text) => {
  kernel.say({ t: 'snapshot', view: 'v', data: { 'text/plain': text } });
  kernel.say({ t: 'snapshots', seq });
};

test('a save waits for the snapshots of its own question', async (t) => {
  t.after(() => mock.timers.reset());
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  const { kernel, context, panel, saves } = open();
  kernel.say({ t: 'hello', session: 's' });
  assert.deepEqual(kernel.sent.at(-1)[1].data, { t: 'hold', views: ['v'] });
  context.save();
  await settle();
  assert.deepEqual(saves, []);
  assert.deepEqual(kernel.sent.at(-1)[1].data, { t: 'snapshot', seq: 1, views: ['v'] });
  kernel.say({ t: 'snapshots', seq: 0 });
  await settle();
  assert.deepEqual(saves, []);
  answer(kernel, 1, 'new');
  await settle();
  assert.deepEqual(saves, ['new']);

  // A second one, while the kernel says nothing: what there is, in time.
  context.save();
  await settle();
  mock.timers.tick(FRESH_MS);
  await settle();
  assert.deepEqual(saves, ['new', 'new']);
  panel.dispose();
});

test('a save right after a page was loaded waits for the kernel', async (t) => {
  t.after(() => mock.timers.reset());
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  const { kernel, context, panel, saves } = open();
  context.save();
  await settle();
  assert.deepEqual(saves, []);
  kernel.say({ t: 'hello', session: 's' });
  answer(kernel, panel.asked, 'new');
  await settle();
  assert.deepEqual(saves, ['new']);
  panel.dispose();
});

test('a save does not wait where nothing will come', async (t) => {
  t.after(() => mock.timers.reset());
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  const other = open('of an earlier kernel');
  other.kernel.say({ t: 'hello', session: 's' });
  await other.context.save();
  assert.deepEqual(other.saves, ['old']);
  const gone = open();
  gone.kernel.become('dead', 'disconnected');
  await gone.context.save();
  assert.deepEqual(gone.saves, ['old']);
  for (const x of [other, gone]) x.panel.dispose();
});

test('out of sight, a view is named every four minutes, and nothing else is said', (t) => {
  t.after(() => mock.timers.reset());
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  const { kernel, panel, output } = open();
  look(panel, output).isInSight = false;
  kernel.say({ t: 'hello', session: 's' });
  said(kernel);
  for (let i = 0; i < 3600; i++) mock.timers.tick(1000);
  assert.deepEqual(said(kernel), Array(15).fill({ t: 'hold', views: ['v'] }));
  panel.dispose();
});

test('in sight, snapshots are fetched all the time, and once more when the view leaves', async (t) => {
  t.after(() => mock.timers.reset());
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  const { kernel, panel, output } = open();
  const v = look(panel, output);
  kernel.say({ t: 'hello', session: 's' });
  said(kernel);
  for (let i = 0; i < 3; i++) mock.timers.tick(SEEN_MS);
  assert.deepEqual(said(kernel), Array(3).fill({ t: 'snapshot', views: ['v'] }));
  v.isInSight = false;
  panel.left(output.data[MIME]);
  panel.left(output.data[MIME]); // another viewer of it
  panel.left({ ...output.data[MIME], session: 'of an earlier kernel' });
  await settle();
  assert.deepEqual(said(kernel), [{ t: 'snapshot', views: ['v'] }]);
  for (let i = 0; i < 3; i++) mock.timers.tick(SEEN_MS);
  assert.deepEqual(said(kernel), []);
  panel.dispose();
});

test('a display that was never in sight is held, also where no viewer asked for a comm', (t) => {
  t.after(() => mock.timers.reset());
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  const { kernel, context, panel, output } = open('s', { isSeen: false, hasOutput: false });
  assert.deepEqual(said(kernel), []);
  const claim = output.data[MIME];
  context.model.cells[0].outputs.length = 1;
  shows(kernel, 'display_data', { [MIME]: claim });
  shows(kernel, 'display_data', { 'text/plain': 'of another kind' });
  mock.timers.tick(1000);
  assert.deepEqual(said(kernel), ['comm_open']);
  kernel.say({ t: 'hello', session: 's' }, 'comm_msg', panel.link.id);
  assert.deepEqual(said(kernel), [{ t: 'hold', views: ['v'] }]);
  shows(kernel, 'display_data', { [MIME]: claim });
  shows(kernel, 'update_display_data', { [MIME]: claim });
  assert.deepEqual(said(kernel), []);
  mock.timers.tick(1000);
  assert.deepEqual(said(kernel), [{ t: 'hold', views: ['v'] }]);
  shows(kernel, 'update_display_data', { [MIME]: { ...claim, view: 'of another notebook' } });
  mock.timers.tick(1000);
  assert.deepEqual(said(kernel), []);
  panel.dispose();
});

test('the last state that an ending kernel publishes is what a save writes', async (t) => {
  t.after(() => mock.timers.reset());
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  const { kernel, context, panel, output, saves } = open();
  kernel.say({ t: 'hello', session: 's' });
  shows(kernel, 'update_display_data', { ...output.data, 'text/plain': 'last' });
  kernel.become('dead', 'disconnected');
  await context.save();
  assert.deepEqual(saves, ['last']);
  panel.dispose();
});

test('a save of outputs that nobody has looked at opens the comm', async (t) => {
  t.after(() => mock.timers.reset());
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  const { kernel, context, panel, saves } = open('s', { isSeen: false });
  context.save();
  await settle();
  assert.deepEqual(saves, []);
  kernel.say({ t: 'hello', session: 's' });
  answer(kernel, panel.asked, 'new');
  await settle();
  assert.deepEqual(saves, ['new']);
  panel.dispose();
});

test('what a cell fetches goes into the metadata, and the kernel hears of it at the next start', async (t) => {
  t.after(() => mock.timers.reset());
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  const { kernel, context, panel } = open('s', { isSeen: false, hasOutput: false });
  t.after(() => panel.dispose());
  let metadata = { tickbook: { other: 1, get: { 'example.com/a': 'v1.0.0' } } };
  let writes = 0;
  context.model.getMetadata = (key) => metadata[key];
  context.model.setMetadata = (key, value) => {
    writes++;
    metadata = { ...metadata, [key]: value };
  };
  const fetches = (modules, session = 'c') => kernel.iopubMessage.emit(kernel, {
    header: { msg_type: 'display_data' }, parent_header: { session }, content: { data: { 'text/plain': '', [MODULES]: modules } },
  });
  fetches({ 'example.com/b': 'v2.0.0' });
  assert.deepEqual(metadata, { tickbook: { other: 1, get: { 'example.com/a': 'v1.0.0', 'example.com/b': 'v2.0.0' } } });
  fetches({ 'example.com/b': 'v2.0.0' }); // as it is there already
  fetches({ 'example.com/b': 'v3.0.0' }, 'of another page');
  assert.equal(writes, 1);
  panel.begin();
  assert.deepEqual(kernel.sent.at(-1)[1].data, { version: 1, notebook: 'a.ipynb', modules: { 'example.com/a': 'v1.0.0', 'example.com/b': 'v2.0.0' } });
});

test('a kernel of the usual name hears of the notebook before its first cell, and of another name', async (t) => {
  t.after(() => mock.timers.reset());
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  const opened = (kernel) => kernel.sent.splice(0).filter(([type]) => type === 'comm_open').map(([, content]) => content.data);
  let read;
  const empty = { isSeen: false, hasOutput: false };
  const ready = new Promise((done) => { read = done; });
  const { kernel, context, panel, output } = open('s', { ...empty, name: 'tickbook', ready });
  assert.deepEqual(kernel.sent, []); // the model is still to come
  read();
  await settle();
  assert.deepEqual(opened(kernel), [{ version: 1, notebook: 'a.ipynb' }]);
  kernel.say({ t: 'hello', session: 's' }, 'comm_msg', panel.link.id);
  context.path = 'b.ipynb';
  context.pathChanged.emit(context, 'b.ipynb');
  assert.deepEqual(opened(kernel), [{ version: 1, notebook: 'b.ipynb' }]);
  kernel.say({ t: 'hello', session: 's' }, 'comm_msg', panel.link.id);
  mock.timers.tick(3_600_000); // nothing is to be said, so the comm is closed
  assert.deepEqual([said(kernel), panel.link.state], [['comm_close'], 'dropped']);
  context.pathChanged.emit(context, 'b.ipynb');
  assert.deepEqual(opened(kernel), [{ version: 1, notebook: 'b.ipynb' }]);

  kernel.say({ t: 'bye' }, 'comm_msg', panel.link.id);
  context.model.cells[0].outputs.length = 1; // the first output, hours later
  shows(kernel, 'display_data', output.data);
  mock.timers.tick(1000);
  assert.deepEqual(opened(kernel).length, 1);
  kernel.say({ t: 'hello', session: 's' }, 'comm_msg', panel.link.id);
  assert.deepEqual(said(kernel), [{ t: 'hold', views: ['v'] }]);

  const other = open('s', { ...empty, name: 'another', ready });
  await settle();
  other.context.pathChanged.emit(other.context, 'b.ipynb');
  assert.deepEqual(other.kernel.sent, []);
  for (const x of [panel, other.panel]) x.dispose();
});

test('a lost connection is tried again while somebody looks', (t) => {
  t.after(() => mock.timers.reset());
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1e9 });
  const { kernel, panel, output } = open();
  let tries = 0;
  kernel.reconnect = () => {
    tries++;
    return Promise.reject(new Error('no server'));
  };
  const since = (ms) => {
    tries = 0;
    for (; ms > 0; ms -= 1000) mock.timers.tick(1000);
    return tries;
  };
  const v = look(panel, output);
  kernel.become('unknown', 'connecting');
  assert.equal(since(60_000), 0); // the page's first connection is JupyterLab's
  kernel.become('idle', 'connected');
  kernel.say({ t: 'hello', session: 's' });
  assert.equal(since(60_000), 0);
  kernel.become('unknown', 'connecting');
  assert.equal(since(AGAIN_MS - 1000), 0); // JupyterLab tries at once
  assert.equal(since(1000), 1);
  assert.equal(since(10 * SELDOM_MS), 1 + 10); // seldom, but for ever
  v.isInSight = false;
  assert.equal(since(60_000), 0);
  tries = 0;
  v.isInSight = true;
  window.dispatchEvent(new Event('online'));
  assert.equal(tries, 1);
  kernel.become('idle', 'connected');
  kernel.say({ t: 'hello', session: 's' });
  assert.equal(since(60_000), 0);
  kernel.become('unknown', 'disconnected'); // JupyterLab has given up
  assert.equal(since(AGAIN_MS), 1);
  panel.dispose();
  assert.equal(since(60_000), 0);
});
