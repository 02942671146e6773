import assert from 'node:assert/strict';
import test from 'node:test';
import { Frame, Texts } from '../src/codec.js';
import { column, frame } from './kernel.js';

test('a column is decoded as it was encoded', () => {
  for (const cells of [[], [''], ['a'], ['a', null, 'c'], ['ä', '', '日本', 'x', null, '😀', '<b>', 'h', null, 'j']]) {
    const texts = new Texts(column(cells), cells.length);
    cells.forEach((want, i) => {
      assert.equal(texts.isNull(i), want === null, `${JSON.stringify(cells)} null ${i}`);
      assert.equal(texts.text(i), want ?? '', `${JSON.stringify(cells)} text ${i}`);
    });
  }
});

test('a buffer at an odd place of the message is aligned', () => {
  const b = column(['a', 'b']);
  const whole = new Uint8Array(b.byteLength + 3);
  whole.set(new Uint8Array(b), 3);
  assert.equal(new Texts(new DataView(whole.buffer, 3), 2).text(1), 'b');
});

test('a short buffer is an error', () => {
  const b = column(['abc', 'def']);
  for (let n = 0; n < b.byteLength; n++) assert.throws(() => new Texts(b.slice(0, n), 2), /too short/);
});

test('a frame knows its rows', () => {
  const [m, buffers] = frame({ first: 10, keys: [7, 8, 9], cells: [['a', 'b', 'c'], ['1', '2', null]], rows: 100 });
  const f = new Frame(m, buffers);
  assert.equal(f.end, 13);
  assert.deepEqual([f.has(9), f.has(10), f.has(12), f.has(13)], [false, true, true, false]);
  assert.equal(f.key(11), 8);
  assert.ok(Number.isNaN(f.key(13)));
  assert.equal(f.column(1)?.text(0), '1');
  assert.equal(f.column(2), undefined);
  assert.throws(() => new Frame({ ...m, count: 4 }, buffers), /row keys/);
});

test('a frame knows its columns', () => {
  const [m, buffers] = frame({ first: 0, keys: [7], cells: [['a'], ['b']], rows: 100 });
  const f = new Frame({ ...m, span: { first: 500, end: 502 } }, buffers);
  assert.deepEqual([499, 500, 501, 502, 0].map((c) => f.column(c)?.text(0)), [undefined, 'a', 'b', undefined, undefined]);
  assert.throws(() => new Frame({ ...m, span: { first: 500, end: 503 } }, buffers), /of 2 columns/);
});
