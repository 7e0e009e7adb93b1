// /events : every time that a rule's condition held, also where nobody was told yet.

import { get, whole } from '../../core/api.js';
import { h, put } from '../../core/dom.js';
import { fold } from '../../core/fold.js';
import { dateTime, select } from '../../core/form.js';
import { on } from '../../core/live.js';
import { link, setQuery } from '../../core/router.js';
import { table } from '../../core/table.js';
import { explain, number, t } from '../../core/texts.js';
import { clock, every, now, span } from '../../core/time.js';
import { toast } from '../../core/toast.js';
import { open } from './picture.js';

export const title = 'events.title';

const STEP = 50; // rows more at each click
const REFRESH_MS = 10_000; // a pending event whose condition ended is forgotten: nothing tells of that
const SOON_MS = 400; // several changes at once are one
const FILTERS = ['state', 'rule', 'camera', 'site', 'after', 'before'];
const STATES = ['pending', 'firing', 'resolved'];
const CHIPS = { pending: 'waiting', firing: 'bad', resolved: 'calm' };

export default async function show(root, { query, signal }) {
  const filters = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? '']));
  const [cameras, rules] = await Promise.all([whole('cameras', {}, signal), whole('rules', {}, signal)]);
  const names = { camera: new Map(cameras.map((one) => [one.id, one])), rule: new Map(rules.map((one) => [one.id, one])) };
  const shown = table(columns(names), null, { caption: t('events.title'), empty: t('events.empty') });
  let limit = STEP;
  const more = h('button', { type: 'button', class: 'button more', hidden: true, on: { click: () => { limit += STEP; return refresh(); } } }, t('table.more'));

  async function refresh() {
    try {
      const { items, next } = await get('events', { ...filters, limit: Math.min(limit, 500) }, signal);
      shown.show(items);
      more.hidden = !next;
    } catch (error) {
      if (error.name !== 'AbortError') toast(explain(error), 'bad');
    }
  }

  const change = (field) => {
    filters[field.name] = field.value ?? '';
    setQuery(filters);
    return refresh();
  };
  put(root, h('h1', { class: 'title' }, t('events.title')), h('p', { class: 'muted' }, t('events.hint')),
    controls(filters, cameras, rules, change), shown.element, more);
  await refresh();
  let soon = 0;
  on('event', () => {
    clearTimeout(soon);
    soon = setTimeout(refresh, SOON_MS);
  }, signal);
  every(REFRESH_MS, refresh, signal);
}

function columns({ camera, rule }) {
  const cameraOf = (event) => camera.get(event.camera_id);
  return [
    { label: t('events.state'), cell: (event) => h('span', { class: `chip chip-${CHIPS[event.state]}` }, t(`events.state.${event.state}`)) },
    { label: t('events.rule'), head: true, cell: (event) => (rule.has(event.rule_id) ? link(`/rules/${event.rule_id}`, rule.get(event.rule_id).name) : t('events.rule_gone')) },
    { label: t('events.camera'), cell: (event) => (cameraOf(event) ? link(`/cameras/${event.camera_id}`, cameraOf(event).name) : t(event.camera_id ? 'events.camera_gone' : 'events.everywhere')) },
    { label: t('events.site'), cell: (event) => cameraOf(event)?.site || '–' },
    { label: t('events.since'), cell: (event) => clock(event.started_at) },
    { label: t('events.lasted'), class: 'events-lasted', cell: (event) => span(seconds(event)) },
    { label: t('events.people'), numeric: true, cell: (event) => number(event.peak_count) },
    { label: t('events.reason'), cell: (event) => (event.reason ? t(`events.reason.${event.reason}`) : '–') },
    { label: t('events.picture'), class: 'actions', cell: (event) => event.snapshot_id && h('button', { type: 'button', class: 'button quiet', on: { click: () => open(event) } }, t('events.show')) },
  ];
}

function seconds(event) {
  const end = event.resolved_at ? Date.parse(event.resolved_at) : now();
  return (end - Date.parse(event.started_at)) / 1000;
}

function controls(filters, cameras, rules, change) {
  const any = ['', t('all')];
  const sites = [...new Set(cameras.map((one) => one.site).filter(Boolean))].sort();
  const chooser = (name, options) => {
    const field = select({ name, label: t(`events.${name}`), value: filters[name], options: [any, ...options], on: { change: () => change(field) } });
    return field;
  };
  const time = (name) => {
    const field = dateTime({ name, label: t(`events.${name}`), value: filters[name], on: { change: () => change(field) } });
    return field;
  };
  return fold(t('events.filter'), h('div', { class: 'filters', role: 'search', 'aria-label': t('events.filter') },
    chooser('state', STATES.map((state) => [state, t(`events.state.${state}`)])),
    chooser('rule', rules.map((one) => [one.id, one.name])),
    chooser('camera', cameras.map((one) => [one.id, one.name])),
    chooser('site', sites), time('after'), time('before')));
}
