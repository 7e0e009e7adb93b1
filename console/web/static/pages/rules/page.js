// /rules: what is watched for, who is told, and how each rule stands now.

import { all, patch } from '../../core/api.js';
import { confirm } from '../../core/dialog.js';
import { h, icon, put } from '../../core/dom.js';
import { on } from '../../core/live.js';
import { link } from '../../core/router.js';
import { may } from '../../core/session.js';
import { table } from '../../core/table.js';
import { explain, t } from '../../core/texts.js';
import { ago, clock, every, since } from '../../core/time.js';
import { toast } from '../../core/toast.js';
import { sentence } from './words.js';

export const title = 'rules.title';

const REFRESH_MS = 15_000;
const SETTLE_MS = 500; // events come in bunches: the list is read once for each

export default async function show(root, { signal }) {
  const cameras = new Map((await everything('cameras', signal)).map((camera) => [camera.id, camera]));
  const nothing = h('div', { class: 'empty' }, icon('rules'), h('p', {}, t('rules.empty')), may('admin') && addButton());
  let drawn = '';
  const refresh = async () => {
    const rules = await everything('rules', signal);
    retell(rows.element);
    if (JSON.stringify(rules) === drawn) return; // whoever is about to press something still can
    drawn = JSON.stringify(rules);
    rows.show(rules);
    nothing.hidden = rules.length > 0;
    rows.element.hidden = !nothing.hidden;
  };
  const rows = table(columns(cameras, refresh), null, { caption: t('rules.title') });
  put(root, head(), rows, nothing);
  await refresh();
  let timer = 0;
  on('event', () => {
    clearTimeout(timer);
    timer = setTimeout(() => refresh().catch(() => {}), SETTLE_MS);
  }, signal);
  signal.addEventListener('abort', () => clearTimeout(timer));
  every(REFRESH_MS, refresh, signal);
}

/** All pages of a list. */
export async function everything(path, signal) {
  const found = [];
  for await (const items of all(path, { limit: 500 }, signal)) found.push(...items);
  return found;
}

/** How long ago things were, again. */
function retell(element) {
  for (const time of element.querySelectorAll('time')) time.textContent = ago(since(time.dateTime));
}

function head() {
  return h('div', { class: 'head' }, h('h1', { class: 'title' }, t('rules.title')),
    may('admin') && h('div', { class: 'push' }, addButton()));
}

function addButton() {
  return link('/rules/new', { class: 'button primary' }, icon('add'), t('rules.add'));
}

function columns(cameras, refresh) {
  return [
    { label: t('rules.column.rule'), head: true, class: 'rule-what', cell: (rule) => what(rule, cameras) },
    { label: t('rules.column.severity'), cell: (rule) => h('span', { class: `chip chip-${rule.severity}` }, t(`severity.${rule.severity}`)) },
    { label: t('rules.column.now'), cell: now },
    { label: t('rules.column.fired'), cell: fired },
    { label: t('rules.column.enabled'), class: 'actions', cell: (rule) => enabler(rule, refresh) },
  ];
}

function what(rule, cameras) {
  return h('div', {}, link(`/rules/${rule.id}`, rule.name), h('p', { class: 'rule-sentence' }, sentence(rule, cameras)));
}

/** Where it is pending or firing at this moment. */
export function now({ state, enabled }) {
  if (!enabled) return h('span', { class: 'chip chip-disabled' }, icon('off'), t('rules.now.disabled'));
  const places = (kind, sign, style) => state[kind].length > 0 && h('div', { class: 'row' },
    h('span', { class: `chip ${style}` }, icon(sign), t(`rules.now.${kind}`)), h('span', { class: 'small' }, named(state[kind])));
  if (!state.firing.length && !state.pending.length) return h('span', { class: 'chip' }, icon('check'), t('rules.now.calm'));
  return h('div', { class: 'stack rule-now' }, places('firing', 'alerts', 'chip-bad'), places('pending', 'waiting', 'chip-warning'));
}

function named(places) {
  const names = places.slice(0, 3).map(({ camera }) => camera ?? t('rules.now.whole'));
  return names.join(t('comma')) + (places.length > 3 ? ` +${places.length - 3}` : '');
}

/** When it last fired. */
export function fired({ state: { last_fired_at: at } }) {
  return at ? h('time', { datetime: at, title: clock(at) }, ago(since(at))) : h('span', { class: 'muted' }, t('rules.never'));
}

function enabler(rule, refresh) {
  const box = h('input', { type: 'checkbox', role: 'switch', checked: rule.enabled, disabled: !may('admin'), 'aria-label': t('rules.enable', { name: rule.name }) });
  box.addEventListener('change', async () => {
    const wanted = box.checked;
    if (!wanted && !(await confirm(ending('rules.disable', rule), { action: t('rules.disable.action') }))) {
      box.checked = true;
      return;
    }
    try {
      await patch(`rules/${rule.id}`, { enabled: wanted });
      await refresh();
    } catch (error) {
      box.checked = rule.enabled;
      toast(explain(error), 'bad');
    }
  });
  return h('label', { class: 'switch' }, box);
}

/** What happens to what the rule tells of now. */
export function ending(key, rule) {
  const firing = rule.state.firing.length;
  return t(key, { name: rule.name }) + t('rules.gap') + (firing ? t.n('rules.ending', firing, { places: named(rule.state.firing) }) : t('rules.ending.none'));
}
