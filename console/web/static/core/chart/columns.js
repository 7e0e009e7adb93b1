// Columns of a chart over time: one for each hour or day, also where nothing was counted.

import { partsIn, startOfDay, dayAfter } from '../timezone.js';

const HOUR_MS = 3_600_000;
const HOUR_STEPS = [1, 2, 3, 6, 12];
const DAY_STEPS = [1, 2, 5];

/** The hours of UTC in [from, to), in milliseconds: [{at, title, ticks}]; titles and ticks by the clocks of `zone`. */
export function hours(from, to, zone) {
  const found = [];
  for (let at = Math.floor(from / HOUR_MS) * HOUR_MS; at < to; at += HOUR_MS) {
    const { date, hour, time } = partsIn(at, zone);
    const isMidnight = hour === 0;
    const name = isMidnight ? date.slice(5) : time;
    found.push({ at, title: `${date} ${time}`, ticks: [...HOUR_STEPS.map((step) => (hour % step === 0 ? name : '')), ...thinned(isMidnight, date)] });
  }
  return found;
}

/** The days of `zone` from the one that begins at `from` to before `to`: [{at, title, ticks}]. */
export function days(from, to, zone) {
  const found = [];
  for (let date = partsIn(from, zone).date; startOfDay(date, zone) < to; date = dayAfter(date)) {
    const day = Number(date.slice(8));
    found.push({
      at: startOfDay(date, zone), title: date,
      ticks: [date.slice(5), weekday(date) === 1 ? date.slice(5) : '', day === 1 || day === 15 ? date.slice(5) : '', day === 1 ? date.slice(0, 7) : '', day === 1 && date.slice(5, 7) % 3 === 1 ? date.slice(0, 7) : ''],
    });
  }
  return found;
}

function thinned(isMidnight, date) {
  return DAY_STEPS.map((step) => (isMidnight && Math.floor(Date.parse(date) / 86_400_000) % step === 0 ? date.slice(5) : ''));
}

function weekday(date) {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}
