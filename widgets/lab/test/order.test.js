import assert from 'node:assert/strict';
import test from 'node:test';
import { cycle, mark } from '../src/order.js';

test('a click goes ascending, descending, none', () => {
  let order = cycle([], 2, false);
  assert.deepEqual(order, [[2, false]]);
  order = cycle(order, 2, false);
  assert.deepEqual(order, [[2, true]]);
  assert.deepEqual(cycle(order, 2, false), []);
  assert.deepEqual(cycle(order, 1, false), [[1, false]]);
});

test('shift-clicks add a column, turn it in its place, take it out', () => {
  let order = cycle([[0, true]], 3, true);
  assert.deepEqual(order, [[0, true], [3, false]]);
  order = cycle([[3, false], [0, true]], 3, true);
  assert.deepEqual(order, [[3, true], [0, true]]);
  assert.deepEqual(cycle(order, 3, true), [[0, true]]);
  assert.deepEqual(cycle(order, 0, false), []); // a plain click is of its column alone
});

test('marks', () => {
  assert.deepEqual(mark([[1, false]], 1), { arrow: '▲', sort: 'ascending' });
  assert.deepEqual(mark([[1, false], [0, true]], 0), { arrow: '▼2', sort: 'descending' });
  assert.deepEqual(mark([[1, false]], 0), { arrow: '', sort: 'none' });
});
