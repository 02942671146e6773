// Link: one comm of one notebook panel over its connection to the kernel.
import { IMPLEMENTATION, KERNEL, MIME, MODULES, newId, TARGET, VERSION } from './names.js';

/** How long the kernel has to say hello, in ms. */
export const HELLO_MS = 5000;
/** How often a comm is opened before the kernel counts as one that has none. */
const TRIES = 5;
/** After this long without a message the page says which views it has, or closes the comm if there are none, in ms. */
export const SILENT_MS = 240_000;
/** The kernel drops a comm that is silent for ten minutes: after this long it may have, in ms. */
export const GONE_MS = 590_000;

const DOWN = ['dead', 'terminating', 'starting', 'restarting', 'autorestarting'];

/**
 * Link speaks with one kernel. Its states:
 *
 *     idle     nobody has asked for it: a notebook without our outputs says nothing to a kernel that may be another one
 *     waiting  the kernel is not connected, or starts
 *     opening  comm_open is sent, and no hello has come
 *     open     session is the kernel's
 *     dropped  the comm was closed, since there was nothing to say; the next ask opens another
 *     refused  the kernel isn't ours; a restart tries again
 *
 * The messages are made here and not by JupyterLab's createComm, which throws on a page's second connection to the
 * same kernel. Answers are known by comm and viewer, so no future is kept.
 */
export class Link {
  /**
   * @param {Kernel} kernel
   * @param {{changed(): void, opening?(): void, snapshot(m: Answer): void, snapshots(seq: number): void,
   *   silent?(): boolean, notebook?(): string, shown?(data: Record<string, any>, isUpdate: boolean): void,
   *   modules?(): Record<string, string>, fetched?(modules: Record<string, string>): void}} events changed: another state or session; notebook: its path;
   *   opening: comm_open was sent, and who wants to greet may; snapshots: all those came that were asked for by this number; silent: nothing was said
   *   for long, and nothing is to be said if it returns false; shown: the kernel displays a view of ours, or what it shows now by itself;
   *   modules: the versions that the notebook has; fetched: a cell of this page fetched some
   */
  constructor(kernel, events) {
    this.kernel = kernel;
    this.events = events;
    /** @type {'idle'|'waiting'|'opening'|'open'|'dropped'|'refused'} */
    this.state = 'idle';
    /** The session that the kernel's process drew; '' unless open. */
    this.session = '';
    /** Counts the comms: viewers introduce themselves to each. */
    this.epoch = 0;
    this.id = '';
    this.tries = 0;
    this.lastSent = 0;
    /** @type {ReturnType<typeof setTimeout>|undefined} ends a silent comm */
    this.silence = undefined;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.timer = undefined;
    /** @type {Map<string, (m: Answer, buffers: Buffer[]) => void>} */
    this.viewers = new Map();
    kernel.iopubMessage.connect(this.onMessage, this);
    kernel.statusChanged.connect(this.onStatus, this);
    kernel.connectionStatusChanged.connect(this.onStatus, this);
  }

  /** isUp reports whether messages reach the kernel. After a reconnect its status stays "unknown" until a cell runs. */
  get isUp() {
    const k = this.kernel;
    return !k.isDisposed && k.connectionStatus === 'connected' && !DOWN.includes(k.status);
  }

  /** start opens the comm when there is a first viewer. */
  start() {
    if (this.state !== 'idle') return;
    this.state = 'waiting';
    this.onStatus();
  }

  onStatus() {
    if (this.state === 'idle') return;
    if (!this.isUp) {
      if (this.state !== 'waiting') this.become('waiting');
    } else if (this.state === 'waiting') {
      performance.mark('tickbook:connected');
      this.tries = 0;
      void this.meet();
    }
  }

  /** meet opens the comm if the kernel is ours. Another one would refuse it, which JupyterLab reports as an error. */
  async meet() {
    this.state = 'opening';
    if (this.kernel.info && this.kernel.name !== KERNEL) { // there once the kernel has answered
      const info = await this.kernel.info.catch(() => null);
      if (this.state !== 'opening' || this.id) return;
      if (info?.implementation && info.implementation !== IMPLEMENTATION) {
        this.become('refused');
        return;
      }
    }
    this.open();
  }

  open() {
    if (this.id) this.send('comm_close', { comm_id: this.id, data: {} });
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    this.id = newId();
    this.epoch++;
    this.tries++;
    this.session = '';
    this.state = 'opening';
    this.timer = setTimeout(() => {
      if (this.tries < TRIES) this.open();
      else this.become('refused');
    }, HELLO_MS * this.tries);
    /** @type {{version: number, notebook?: string, modules?: Record<string, string>}} */
    const data = { version: VERSION };
    const notebook = this.events.notebook?.();
    if (notebook) data.notebook = notebook;
    const modules = this.events.modules?.() ?? {};
    if (Object.keys(modules).length) data.modules = modules;
    this.send('comm_open', { comm_id: this.id, target_name: TARGET, data });
    this.events.opening?.();
  }

  /**
   * become leaves the comm for another state.
   * @param {'waiting'|'dropped'|'refused'} state
   */
  become(state) {
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    this.id = '';
    this.session = '';
    this.state = state;
    this.events.changed();
  }

  /**
   * @param {Kernel} _
   * @param {KernelMessage} m
   */
  onMessage(_, m) {
    const type = m.header.msg_type;
    if (type === 'display_data' || type === 'update_display_data') {
      const fetched = m.content.data?.[MODULES];
      if (fetched && m.parent_header?.session === this.kernel.clientId) this.events.fetched?.(fetched);
      if (m.content.data?.[MIME]) this.events.shown?.(m.content.data, type === 'update_display_data');
      return;
    }
    if (!this.id || m.content.comm_id !== this.id) return;
    if (type === 'comm_close') {
      this.become(this.state === 'open' ? 'dropped' : 'refused');
      return;
    }
    this.hear(m.content.data, m.buffers ?? []);
  }

  /**
   * hear takes one thing that the kernel says; within a moment it says several in one message.
   * @param {Answer} data
   * @param {Buffer[]} buffers
   */
  hear(data, buffers) {
    if (data.t === 'several') {
      let from = 0;
      data.messages.forEach((/** @type {Answer} */ one, /** @type {number} */ i) => {
        this.hear(one, buffers.slice(from, (from += data.buffers[i])));
      });
    } else if (data.t === 'hello') {
      clearTimeout(this.timer);
      this.tries = 0;
      this.session = data.session;
      this.state = 'open';
      this.drowse();
      this.events.changed();
    } else if (data.t === 'snapshot') {
      this.events.snapshot(data);
    } else if (data.t === 'snapshots') {
      this.events.snapshots(data.seq);
    } else if (data.t === 'bye') {
      this.become('dropped');
    } else {
      this.viewers.get(data.viewer)?.(data, buffers);
    }
  }

  /**
   * greet sends a message of a viewer's right behind comm_open, not to wait for hello. Only to a kernel of the usual name: another one would complain.
   * @param {object} data
   * @returns {boolean} whether it was sent
   */
  greet(data) {
    if (this.state !== 'opening' || !this.id || this.kernel.name !== KERNEL) return false;
    this.send('comm_msg', { comm_id: this.id, data });
    return true;
  }

  /**
   * ask sends a message of a viewer or of the panel. It returns false when there is no comm; changed tells when there is.
   * @param {object} data
   * @returns {boolean}
   */
  ask(data) {
    const isGone = Date.now() - this.lastSent > GONE_MS;
    if (this.isUp && (this.state === 'dropped' || (this.state === 'open' && isGone))) this.open();
    if (this.state !== 'open') return false;
    this.send('comm_msg', { comm_id: this.id, data });
    this.drowse();
    return true;
  }

  /** again opens another comm, because the kernel has forgotten this one. @param {number} epoch of the comm that is meant */
  again(epoch) {
    if (this.state === 'open' && this.epoch === epoch && this.isUp) this.open();
  }

  /** anew opens another comm where there was one: what is said with comm_open has changed. */
  anew() {
    if (this.isUp && ['opening', 'open', 'dropped'].includes(this.state)) this.open();
  }

  /**
   * drowse has the page say something after a silence, or closes the comm before the kernel does, about whose comm_close JupyterLab would complain. A
   * computer that slept is later than that, which ask sees.
   */
  drowse() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      if (this.events.silent?.()) return;
      this.send('comm_close', { comm_id: this.id, data: {} });
      this.become('dropped');
    }, SILENT_MS);
  }

  /**
   * @param {string} type
   * @param {object} content
   */
  send(type, content) {
    const k = this.kernel;
    if (k.isDisposed || k.connectionStatus !== 'connected') return;
    this.lastSent = Date.now();
    const header = {
      msg_id: newId(), msg_type: type, session: k.clientId, username: k.username, date: new Date().toISOString(), version: '5.3',
    };
    const message = { header, parent_header: {}, metadata: {}, content, channel: 'shell', buffers: [] };
    k.sendShellMessage(message, false, true).dispose();
  }

  /**
   * listen gives a viewer its messages, until stop is called.
   * @param {string} viewer
   * @param {(m: Answer, buffers: Buffer[]) => void} receive
   * @returns {() => void} stop
   */
  listen(viewer, receive) {
    this.viewers.set(viewer, receive);
    this.start();
    return () => this.viewers.delete(viewer);
  }

  dispose() {
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    if (this.id) this.send('comm_close', { comm_id: this.id, data: {} });
    this.id = '';
    this.session = '';
    this.state = 'idle';
    this.viewers.clear();
    const k = this.kernel;
    if (k.isDisposed) return; // its signals are gone
    k.iopubMessage.disconnect(this.onMessage, this);
    k.statusChanged.disconnect(this.onStatus, this);
    k.connectionStatusChanged.disconnect(this.onStatus, this);
  }
}
