// Columns, marks, what the foot says, a figure's pixels, a kept place.
import assert from 'node:assert/strict';
import test, { mock } from 'node:test';
import { Columns, isNumeric } from '../src/columns.js';
import { Marks, MARK_MS } from '../src/marks.js';
import { Place } from '../src/place.js';
import { dataX, isInside, pixelX, pixelY, themeOf, zoom } from '../src/plot.js';
import { describe } from '../src/status.js';

const measure = (s) => 7 * s.length;

test('columns grow with their texts, not beyond what the user set', () => {
  const c = new Columns([{ name: 'Sym', type: 'string' }, { name: 'Price', type: 'float64' }], measure);
  const before = c.widths[0];
  assert.equal(c.grow(0, 'A'), false);
  assert.equal(c.grow(0, 'ABCDEFGHIJKLMNOP'), true);
  assert.ok(c.widths[0] > before);
  c.set(1, 10);
  assert.equal(c.widths[1], 40); // the least
  assert.equal(c.grow(1, '123456789012345'), false);
  c.free(1);
  assert.ok(c.widths[1] > 40);
  assert.equal(c.total, c.widths[0] + c.widths[1]);
  assert.deepEqual(c.inSight(0, 10), { first: 0, end: 2 });
});

test('of many columns those in sight are drawn', () => {
  const c = new Columns(Array.from({ length: 200 }, (_, i) => ({ name: `c${i}`, type: 'int32' })), measure);
  const { first, end } = c.inSight(c.edges[100] + 1, 300);
  assert.equal(first, 98);
  assert.ok(end > 103 && end < 115, `end ${end}`);
  assert.equal(c.inSight(c.total - 10, 300).end, 200);
  for (const i of [0, 1, 57, 199]) assert.equal(c.at(c.edges[i]), i);
  const asked = c.toAsk(c.edges[100] + 1, 300); // half as many more on both sides
  const more = Math.ceil((end - first) / 2);
  assert.deepEqual(asked, { first: first - more, end: end + more });
  assert.deepEqual(c.toAsk(c.total, 300).end, 200);
  assert.equal(c.toAsk(0, 300).first, 0);
  assert.equal(c.template({ first: 3, end: 5 }), `${c.edges[3]}px ${c.widths[3]}px ${c.widths[4]}px`);
});

test('kinds that stand at the right', () => {
  for (const k of ['int8', 'int64', 'float32', 'duration']) assert.ok(isNumeric(k), k);
  for (const k of ['string', 'instant', 'bool', 'interval', 'point']) assert.ok(!isNumeric(k), k);
});

test('changed cells are told by row key', () => {
  const m = new Marks();
  const rows = (...list) => new Map(list);
  m.next(rows([1, ['a', 'x']], [2, ['b', 'y']]), 0);
  assert.ok(!m.isMarked(1, 0, 0)); // nothing was there before
  m.next(rows([3, ['n', 'z']], [1, ['a', 'X']], [2, ['b', 'y']]), 1000);
  assert.deepEqual([m.isMarked(3, 0, 1000), m.isMarked(1, 0, 1000), m.isMarked(1, 1, 1000), m.isMarked(2, 1, 1000)], [false, false, true, false]);
  m.next(rows([1, ['a', 'X']]), 1000 + MARK_MS / 2);
  assert.ok(m.isMarked(1, 1, 1000 + MARK_MS / 2));
  assert.ok(!m.isMarked(1, 1, 1000 + MARK_MS));
});

test('what the foot says', () => {
  const ok = { code: 'ok', message: '', bad: 0 };
  const part = { first: 9, end: 19 };
  const all = { first: 0, end: 2 };
  const f = (m, inSight, paused, mood, text) => {
    const [gotMood, badge, facts] = describe(m, inSight, paused);
    assert.equal(gotMood, mood);
    assert.equal(badge + facts, text);
  };
  f({ status: ok, live: true, rows: 1234567, rate: 1020.4 }, part, false, 'live', '● live · 1,234,567 rows · showing 10–19 · 1,020 rows/s');
  f({ status: ok, live: true, rows: 2, rate: 1.25 }, all, false, 'live', '● live · 2 rows · 1.3 rows/s');
  f({ status: ok, live: true, rows: 0 }, { first: 0, end: 0 }, false, 'live', '● live · no rows yet');
  f({ status: ok, live: false, rows: 1, rate: 0 }, { first: 0, end: 1 }, false, 'still', 'static · 1 row');
  f({ status: ok, live: true, rows: 2 }, all, true, 'quiet', '❚❚ paused · 2 rows');
  f({ status: { code: 'down', message: 'no broker at a:1', bad: 1 }, live: true, rows: 2 }, all, false, 'warn', '▲ source down · 2 rows · 1 bad record left out · no broker at a:1');
  f({ status: { code: 'failed', message: 'x', bad: 0 }, live: false, rows: 2 }, all, true, 'bad', '✕ failed · 2 rows · x');
});

test('pixels and data of a figure', () => {
  const p = { left: 50, top: 10, width: 600, height: 300, x0: 1000, x1: 4000, y0: 0, y1: 32, xtime: false };
  assert.equal(dataX(p, 350), 2500);
  assert.equal(dataX(p, 0), 1000);
  assert.equal(pixelX(p, 2500), 350);
  assert.equal(pixelY(p, 8), 235);
  assert.ok(isInside(p, 50, 10) && !isInside(p, 49, 10));
  assert.deepEqual(zoom(p, 350, 50), { x0: 1000, x1: 2500 });
  assert.equal(zoom(p, 350, 353), null);
});

test('the kernel draws with the colours of the page', () => {
  assert.deepEqual(themeOf({ backgroundColor: 'rgb(17, 17, 17)', color: 'rgb(224, 224, 224)' }), { paper: [17, 17, 17], ink: [224, 224, 224] });
  assert.deepEqual(themeOf({ backgroundColor: 'rgb(255, 255, 255)', color: 'rgba(0, 0, 0, 0.8)' }), { paper: [255, 255, 255], ink: [51, 51, 51] });
  assert.equal(themeOf({ backgroundColor: 'rgba(0, 0, 0, 0)', color: 'rgb(224, 224, 224)' }), undefined);
  assert.equal(themeOf({ backgroundColor: 'color(srgb 1 1 1)', color: 'rgb(0, 0, 0)' }), undefined);
});

test('a place is kept, and a forbidden storage is no error', (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const map = new Map();
  const store = { getItem: (k) => map.get(k) ?? null, setItem: (k, v) => void map.set(k, v) };
  const p = new Place('n.ipynb cell 0', store);
  assert.deepEqual(p.read(), {});
  p.keep(() => ({ row: 1 }));
  p.keep(() => ({ row: 2 }));
  mock.timers.tick(1000);
  assert.deepEqual(new Place('n.ipynb cell 0', store).read(), { row: 2 });
  map.set(p.key, '{spoilt');
  assert.deepEqual(p.read(), {});
  const refuses = new Place('x', { getItem: () => { throw new Error('no'); }, setItem: () => { throw new Error('no'); } });
  assert.deepEqual(refuses.read(), {});
  refuses.keep(() => ({}));
  mock.timers.tick(1000);
});

test('a tab without a place of its own begins where another one was, and few places are kept', () => {
  const map = () => ({ map: new Map(), getItem(k) { return this.map.get(k) ?? null; }, setItem(k, v) { this.map.set(k, v); } });
  const browser = map();
  for (let i = 0; i < 250; i++) {
    const p = new Place(`view ${i}`, map(), browser);
    p.keep(() => ({ row: i }));
    p.dispose();
  }
  assert.deepEqual(new Place('view 249', map(), browser).read(), { row: 249 });
  assert.deepEqual(new Place('view 0', map(), browser).read(), {});
  assert.equal(Object.keys(JSON.parse(browser.getItem('tickbook:places'))).length, 200);
});
