import assert from 'node:assert/strict';
import test from 'node:test';
import { move, Selection, tsv } from '../src/select.js';

const key = (row) => row + 100;

test('a rectangle between anchor and focus', () => {
  const s = new Selection();
  assert.equal(s.rect(10), null);
  s.to({ row: 5, col: 3 }, false, key);
  s.to({ row: 2, col: 4 }, true, key);
  assert.deepEqual(s.rect(10), { top: 2, bottom: 6, left: 3, right: 5 });
  assert.deepEqual(s.rect(4), { top: 2, bottom: 4, left: 3, right: 5 });
  s.to({ row: 1, col: 1 }, false, key);
  assert.deepEqual(s.rect(10), { top: 1, bottom: 2, left: 1, right: 2 });
  s.all(7);
  assert.deepEqual(s.rect(1_000_000), { top: 0, bottom: 1_000_000, left: 0, right: 7 });
});

test('the selection stays with its rows', () => {
  const s = new Selection();
  s.to({ row: 5, col: 0 }, false, key);
  s.to({ row: 6, col: 1 }, true, key);
  const in20 = (row) => row < 20;
  s.follow((k) => new Map([[105, 8], [106, 9]]).get(k), in20);
  assert.deepEqual(s.rect(20), { top: 8, bottom: 10, left: 0, right: 2 });
  s.follow((k) => new Map([[105, 19]]).get(k), in20); // the other end left the window
  assert.deepEqual(s.rect(30), { top: 19, bottom: 21, left: 0, right: 2 });
  s.follow(() => undefined, () => false); // scrolled away
  assert.deepEqual(s.rect(30), { top: 19, bottom: 21, left: 0, right: 2 });
  s.follow(() => undefined, () => true); // the rows are gone, others are there
  assert.equal(s.rect(30), null);
});

test('an end that was chosen before its row came learns its key', () => {
  const s = new Selection();
  s.to({ row: 500, col: 0 }, false, () => NaN);
  s.follow(() => undefined, () => true);
  s.learn(key);
  s.follow((k) => (k === 600 ? 501 : undefined), () => true);
  assert.equal(s.focus?.row, 501);
});

test('keys', () => {
  const table = { rows: 100, cols: 5, page: 9 };
  const f = (key, from, want, mod = {}) =>
    assert.deepEqual(move({ key, ctrlKey: false, metaKey: false, ...mod }, { row: from[0], col: from[1] }, table), { row: want[0], col: want[1] }, key);
  const ctrl = { ctrlKey: true };
  f('ArrowDown', [3, 2], [4, 2]);
  f('ArrowDown', [99, 2], [99, 2]);
  f('ArrowUp', [0, 2], [-1, 2]); // the header
  f('ArrowUp', [-1, 2], [-1, 2]);
  f('ArrowLeft', [3, 0], [3, 0]);
  f('ArrowRight', [3, 1], [3, 2]);
  f('ArrowRight', [3, 1], [3, 4], ctrl);
  f('ArrowDown', [3, 1], [99, 1], ctrl);
  f('PageDown', [3, 1], [12, 1]);
  f('PageDown', [95, 1], [99, 1]);
  f('PageUp', [3, 1], [0, 1]);
  f('Home', [3, 3], [3, 0]);
  f('End', [3, 3], [3, 4]);
  f('Home', [3, 3], [0, 0], ctrl);
  f('End', [3, 3], [99, 4], { metaKey: true });
  assert.equal(move({ key: 'x', ctrlKey: false, metaKey: false }, { row: 0, col: 0 }, table), null);
});

test('tsv', () => {
  assert.equal(tsv([['a', 'b'], ['', '1.5']]), 'a\tb\n\t1.5');
  assert.equal(tsv([['a\tb', 'c\nd', '"e"', 'f"g']]), '"a\tb"\t"c\nd"\t"""e"""\tf"g');
});
