// What a table asks the kernel for: the rows and columns around those in sight.
import { FEW } from './columns.js';
import { ROW_PX } from './grid.js';

/** Rows asked for above and below those in sight. */
const OVER = 6;
/** Rows that show before the user chooses a height, as many as in the snapshot. */
export const SHOWN = 10;
/** A width to begin with, where there is none yet. */
const WIDTH_PX = 1000;
/** The kernel's limit. */
const MOST_ROWS = 1000;

/**
 * firstTable is the first question of a table, before its columns are known: an order is by names, and many columns may be too few.
 * @param {import('./place.js').Kept} kept
 */
export function firstTable(kept) {
  return { first: Math.max(0, (kept.row ?? 0) - OVER), count: SHOWN + 2 * OVER, span: { first: 0, end: FEW }, order: kept.order?.length ? kept.order : null };
}

/**
 * nextTable is the question of a table whose columns are known.
 * @param {import('./table.js').TableView} table
 */
export function nextTable({ shown, scroll, pane, columns, start, isFollowing, order: chosen }) {
  const order = chosen.length ? chosen : null;
  const view = Math.ceil(scroll.view / ROW_PX);
  const span = columns.toAsk(shown ? pane.left : start.left, pane.width || WIDTH_PX);
  if (!shown) return { first: Math.max(0, start.row - OVER), count: view + 2 * OVER, span, order };
  // Whoever follows wants the rows that come until the answer, too; only those that are there are sent.
  if (isFollowing) return { first: Math.max(0, scroll.rows - view - OVER), count: MOST_ROWS, span, order };
  const { first, end } = scroll.inSight;
  const from = Math.max(0, first - OVER);
  return { first: from, count: Math.min(MOST_ROWS, Math.max(end, first + view) + OVER - from), span, order };
}
