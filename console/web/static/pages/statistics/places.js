// The same numbers of each camera, site or zone, in the order that one likes.

import { h, icon, put } from '../../core/dom.js';
import { label, number, percent, t } from '../../core/texts.js';
import { csvOf } from './numbers.js';
import { trend } from './trend.js';
import { duration, peopleOf, shareText } from './words.js';

const KINDS = ['camera', 'site', 'zone'];
const COLUMNS = [
  { name: 'name', words: (row) => row.name, order: (row) => row.name.toLowerCase() },
  { name: 'people', words: (row) => number(peopleOf(row)), order: peopleOf },
  ...['no_mask', 'mask_incorrect', 'mask_correct', 'uncertain'].map((kind) => ({ label: kind, name: kind, words: (row) => number(row.people[kind]), order: (row) => row.people[kind] })),
  { name: 'compliance', words: (row) => (row.compliance ? [shareText(row.compliance), h('span', { class: 'muted small' }, ' ', t('statistics.of_judged', { count: number(row.compliance.n) }))] : '–'), order: (row) => row.compliance?.value ?? -1 },
  { name: 'trend', words: (row) => row.trend, order: (row) => row.compliance?.value ?? -1 },
  { name: 'coverage', words: (row) => [percent(row.coverage), h('span', { class: 'muted small' }, ' ', t('statistics.of_due', { count: number(row.scheduled) }))], order: (row) => row.coverage ?? -1 },
  { name: 'alerts', words: (row) => [number(row.alerts), h('span', { class: 'muted small' }, ' ', t('statistics.acknowledged_short', { count: number(row.acknowledged) }))], order: (row) => row.alerts },
  { name: 'mean_reaction', words: (row) => duration(row.mean_reaction_seconds), order: (row) => row.mean_reaction_seconds ?? Infinity },
];

/** The table, and the choice of what its rows are; `onChoose(kind)`. */
export function places(found, chosen, onChoose, signal) {
  const { places: rows, span } = found;
  const kind = chosen.places;
  const named = rows.map((row) => {
    const name = nameOf(row, kind);
    const place = placeOf(row, kind);
    return { ...row, name, trend: place ? trend(name, place, found, chosen, signal) : '–' };
  });
  const body = h('tbody');
  const heads = new Map();
  let sorted = { column: COLUMNS[1], isRising: false };

  function sort(column) {
    sorted = { column, isRising: sorted.column === column ? !sorted.isRising : column.name === 'name' };
    draw();
  }

  function draw() {
    const { column, isRising } = sorted;
    const compare = (one, other) => (column.order(one) < column.order(other) ? -1 : column.order(one) > column.order(other) ? 1 : 0);
    named.sort((one, other) => (isRising ? compare(one, other) : compare(other, one)));
    put(body, named.map(rowOf));
    for (const [one, head] of heads) {
      head.setAttribute('aria-sort', one === column ? (isRising ? 'ascending' : 'descending') : 'none');
      put(head.querySelector('.sign'), one === column && icon(isRising ? 'up' : 'down'));
    }
  }

  for (const column of COLUMNS) heads.set(column, headOf(column, kind, sort));
  draw();
  const choice = h('fieldset', { class: 'segments statistics-kinds' }, h('legend', {}, t('statistics.places')), KINDS.map((name) => h('label', {},
    h('input', { type: 'radio', name: 'places', value: name, checked: name === kind, on: { change: () => onChoose(name) } }), t(`statistics.places.${name}`))));
  return h('section', { class: 'stack statistics-places' },
    h('div', { class: 'head' }, h('h2', {}, t(`statistics.by.${kind}`)), choice,
      h('a', { class: 'button quiet push', href: csvOf(span, chosen, kind), download: '' }, icon('download'), t('statistics.csv'))),
    named.length ? h('div', { class: 'table-panel panel' }, h('table', { class: 'table' }, h('caption', { class: 'visually-hidden' }, t(`statistics.by.${kind}`)),
      h('thead', {}, h('tr', {}, [...heads.values()])), body)) : h('p', { class: 'empty' }, t('statistics.nothing_here')));
}

function headOf(column, kind, sort) {
  const numeric = column.name !== 'name';
  return h('th', { scope: 'col', class: [numeric && 'numeric', classOf(column)] },
    h('button', { type: 'button', class: 'button quiet', on: { click: () => sort(column) } }, titleOf(column, kind), h('span', { class: 'sign' })));
}

function rowOf(row) {
  return h('tr', {}, COLUMNS.map((column) => (column.name === 'name'
    ? h('th', { scope: 'row', 'data-label': '' }, column.words(row))
    : h('td', { class: ['numeric', classOf(column)], 'data-label': titleOf(column) }, h('span', {}, column.words(row))))));
}

function classOf(column) {
  return column.name === 'trend' && 'trend';
}

function titleOf(column, kind) {
  if (column.label) return label(column.label);
  return column.name === 'name' ? t(`statistics.places.${kind}`) : t(`statistics.${column.name}`);
}

function nameOf(row, kind) {
  if (kind === 'site') return row.site || t('statistics.no_site');
  const camera = row.camera ?? t('statistics.camera_gone');
  return kind === 'zone' ? `${row.zone} · ${camera}` : camera;
}

/** The filters that leave the row alone; null for cameras without a site: no filter asks for these. */
function placeOf(row, kind) {
  if (kind === 'site') return row.site ? { site: row.site } : null;
  return kind === 'zone' ? { camera: row.camera_id, zone_name: row.zone } : { camera: row.camera_id };
}
