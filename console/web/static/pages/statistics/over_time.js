// The charts over time. An hour or a day in which nothing was counted is a gap, not a zero.

import { chart } from '../../core/chart.js';
import { label, number, percent, t } from '../../core/texts.js';
import { align, columnsOf } from './columns.js';
import { csvOf } from './numbers.js';

const LABELS = ['mask_correct', 'mask_incorrect', 'no_mask', 'uncertain'];
const NARROWEST = 0.4; // of the axis of shares: what is drawn larger looks like more than it is
const LOW_COVERAGE = 0.8; // below this a column is hatched: too little was seen to trust what was counted

/** [chart, …] of the numbers; `subtitle` says of which days and of what. */
export function overTime(found, chosen, subtitle, now) {
  const { span, step, rows, rowsBefore, earlier } = found;
  const columns = columnsOf(span, step, chosen.zone, now);
  const lined = align(columns, rows, step);
  const hatched = columns.map((column, place) => ({ ...column, hatched: lined[place] !== null && (lined[place].coverage ?? 1) < LOW_COVERAGE }));
  const common = { columns: hatched, subtitle, hatch: t('statistics.low_coverage', { share: percent(LOW_COVERAGE, 0) }), csv: csvOf(span, chosen, step) };
  const of = (read) => lined.map((row) => (row ? read(row) : null));
  const before = rowsBefore && align(columnsOf(earlier, step, chosen.zone, now), rowsBefore, step);
  const shares = { max: 1, format: (share) => percent(share) };
  const worn = of((row) => row.compliance);
  const wornBefore = columns.map((_, place) => before?.[place]?.compliance?.value ?? null);
  return [
    chart({ ...common, caption: t('statistics.chart.compliance'), file: 'maskwatch-compliance', axis: { ...shares, min: lowest([...worn.map((share) => share?.low), ...wornBefore]) }, layers: [
      before && { kind: 'line', name: t('statistics.earlier'), color: 'earlier', dashed: true, values: wornBefore },
      {
        kind: 'line', name: t('statistics.compliance'), color: 'compliance', values: worn.map((share) => share?.value ?? null),
        low: worn.map((share) => share?.low ?? null), high: worn.map((share) => share?.high ?? null), of: worn.map((share) => share?.n ?? 0),
      },
    ].filter(Boolean) }),
    chart({ ...common, caption: t('statistics.chart.people'), file: 'maskwatch-people', axis: { format: number, whole: true }, layers: [
      { kind: 'bars', parts: LABELS.map((name) => ({ name: label(name), color: name, values: of((row) => row.people[name]) })) },
    ] }),
    chart({ ...common, caption: t('statistics.chart.coverage'), file: 'maskwatch-coverage', axis: shares, height: 170, layers: [
      { kind: 'line', name: t('statistics.coverage'), color: 'coverage', values: of((row) => row.coverage), of: of((row) => row.scheduled) },
    ] }),
    chart({ ...common, caption: t('statistics.chart.alerts'), file: 'maskwatch-alerts', axis: { format: number, whole: true }, height: 170, layers: [
      { kind: 'bars', parts: [
        { name: t('statistics.acknowledged'), color: 'accent', values: of((row) => Math.min(row.alerts, row.acknowledged)) },
        { name: t('statistics.not_acknowledged'), color: 'no_mask', values: of((row) => Math.max(0, row.alerts - row.acknowledged)) },
      ] },
    ] }),
  ];
}

/** Where the axis of shares begins: a round share below all intervals, so that differences can be seen. */
function lowest(shares) {
  const least = Math.min(1 - NARROWEST, ...shares.filter((share) => share !== null && share !== undefined));
  return Math.floor(least * 5) / 5;
}
