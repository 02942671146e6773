// The binary part of a table's frame.

const utf8 = new TextDecoder();

/**
 * bytes copies a buffer as it came from the socket, so that it is aligned.
 * @param {Buffer} b
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bytes(b) {
  if (b instanceof ArrayBuffer) return new Uint8Array(b).slice();
  return new Uint8Array(/** @type {ArrayBuffer} */ (b.buffer), b.byteOffset, b.byteLength).slice();
}

/**
 * A column of a frame: n+1 offsets of 4 bytes, the UTF-8 of all cells, a bitmap of the nulls. Nothing is decoded before
 * it is shown.
 */
export class Texts {
  /**
   * @param {Buffer} buffer
   * @param {number} n rows
   */
  constructor(buffer, n) {
    const b = bytes(buffer);
    if (b.length < 4 * (n + 1)) throw new Error(`column of ${b.length} bytes is too short for ${n} rows`);
    this.offsets = new Uint32Array(b.buffer, 0, n + 1);
    const start = 4 * (n + 1);
    const end = start + this.offsets[n];
    if (b.length < end + ((n + 7) >> 3)) throw new Error(`column of ${b.length} bytes is too short for its ${this.offsets[n]} bytes of text`);
    this.utf8 = b.subarray(start, end);
    this.nulls = b.subarray(end);
    /** @type {string|undefined} all cells, while each character is a byte */
    this.ascii = undefined;
    this.isDecoded = false;
  }

  /** @param {number} row of the frame */
  isNull(row) {
    return (this.nulls[row >> 3] & (1 << (row & 7))) !== 0;
  }

  /** @param {number} row of the frame */
  text(row) {
    if (!this.isDecoded) {
      this.isDecoded = true;
      const all = utf8.decode(this.utf8);
      if (all.length === this.utf8.length) this.ascii = all;
    }
    const [from, to] = [this.offsets[row], this.offsets[row + 1]];
    return this.ascii === undefined ? utf8.decode(this.utf8.subarray(from, to)) : this.ascii.slice(from, to);
  }
}

/** A window of a table at one step: some rows, and of them some columns. */
export class Frame {
  /**
   * @param {{first: number, count: number, rows: number, step: number, span?: Span}} m
   * @param {Buffer[]} buffers the row keys, then a buffer a column of the span
   */
  constructor(m, buffers) {
    this.first = m.first;
    this.count = m.count;
    this.rows = m.rows;
    this.step = m.step;
    this.keys = new Float64Array(bytes(buffers[0]).buffer);
    if (this.keys.length < m.count) throw new Error(`frame of ${m.count} rows has ${this.keys.length} row keys`);
    this.buffers = buffers;
    /** The columns that there are. @type {Span} */
    this.span = m.span ?? { first: 0, end: buffers.length - 1 };
    if (this.span.end - this.span.first !== buffers.length - 1) throw new Error(`frame of ${buffers.length - 1} columns says it has ${this.span.first} to ${this.span.end}`);
    /** @type {(Texts|undefined)[]} */
    this.columns = [];
  }

  /** end is the row after the window's last. */
  get end() {
    return this.first + this.count;
  }

  /**
   * column returns the cells of a column of the table; undefined out of the span.
   * @param {number} c
   */
  column(c) {
    if (c < this.span.first || c >= this.span.end) return undefined;
    return (this.columns[c] ??= new Texts(this.buffers[c - this.span.first + 1], this.count));
  }

  /**
   * has reports whether a row of the table is in the window.
   * @param {number} row
   */
  has(row) {
    return row >= this.first && row < this.end;
  }

  /**
   * key is the identity of a row of the table; NaN outside the window.
   * @param {number} row
   */
  key(row) {
    return this.has(row) ? this.keys[row - this.first] : NaN;
  }
}
