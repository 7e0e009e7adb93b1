// What the page shows, asked of the API: whatever stands here can be asked for by a script as well.

import { get, url } from '../../core/api.js';
import { iso } from '../../core/time.js';
import { earlierOf, spanOf, stepOf } from './range.js';

/** The query of a span with the filters. */
export function queryOf(span, { camera, site, zone_name: zone, tag }) {
  return { from: iso(new Date(span.from)), to: iso(new Date(span.to)), camera, site, zone, tag };
}

/**
 * All numbers of the days in `dates`: {span, earlier, step, total, before, rows, rowsBefore, week, places, reactions,
 * reactionsBefore}. `before` and its kind are null where nothing is to be compared; `total` where nothing was counted.
 */
export async function read(chosen, dates, now, signal) {
  const { zone: tz, places: by, compare } = chosen;
  const span = spanOf(dates, tz);
  const step = stepOf(span);
  const earlier = compare === 'none' ? null : earlierOf(span, compare === 'own' ? chosen.compared : '', tz, now);
  const query = queryOf(span, chosen);
  const rowsOf = async (asked) => (await get('statistics', { ...asked, tz }, signal)).items;
  const reactionsOf = (asked) => get('statistics/reactions', asked, signal);
  const both = earlier && queryOf(earlier, chosen);
  const [[total = null], rows, week, places, reactions, [before = null], rowsBefore, reactionsBefore] = await Promise.all([
    rowsOf({ ...query, by: 'total' }), rowsOf({ ...query, by: step }), rowsOf({ ...query, by: 'weekday_hour' }), rowsOf({ ...query, by }), reactionsOf(query),
    both ? rowsOf({ ...both, by: 'total' }) : [], both ? rowsOf({ ...both, by: step }) : null, both ? reactionsOf(both) : null,
  ]);
  return { span, earlier, step, total, before, rows, rowsBefore, week, places, reactions, reactionsBefore };
}

/** The rows of the places only. */
export async function readPlaces(chosen, span, signal) {
  const { items } = await get('statistics', { ...queryOf(span, chosen), tz: chosen.zone, by: chosen.places }, signal);
  return items;
}

/** The address of the same numbers as CSV. */
export function csvOf(span, chosen, by) {
  return url('statistics', { ...queryOf(span, chosen), tz: chosen.zone, by, format: 'csv' });
}
