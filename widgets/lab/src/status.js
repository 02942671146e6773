// What the foot says of a table.
import { count, pace } from './foot.js';

/**
 * describe is the mood, the badge and the facts of a frame.
 * @param {{status?: Status, live?: boolean, rows: number, rate?: number}} m
 * @param {{first: number, end: number}} inSight
 * @param {boolean} isPaused
 * @returns {[mood: import('./foot.js').Mood, badge: string, facts: string]}
 */
export function describe(m, inSight, isPaused) {
  const status = m.status ?? { code: 'ok', message: '', bad: 0 };
  const facts = [];
  const waits = m.rows === 0 && (m.live || status.code === 'starting' || status.code === 'down');
  facts.push(waits ? 'no rows yet' : count(m.rows, 'row'));
  if (inSight.end - inSight.first < m.rows) facts.push(`showing ${span(inSight)}`);
  const rate = pace(m.rate);
  if (rate && m.live) facts.push(rate);
  if (status.bad > 0) facts.push(`${count(status.bad, 'bad record')} left out`);
  if (status.message) facts.push(status.message);
  const said = ` · ${facts.join(' · ')}`;
  switch (status.code) {
    case 'failed': return ['bad', '✕ failed', said];
    case 'down': return ['warn', '▲ source down', said];
    case 'starting': return ['warn', '◌ starting', said];
  }
  if (!m.live) return ['still', 'static', said];
  if (isPaused) return ['quiet', '❚❚ paused', said];
  return ['live', '● live', said];
}

/** span counts rows from 1, as people do. @param {{first: number, end: number}} s */
function span({ first, end }) {
  const n = new Intl.NumberFormat('en');
  return `${n.format(first + 1)}–${n.format(end)}`;
}
