import assert from 'node:assert/strict';
import test from 'node:test';
import { MOST_PX, Scroll } from '../src/scroll.js';

/** scroll over rows of 20 px, ten in sight. */
function of(rows) {
  const s = new Scroll(20);
  s.resize(rows, 200);
  return s;
}

test('few rows are not scaled', () => {
  const s = of(1000);
  s.scrolled(150);
  assert.deepEqual([s.offset, s.top, s.height, s.y(8)], [150, 150, 20_000, 160]);
  assert.deepEqual(s.inSight, { first: 7, end: 18 });
});

test('any number of rows: the ends are reached, and what is in sight is within the box', () => {
  for (const rows of [0, 1, 9, 10, 11, 1e5, 4e5, 4e5 + 1, 1e6, 1e9, 1e12]) {
    const s = of(rows);
    assert.ok(s.height <= MOST_PX);
    s.scrolled(s.height - 200);
    assert.ok(rows < 11 || s.isAtEnd, `${rows}`);
    assert.equal(s.inSight.end, rows);
    s.end();
    const y = s.y(rows - 1);
    assert.ok(rows < 10 || (y + 20 <= s.height + 1 && y >= s.height - 200), `${rows}: last row at ${y} of ${s.height}`);
    s.scrolled(0);
    assert.equal(s.offset, 0);
  }
});

test('a scaled table moves by pixels and ignores its own echo', () => {
  const s = of(1e9);
  s.scrolled(3_000_000);
  const { offset } = s;
  s.scrolled(s.top); // what we set is reported back
  assert.equal(s.offset, offset);
  s.by(20);
  s.scrolled(s.top);
  assert.equal(s.offset, offset + 20);
  assert.ok(s.inSight.first > 3e8 && s.inSight.first < 4e8);
  s.by(-1e15);
  assert.equal(s.offset, 0);
});

test('a row is brought into sight by the least move', () => {
  for (const rows of [1000, 1e8]) {
    const s = of(rows);
    s.show(5);
    assert.equal(s.offset, 0);
    s.show(10);
    assert.equal(s.offset, 20);
    s.show(rows - 1);
    assert.ok(s.isAtEnd);
    s.show(0);
    assert.equal(s.offset, 0);
  }
});

test('rows that come keep the place; rows that go end at the last', () => {
  const s = of(100);
  s.scrolled(400);
  s.resize(200, 200);
  assert.equal(s.offset, 400);
  s.resize(15, 200);
  assert.equal(s.offset, 100);
});
