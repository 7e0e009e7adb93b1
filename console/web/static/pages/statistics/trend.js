// How masks were worn at a place over the period, as small as a word; asked for once the place can be seen.

import { get } from '../../core/api.js';
import { sparkline } from '../../core/chart.js';
import { h, put } from '../../core/dom.js';
import { t } from '../../core/texts.js';
import { now } from '../../core/time.js';
import { align, columnsOf } from './columns.js';
import { queryOf } from './numbers.js';

const LEAST = 0.5; // the share at the bottom of each line, so that they can be compared; lower where one needs it

/** An element that is filled when it comes into sight. `place`: {camera, site, zone_name} of the row. */
export function trend(name, place, { span, step }, chosen, signal) {
  const element = h('span', { class: 'statistics-trend' });
  const watcher = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    watcher.disconnect();
    fill(element, name, { ...chosen, ...place }, span, step, signal);
  });
  watcher.observe(element);
  signal.addEventListener('abort', () => watcher.disconnect());
  return element;
}

async function fill(element, name, chosen, span, step, signal) {
  try {
    const { items } = await get('statistics', { ...queryOf(span, chosen), tz: chosen.zone, by: step }, signal);
    const values = align(columnsOf(span, step, chosen.zone, now()), items, step).map((row) => row?.compliance?.value ?? null);
    put(element, sparkline(values, { label: t('statistics.trend_of', { name }), min: Math.min(LEAST, ...values.filter((value) => value !== null)), max: 1, color: 'compliance' }));
  } catch {
    put(element, '–'); // the numbers beside it are there all the same
  }
}
