// /cameras: which cameras there are, how they do, and what can be done to many at once.

import { all, get, url } from '../../core/api.js';
import { coverageBars } from '../../core/coverage.js';
import { h, icon, put } from '../../core/dom.js';
import { on } from '../../core/live.js';
import { link } from '../../core/router.js';
import { may } from '../../core/session.js';
import { chip, reason, stateOf } from '../../core/sight.js';
import { table } from '../../core/table.js';
import { number, t } from '../../core/texts.js';
import { bulkBar } from './bulk.js';
import { filters } from './filters.js';
import { openImport } from './import.js';

export const title = 'cameras.title';

export default async function show(root, { query, signal }) {
  const list = { cameras: [], sights: new Map(), chips: new Map(), chosen: new Set(), histories: new Map(), signal };
  const reload = async () => {
    await read(list);
    filter.offer(list.cameras);
    draw();
  };
  const filter = filters(query, () => draw());
  const bulk = may('admin') ? bulkBar(list, { reload, drawn: () => draw() }) : null;
  const seen = lazily((row, cell) => fillCoverage(list, row, cell), signal);
  const rows = table(columns(list, seen, () => bulk.draw()), null, { caption: t('cameras.title'), empty: t('cameras.none') });
  const nothing = h('div', { class: 'empty', hidden: true }, icon('cameras'), h('p', {}, t('cameras.empty')), may('admin') && addButton());
  const draw = () => {
    const shown = list.cameras.filter((camera) => filter.includes(camera, list.sights.get(camera.id)));
    list.shown = shown;
    list.chips.clear();
    rows.show(shown);
    nothing.hidden = list.cameras.length > 0;
    rows.element.hidden = filter.element.hidden = !nothing.hidden;
    bulk?.draw();
  };
  put(root, head(reload), filter, bulk, rows, nothing);
  await reload();
  on('camera', (sight) => {
    list.sights.set(sight.camera_id, sight);
    const place = list.chips.get(sight.camera_id);
    if (place) put(place, state(sight));
  }, signal);
}

async function read(list) {
  const cameras = [];
  for await (const page of all('cameras', { limit: 500 }, list.signal)) cameras.push(...page);
  const wall = await get('wall', {}, list.signal);
  list.cameras = cameras;
  list.sights = new Map(wall.items.map((sight) => [sight.camera_id, sight]));
  const known = new Set(cameras.map((camera) => camera.id));
  list.chosen.forEach((id) => { if (!known.has(id)) list.chosen.delete(id); });
}

function head(reload) {
  return h('div', { class: 'head' }, h('h1', { class: 'title' }, t('cameras.title')),
    may('admin') && h('div', { class: 'row push' }, exporting(),
      h('button', { type: 'button', class: 'button', on: { click: () => openImport(reload) } }, icon('upload'), t('cameras.import')), addButton()));
}

function addButton() {
  return link('/cameras/new', { class: 'button primary' }, icon('add'), t('cameras.add'));
}

/** Three links behind one button. */
function exporting() {
  const kinds = ['csv', 'yaml', 'json'].map((format) => h('a', { class: 'menu-item', href: url('cameras/export', { format }), download: '' }, icon('download'), format.toUpperCase()));
  return h('div', { class: 'exporting' },
    h('button', { type: 'button', class: 'button', popovertarget: 'camera-export' }, icon('download'), t('cameras.export')),
    h('div', { class: 'panel exporting-menu', popover: true, id: 'camera-export' }, kinds, h('p', { class: 'hint' }, t('cameras.export.hint'))));
}

function columns(list, seen, chosen) {
  const choice = { label: t('cameras.column.choice'), class: 'choosing', cell: (camera) => chooser(list, camera, chosen) };
  const edit = { label: t('cameras.column.actions'), class: 'actions', cell: editLink };
  const admin = may('admin');
  return [
    ...(admin ? [choice] : []),
    { label: t('cameras.column.name'), head: true, class: 'camera-name', cell: (camera) => h('div', {}, link(`/cameras/${camera.id}`, camera.name), h('div', { class: 'small muted' }, place(camera))) },
    { label: t('cameras.column.state'), cell: (camera) => stateCell(list, camera) },
    { label: t('cameras.column.url'), cell: address },
    { label: t('cameras.column.interval'), numeric: true, cell: (camera) => h('div', {}, interval(list.sights.get(camera.id), camera)) },
    { label: t('cameras.column.coverage'), cell: (camera) => seen(camera) },
    { label: t('cameras.column.privacy'), cell: (camera) => h('div', {}, privacy(camera)) },
    ...(admin ? [edit] : []),
  ];
}

function address(camera) {
  return h('div', { class: 'camera-address' }, h('div', { class: 'mono' }, camera.url),
    camera.tags.length > 0 && h('div', { class: 'chips' }, camera.tags.map((tag) => h('span', { class: 'chip' }, icon('tag'), tag))));
}

function chooser(list, camera, chosen) {
  const box = h('input', { type: 'checkbox', checked: list.chosen.has(camera.id), 'aria-label': t('cameras.choose', { name: camera.name }) });
  box.addEventListener('change', () => {
    list.chosen[box.checked ? 'add' : 'delete'](camera.id);
    chosen();
  });
  return box;
}

function place(camera) {
  return [camera.site, camera.location].filter(Boolean).join(' · ');
}

function stateCell(list, camera) {
  const sight = list.sights.get(camera.id);
  const cell = h('div', { class: 'camera-state' }, sight && state(sight));
  list.chips.set(camera.id, cell);
  return cell;
}

function state(sight) {
  const now = stateOf(sight);
  const why = ['down', 'degraded'].includes(now) ? reason(sight, now) : '';
  return [chip(now), why && h('div', { class: 'small muted camera-why', title: why }, why)];
}

/** The interval that is wanted and, under overload, the one that there is. */
function interval(sight, camera) {
  const wanted = t('cameras.seconds', { seconds: number(camera.interval_seconds) });
  const isStretched = sight && sight.effective_interval_seconds > camera.interval_seconds * 1.01;
  return [wanted, isStretched && h('div', { class: 'small camera-stretched' }, t('cameras.stretched', { seconds: number(sight.effective_interval_seconds, 1) }))];
}

function privacy(camera) {
  const days = t.n('cameras.kept', camera.retention_days);
  return [h('div', { class: 'small' }, days), camera.blur_faces && h('div', { class: 'small camera-blurred' }, icon('blurred'), t('cameras.blurred'))];
}

function editLink(camera) {
  return link(`/cameras/${camera.id}/edit`, { class: 'icon-button', 'aria-label': t('cameras.edit', { name: camera.name }), title: t('edit') }, icon('edit'));
}

/** Cells that are filled once somebody can see them: a hundred cameras are not a hundred requests. */
function lazily(fill, signal) {
  const rows = new WeakMap();
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries.filter((one) => one.isIntersecting)) {
      watcher.unobserve(entry.target);
      fill(rows.get(entry.target), entry.target);
    }
  });
  signal.addEventListener('abort', () => watcher.disconnect());
  return (row) => {
    const cell = h('div', { class: 'coverage-cell' });
    rows.set(cell, row);
    watcher.observe(cell);
    return cell;
  };
}

async function fillCoverage(list, camera, cell) {
  try {
    if (!list.histories.has(camera.id)) list.histories.set(camera.id, get(`cameras/${camera.id}/history`, {}, list.signal));
    put(cell, coverageBars(await list.histories.get(camera.id)));
  } catch (error) {
    list.histories.delete(camera.id);
    if (error.name !== 'AbortError') put(cell, '–');
  }
}
