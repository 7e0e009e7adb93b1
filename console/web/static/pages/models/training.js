// How models came about: runs with their curves, and the data.

import { get } from '../../core/api.js';
import { chart } from '../../core/chart.js';
import { open } from '../../core/dialog.js';
import { h } from '../../core/dom.js';
import { table } from '../../core/table.js';
import { explain, number, t } from '../../core/texts.js';
import { toast } from '../../core/toast.js';

const COLORS = ['accent', 'no_mask', 'mask_correct', 'mask_incorrect', 'people', 'uncertain'];
const CLOCKS = ['seconds', 'step', 'rate'];
const MOST_CURVES = 6;

/** Both lists, or why there is none. */
export async function training(signal) {
  const [runs, datasets] = await Promise.all([get('runs', {}, signal), get('datasets', {}, signal)]);
  return h('div', { class: 'stack' },
    h('h2', {}, t('models.runs')), listing(runs, runColumns(), t('models.runs')),
    h('h2', {}, t('models.datasets')), listing(datasets, dataColumns(), t('models.datasets')));
}

function listing({ items, reason }, columns, caption) {
  return table(columns, items, { caption, empty: reason ? t('models.none', { reason }) : t('models.empty') });
}

function runColumns() {
  return [
    { label: t('models.run'), head: true, cell: (run) => run.name },
    { label: t('models.run.steps'), numeric: true, cell: (run) => number(run.steps) },
    { label: t('models.run.minutes'), numeric: true, cell: (run) => number(run.minutes, 1) },
    { label: t('models.run.loss'), numeric: true, cell: (run) => number(run.loss, 4) },
    { label: t('models.figures'), cell: (run) => (run.error ? h('span', { class: 'wrong' }, t('models.run.broken', run)) : told(run.metrics)) },
    { label: t('models.do'), class: 'actions', cell: (run) => !run.error && h('button', { type: 'button', class: 'button quiet', on: { click: () => curves(run) } }, t('models.run.show')) },
  ];
}

function dataColumns() {
  return [
    { label: t('models.dataset'), head: true, cell: (one) => one.name },
    { label: t('models.dataset.pictures'), cell: (one) => (one.error ? h('span', { class: 'wrong' }, one.error) : told(one.pictures)) },
    { label: t('models.dataset.faces'), cell: (one) => told(one.faces) },
  ];
}

function told(figures) {
  return Object.entries(figures ?? {}).map(([name, value]) => `${name} ${number(value, 4)}`).join(t('comma')) || '–';
}

async function curves(run) {
  try {
    const found = await get(`runs/${encodeURIComponent(run.name)}`);
    open(run.name, h('div', { class: 'stack' }, drawn(found), settings(found)), { kind: 'wide' });
  } catch (error) {
    toast(explain(error), 'bad');
  }
}

function drawn(run) {
  const rows = run.curves;
  if (!rows.length) return h('p', {}, t('models.run.curve.none'));
  const names = Object.keys(rows[0]).filter((name) => !CLOCKS.includes(name)).slice(0, MOST_CURVES);
  const minute = (row) => number((row.seconds ?? 0) / 60, 1);
  const every = Math.max(1, Math.floor(rows.length / 6));
  return chart({
    caption: t('models.run.curve', { name: run.name, minutes: number(run.minutes, 1) }),
    columns: rows.map((row, place) => ({ title: t('models.run.minute', { minute: minute(row) }), ticks: [place % every ? '' : minute(row)] })),
    layers: names.map((name, place) => ({ kind: 'line', name, color: COLORS[place], values: rows.map((row) => row[name]) })),
    axis: { format: (value) => number(value, 3) },
    file: run.name,
  });
}

function settings(run) {
  return h('details', {}, h('summary', {}, t('models.run.settings')), h('pre', { class: 'mono' }, JSON.stringify({ config: run.config, environment: run.environment, metrics: run.all_metrics }, null, 2)));
}
