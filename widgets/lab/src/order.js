// The order that clicks on headers make.

/**
 * cycle is the order after a click: ascending, descending, none. Without more it is of this column alone; with more the
 * column joins the others, as the last, or changes in its place.
 * @param {Order} order
 * @param {number} column
 * @param {boolean} more
 * @returns {Order}
 */
export function cycle(order, column, more) {
  const at = order.findIndex(([c]) => c === column);
  /** @type {[number, boolean]|null} */
  const next = at < 0 ? [column, false] : order[at][1] ? null : [column, true];
  if (!more) return next ? [next] : [];
  const others = [...order];
  if (at < 0) return [...others, [column, false]];
  others.splice(at, 1, ...(next ? [next] : []));
  return others;
}

/**
 * mark is what a header shows: an arrow, and its rank among several.
 * @param {Order} order
 * @param {number} column
 * @returns {{arrow: string, sort: 'ascending'|'descending'|'none'}}
 */
export function mark(order, column) {
  const at = order.findIndex(([c]) => c === column);
  if (at < 0) return { arrow: '', sort: 'none' };
  const rank = order.length > 1 ? String(at + 1) : '';
  return order[at][1] ? { arrow: `▼${rank}`, sort: 'descending' } : { arrow: `▲${rank}`, sort: 'ascending' };
}
