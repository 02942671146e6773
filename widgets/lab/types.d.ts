// What the extension uses of JupyterLab, Lumino and the kernel's messages; for tsc only.

/** A Lumino signal. */
interface Signal<S, A> {
  connect(slot: (sender: S, args: A) => void, self?: unknown): boolean;
  disconnect(slot: (sender: S, args: A) => void, self?: unknown): boolean;
}

interface KernelMessage {
  header: { msg_type: string };
  parent_header?: { session?: string };
  content: { comm_id?: string; data?: any };
  buffers?: Buffer[];
}

type Buffer = ArrayBuffer | ArrayBufferView;

/** A page's connection to a kernel. */
interface Kernel {
  id: string;
  name?: string;
  clientId: string;
  username: string;
  status: string;
  connectionStatus: string;
  isDisposed: boolean;
  info?: Promise<{ implementation?: string }>;
  iopubMessage: Signal<Kernel, KernelMessage>;
  statusChanged: Signal<Kernel, string>;
  connectionStatusChanged: Signal<Kernel, string>;
  /** Connects anew, at once. */
  reconnect?(): Promise<void>;
  sendShellMessage(message: object, expectReply: boolean, disposeOnDone: boolean): { dispose(): void };
}

/** The shared packages of the page, as module federation keeps them: name, version, getter of a factory. */
type Scope = Record<string, Record<string, { get(): Promise<() => any> }>>;

/** Our part of a MIME bundle. */
interface Claim {
  version: number;
  session: string;
  view: string;
  kind: 'table' | 'figure';
}

/** An output's model, as a renderer gets it. */
interface MimeModel {
  data: Record<string, any>;
  metadata: Record<string, any>;
  trusted: boolean;
  setData(options: { data: Record<string, any> }): void;
}

interface OutputList {
  length: number;
  get(index: number): MimeModel;
}

/** A notebook's document context. */
interface Context {
  path: string;
  isDisposed: boolean;
  save(): Promise<void>;
  saveAs(): Promise<void>;
  ready?: Promise<void>;
  model: {
    cells: Iterable<{ id: string; outputs?: OutputList }>;
    getMetadata?(key: string): any;
    setMetadata?(key: string, value: unknown): void;
  } | null;
  sessionContext: {
    session: { kernel: Kernel | null } | null;
    kernelChanged: Signal<unknown, unknown>;
  };
  saveState: Signal<unknown, string>;
  pathChanged?: Signal<unknown, string>;
  disposed: Signal<unknown, void>;
}

/** A column of a table view. label is the kind as the header shows it. */
interface Column {
  name: string;
  type: string;
  label?: string;
}

/** Columns of a table: [first, end). */
interface Span {
  first: number;
  end: number;
}

type Order = [column: number, descending: boolean][];

interface Status {
  code: 'ok' | 'starting' | 'down' | 'failed';
  message: string;
  bad: number;
}

/** Where an image's data rectangle is, in pixels of the page, and what it covers, in data. */
interface Plot {
  left: number;
  top: number;
  width: number;
  height: number;
  x0: number;
  x1: number;
  y0: number;
  y1: number;
  xtime: boolean;
}

interface XRange {
  x0: number;
  x1: number;
}

/** A message of the kernel's to a viewer; which fields there are depends on t. */
interface Answer {
  t: 'schema' | 'frame' | 'gone' | 'at' | 'copy' | 'error' | 'snapshot' | 'snapshots' | 'hello' | 'bye' | 'several';
  view: string;
  viewer: string;
  [field: string]: any;
}

/** What is needed to show a kind of view. */
interface View {
  /** What shows; in the document until dispose. */
  node: HTMLElement;
  /** The least time between two refreshes, in ms. */
  pause: number;
  /** What to ask for, now. */
  query(): object;
  /** Draws an answer to query. */
  frame(m: Answer, buffers: Buffer[]): void | Promise<void>;
  /** Takes any other message. */
  message(m: Answer): void;
  /** Called when the view was out of the document and is back. */
  restore(): void;
  dispose(): void;
}

/** Makes a view of a schema, in a box. */
type ViewMaker = new (box: HTMLElement, schema: any, host: Host) => View;

/** What a view may ask of its surroundings. */
interface Host {
  /** The window changed: ask anew, at once. With other the order or range did, and older answers don't fit. */
  refresh(other?: boolean): void;
  /** Stops refreshing, or goes on. */
  hold(paused: boolean): void;
  /** Sends a message for this viewer; false while there is no connection. */
  ask(data: object): boolean;
  /** Says something beside the status; '' takes it away. */
  say(text: string): void;
  foot: import('./src/foot.js').Foot;
  place: import('./src/place.js').Place;
}
