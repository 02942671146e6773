// The kernel's side, for tests: signals, a connection that records, encoded frames.

export class Signal {
  slots = new Set();
  connect(slot, self) {
    this.slots.add([slot, self]);
    return true;
  }
  disconnect(slot, self) {
    for (const s of this.slots) if (s[0] === slot && s[1] === self) this.slots.delete(s);
    return true;
  }
  emit(sender, args) {
    for (const [slot, self] of [...this.slots]) slot.call(self, sender, args);
  }
}

/** FakeKernel is a connection whose kernel says what the test says. */
export class FakeKernel {
  id = 'k';
  clientId = 'c';
  username = 'u';
  isDisposed = false;
  status = 'idle';
  connectionStatus = 'connected';
  iopubMessage = new Signal();
  statusChanged = new Signal();
  connectionStatusChanged = new Signal();
  /** What the page sent: [type, content]. */
  sent = [];

  sendShellMessage(message) {
    this.sent.push([message.header.msg_type, message.content]);
    return { dispose() {} };
  }

  /** comm is the id of the newest comm. */
  get comm() {
    return this.sent.findLast(([type]) => type === 'comm_open')?.[1].comm_id;
  }

  say(data, type = 'comm_msg', comm = this.comm, buffers = []) {
    this.iopubMessage.emit(this, { header: { msg_type: type }, content: { comm_id: comm, data }, buffers });
  }

  become(status, connection = this.connectionStatus) {
    this.status = status;
    this.connectionStatus = connection;
    this.statusChanged.emit(this, status);
    this.connectionStatusChanged.emit(this, connection);
  }

  types() {
    return this.sent.map(([type]) => type);
  }
}

/** column encodes cells; null is a null. */
export function column(cells) {
  const texts = cells.map((c) => new TextEncoder().encode(c ?? ''));
  const size = texts.reduce((n, t) => n + t.length, 0);
  const start = 4 * (cells.length + 1);
  const b = new Uint8Array(start + size + ((cells.length + 7) >> 3));
  const view = new DataView(b.buffer);
  let at = 0;
  texts.forEach((t, i) => {
    view.setUint32(4 * i, at, true);
    b.set(t, start + at);
    at += t.length;
  });
  view.setUint32(4 * cells.length, at, true);
  cells.forEach((c, i) => c === null && (b[start + size + (i >> 3)] |= 1 << (i & 7)));
  return b.buffer;
}

/** frame encodes a window: cells by column. */
export function frame({ first, keys, cells, rows, step = 1, seq = 1 }) {
  return [{ t: 'frame', first, count: keys.length, rows, step, seq }, [new Float64Array(keys).buffer, ...cells.map(column)]];
}
