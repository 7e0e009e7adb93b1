// Which days: by name or by date, in a time zone, and the days to compare them with.

import { dayAfter, partsIn, startOfDay } from '../../core/timezone.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const LENGTHS = { today: 1, week: 7, month: 30 }; // days, with today
const MOST_HOURS = 3; // days of which each hour is shown

export const RANGES = [...Object.keys(LENGTHS), 'own'];

/** {first, last}: dates such as '2026-03-02', both inside. `now` in milliseconds. */
export function datesOf({ range, first, last, zone }, now) {
  const today = partsIn(now, zone).date;
  if (range !== 'own') return { first: dayAfter(today, 1 - (LENGTHS[range] ?? LENGTHS.week)), last: today };
  const end = last || today;
  return { first: first && first <= end ? first : end, last: end };
}

/** {first, last, from, to, days}: `from` and `to` in milliseconds, `to` outside. */
export function spanOf(dates, zone) {
  const from = startOfDay(dates.first, zone);
  return { ...dates, from, to: startOfDay(dayAfter(dates.last), zone), days: lengthOf(dates) };
}

/**
 * What to compare a span with: as many days right before it, or from the day `compared` on. Of a span that is not over yet
 * only as much as has passed of it: half a day against half a day.
 */
export function earlierOf(span, compared, zone, now) {
  const first = compared || dayAfter(span.first, -span.days);
  const earlier = spanOf({ first, last: dayAfter(first, span.days - 1) }, zone);
  const passed = Math.ceil((now - span.from) / HOUR_MS) * HOUR_MS;
  return { ...earlier, to: Math.max(earlier.from + HOUR_MS, Math.min(earlier.to, earlier.from + passed)) };
}

/** What a column of the charts stands for. */
export function stepOf(span) {
  return span.days <= MOST_HOURS ? 'hour' : 'day';
}

function lengthOf({ first, last }) {
  return Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS) + 1;
}
