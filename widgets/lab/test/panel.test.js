// A save waits for the newest snapshots of a notebook's outputs, and for nothing that will not come.
import assert from 'node:assert/strict';
import test, { mock } from 'node:test';
import { MIME } from '../src/names.js';
import { FRESH_MS, Panel } from '../src/panel.js';
import { FakeKernel, Signal } from './kernel.js';

/** open makes the panel of a notebook with one output, and says what its saves wrote. */
function open(session = 's') {
  globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
  const kernel = new FakeKernel();
  const data = { [MIME]: { version: 1, session, view: 'v', kind: 'table' }, 'text/plain': 'old' };
  const output = { data, setData(o) { this.data = o.data; } };
  const context = {
    path: 'a.ipynb', isDisposed: false, saves: [], saveState: new Signal(), disposed: new Signal(),
    model: { cells: [{ id: 'c', outputs: { length: 1, get: () => output } }] },
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
  panel.link.listen('viewer', () => {});
  return { kernel, context, panel, saves: context.saves };
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
