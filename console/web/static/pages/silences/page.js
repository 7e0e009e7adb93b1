// /silences: what nobody is told of, and until when. ?rule=ID&camera=ID opens the dialog with these chosen.

import { all, get, remove } from '../../core/api.js';
import { confirm } from '../../core/dialog.js';
import { h, icon, put } from '../../core/dom.js';
import { setQuery } from '../../core/router.js';
import { may } from '../../core/session.js';
import { table } from '../../core/table.js';
import { explain, t } from '../../core/texts.js';
import { clock, every, now, span } from '../../core/time.js';
import { toast } from '../../core/toast.js';
import { silence } from './new.js';

export const title = 'silences.title';

const REFRESH_MS = 15_000;
const PARTS = ['active', 'coming', 'past'];
const CHIPS = { active: ['chip-warning', 'silences'], coming: ['', 'clock'], past: ['', 'check'] };

export default async function show(root, { query, signal }) {
  const [cameras, rules] = await Promise.all([everything('cameras', signal), everything('rules', signal)]);
  const names = new Map([...cameras, ...rules].map((one) => [one.id, one.name]));
  const refresh = async () => {
    const { items } = await get('silences', { past: 1 }, signal);
    const { items: current } = await get('silences', {}, signal); // all of them, however many have ended
    const known = new Map([...items, ...current].map((one) => [one.id, one]));
    const parts = Object.groupBy(known.values(), part);
    for (const name of PARTS) draw(lists[name], parts[name] ?? []);
  };
  const lists = Object.fromEntries(PARTS.map((name) => [name, list(name, names, refresh)]));
  const create = (chosen) => silence({ cameras, rules, chosen, done: refresh });
  put(root, h('div', { class: 'head' }, h('h1', { class: 'title' }, t('silences.title')), may('operator') && h('div', { class: 'push' },
    h('button', { type: 'button', class: 'button primary', on: { click: () => create({}) } }, icon('add'), t('silences.add')))),
    h('p', { class: 'muted' }, t('silences.about')), PARTS.map((name) => lists[name].element));
  await refresh();
  every(REFRESH_MS, refresh, signal);
  if ((query.has('rule') || query.has('camera')) && may('operator')) {
    setQuery({ rule: '', camera: '' });
    create({ rules: query.getAll('rule'), cameras: query.getAll('camera') });
  }
}

async function everything(path, signal) {
  const found = [];
  for await (const items of all(path, { limit: 500 }, signal)) found.push(...items);
  return found;
}

function part({ starts_at: starts, ends_at: ends }) {
  if (Date.parse(ends) <= now()) return 'past';
  return Date.parse(starts) > now() ? 'coming' : 'active';
}

function list(name, names, refresh) {
  const rows = table(columns(name, names, refresh), null, { caption: t(`silences.${name}`), empty: t(`silences.none.${name}`) });
  const body = h('section', { class: 'stack' }, h('h2', {}, t(`silences.${name}`)), rows);
  if (name !== 'past') return { element: body, rows };
  return { element: h('details', {}, h('summary', {}, h('h2', { class: 'silence-past' }, t('silences.past'))), rows), rows };
}

function draw({ rows }, items) {
  rows.show(items.sort((one, other) => Date.parse(other.starts_at) - Date.parse(one.starts_at)));
}

function columns(name, names, refresh) {
  const [style, sign] = CHIPS[name];
  return [
    { label: t('silences.column.what'), head: true, cell: (one) => h('div', { class: 'silence-what' }, what(one, names), one.comment && h('p', { class: 'small muted' }, one.comment)) },
    { label: t('silences.column.state'), cell: (one) => h('span', { class: `chip ${style}` }, icon(sign), state(name, one)) },
    { label: t('silences.column.from'), cell: (one) => clock(one.starts_at) },
    { label: t('silences.column.until'), cell: (one) => clock(one.ends_at) },
    { label: t('silences.column.by'), cell: (one) => one.created_by || '–' },
    ...(name !== 'past' && may('operator') ? [{ label: t('silences.column.actions'), class: 'actions', cell: (one) => ender(name, one, refresh) }] : []),
  ];
}

function state(name, { starts_at: starts, ends_at: ends }) {
  if (name === 'past') return t('silences.over');
  const until = (Date.parse(name === 'active' ? ends : starts) - now()) / 1000;
  return t(`silences.${name === 'active' ? 'left' : 'begins'}`, { span: span(until) });
}

/** "No masks · Door, Till · North" */
function what(one, names) {
  const parts = [
    one.rules.map((id) => names.get(id) ?? t('silences.gone')), one.cameras.map((id) => names.get(id) ?? t('silences.gone')), one.sites, one.tags,
  ].filter((part) => part.length);
  return parts.length ? parts.map((part) => part.join(t('comma'))).join(' · ') : t('silences.everything');
}

function ender(name, one, refresh) {
  const end = async () => {
    if (!(await confirm(t(`silences.end.${name}`), { action: t(`silences.end.action.${name}`) }))) return;
    try {
      await remove(`silences/${one.id}`);
      toast(t('silences.ended'), 'good');
      await refresh();
    } catch (error) {
      toast(explain(error), 'bad');
    }
  };
  return h('button', { type: 'button', class: 'button', on: { click: end } }, icon('stop'), t(`silences.end.action.${name}`));
}
