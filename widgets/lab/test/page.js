// A page without a browser, for tests of viewers: what they need of the document, of Lumino and of the views' DOM.
import { mock } from 'node:test';
import { MIME } from '../src/names.js';
import { Panel } from '../src/panel.js';
import { makeViewer } from '../src/viewer.js';
import { FakeKernel, Signal } from './kernel.js';

class Element {
  dataset = {};
  style = {};
  textContent = '';
  hidden = false;
  classList = { add() {}, remove() {} };
  append() {}
  addEventListener() {}
  replaceChildren() {}
  closest() {
    return null;
  }
  cloneNode() {
    return new Element();
  }
}

class Widget {
  constructor({ node = new Element() } = {}) {
    this.node = node;
  }
  isDisposed = false;
  isAttached = false;
  widgets = [];
  addClass() {}
  addWidget(w) {
    this.widgets.push(w);
  }
  hide() {}
  show() {}
  onAfterAttach() {}
  dispose() {
    this.isDisposed = true;
  }
}

/** Shown is a view that counts the frames that it draws. */
class Shown {
  pause = 100;
  node = new Element();
  frames = [];
  constructor(_, schema, host) {
    this.host = host;
    host.hold(false);
  }
  query() {
    return { part: 'its own' };
  }
  frame(m) {
    this.frames.push(m.seq);
  }
  message() {}
  restore() {}
  dispose() {}
}

/** page is an open notebook with a kernel and outputs of a session. */
export function page(t, { name = 'tickbook' } = {}) {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  t.after(() => mock.timers.reset());
  const heard = new Map(); // by event of the document
  globalThis.window = Object.assign(new EventTarget(), { sessionStorage: undefined, localStorage: undefined });
  globalThis.document = {
    hidden: false, createElement: () => new Element(), addEventListener: (event, f) => heard.set(event, [...(heard.get(event) ?? []), f]), removeEventListener() {},
  };
  const sights = [];
  globalThis.IntersectionObserver = class {
    constructor(tell) {
      sights.push((isIntersecting) => tell([{ isIntersecting }]));
    }
    observe() {}
    disconnect() {}
  };
  const kernel = new FakeKernel();
  kernel.name = name;
  const outputs = [];
  let read = 0; // of what the page sent
  const context = {
    path: 'a.ipynb', saveState: new Signal(), disposed: new Signal(), async save() {}, async saveAs() {},
    model: { cells: [{ id: 'c', outputs: { get length() { return outputs.length; }, get: (i) => outputs[i] } }] },
    sessionContext: { session: { kernel }, kernelChanged: new Signal() },
  };
  const panel = new Panel(context);
  t.after(() => panel.dispose());
  const Viewer = makeViewer({ Panel: Widget, Widget }, { preferredMimeType: () => undefined }, panel, { table: Shown, figure: Shown });

  return {
    kernel, panel,
    /** make renders an output, which is not in sight yet. */
    make(view = 'v', session = 's') {
      const model = { data: { [MIME]: { version: 1, session, view, kind: 'table' } }, metadata: {}, trusted: true };
      outputs.push(model);
      const v = new Viewer();
      const sight = sights.at(-1);
      v.renderModel(model);
      v.isAttached = true;
      v.onAfterAttach();
      t.after(() => v.dispose());
      return Object.assign(v, { sees: (is) => sight(is) });
    },
    /** tell makes the document's event happen. */
    tell(event) {
      for (const f of heard.get(event) ?? []) f();
    },
    /** hello is the kernel's first word. */
    hello: (session = 's') => kernel.say({ t: 'hello', session }),
    /** answer answers a viewer. */
    answer: (v, t, more = {}, comm = kernel.comm) => kernel.say({ t, view: v.claim.view, viewer: v.key, kind: 'table', ...more }, 'comm_msg', comm),
    /** said is what viewers and the link said since the last call: "open v", "frame v 1 -1", "comm_open". */
    said: () => kernel.sent.slice(read, (read = kernel.sent.length)).flatMap(([type, { data }]) => {
      if (type !== 'comm_msg') return [type];
      if (data.t === 'hold' || data.t === 'snapshot') return [];
      return [data.t === 'frame' ? `frame ${data.view} ${data.seq} ${data.since}` : `${data.t} ${data.view}`];
    }),
  };
}

/** settle lets what waits for no time happen. */
export async function settle() {
  for (let i = 0; i < 20; i++) await null;
}
