// The columns of charts over time, and which row belongs to which.

import { days, hours } from '../../core/chart.js';

/** Columns up to now: the rest of the day has not come yet. */
export function columnsOf(span, step, zone, now) {
  return step === 'hour' ? hours(span.from, Math.min(span.to, Math.max(now, span.from + 1)), zone) : days(span.from, span.to, zone);
}

/** The row of each column, null where there is none. A day's row begins at its midnight there, an hour's at that moment. */
export function align(columns, rows, step) {
  const known = new Map(rows.map((row) => [step === 'hour' ? Date.parse(row.start) : row.start.slice(0, 10), row]));
  return columns.map((column) => known.get(step === 'hour' ? column.at : column.title) ?? null);
}
