// When in the week: the hours of all Mondays, Tuesdays … of the period.

import { heatMap } from '../../core/chart.js';
import { h } from '../../core/dom.js';
import { label, number, percent, t } from '../../core/texts.js';
import { csvOf } from './numbers.js';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour));
const KINDS = {
  no_mask: { color: 'heat', format: number, read: (row) => ({ value: row.people.no_mask }) },
  compliance: { color: 'calm', format: percent, short: (share) => percent(share, 0), read: (row) => row.compliance && { value: row.compliance.value, of: row.compliance.n } },
};

/** The heat map, and the choice of what it shows; `onChoose(kind)`. */
export function week({ week: rows, span }, chosen, subtitle, onChoose) {
  const kind = KINDS[chosen.week] ? chosen.week : 'no_mask';
  const { read, ...looks } = KINDS[kind];
  const cells = DAYS.map(() => HOURS.map(() => null));
  for (const row of rows) cells[row.weekday][row.hour] = row.scheduled ? read(row) : null;
  const made = heatMap({
    ...looks, caption: t(`statistics.week.${kind}`), subtitle, name: kind === 'compliance' ? t('statistics.compliance') : label('no_mask'), cells,
    rows: DAYS.map((day) => t(`day.${day}`)), columns: HOURS, low: kind === 'compliance' ? 0 : undefined, high: kind === 'compliance' ? 1 : undefined,
    file: `maskwatch-week-${kind}`, csv: csvOf(span, chosen, 'weekday_hour'),
  });
  const choice = h('fieldset', { class: 'segments statistics-kinds' }, h('legend', {}, t('statistics.week')), Object.keys(KINDS).map((name) => h('label', {},
    h('input', { type: 'radio', name: 'week', value: name, checked: name === kind, on: { change: () => onChoose(name) } }), t(`statistics.week.short.${name}`))));
  return h('section', { class: 'stack' }, choice, made);
}
