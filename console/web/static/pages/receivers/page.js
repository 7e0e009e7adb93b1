// /receivers: where messages go, how the last one went, and what became of each.

import { get, post, remove } from '../../core/api.js';
import { confirm } from '../../core/dialog.js';
import { h, icon, put } from '../../core/dom.js';
import { mayAll } from '../../core/session.js';
import { table } from '../../core/table.js';
import { explain, number, t } from '../../core/texts.js';
import { ago, clock, every, since } from '../../core/time.js';
import { toast } from '../../core/toast.js';
import { edit } from './edit.js';
import { messages, stateChip } from './messages.js';

export const title = 'receivers.title';

const REFRESH_MS = 10_000;
const SIGNS = { apprise: 'receivers', webhook: 'link', alertmanager: 'alerts', mqtt: 'live' };

export default async function show(root, { query, signal }) {
  const nothing = h('div', { class: 'empty' }, icon('receivers'), h('p', {}, t('receivers.empty')), mayAll() && adder(() => refresh()));
  const sent = messages(query, signal);
  const tests = new Map(); // what the last test of each said, as long as the page is open
  let drawn = '';
  const refresh = async () => {
    const { items } = await get('receivers', {}, signal);
    const now = JSON.stringify([items, [...tests.values()].map((said) => said.textContent)]);
    for (const time of rows.element.querySelectorAll('time')) time.textContent = ago(since(time.dateTime));
    await sent.refresh();
    if (now === drawn) return; // whoever is about to press something still can
    drawn = now;
    rows.show(items);
    nothing.hidden = items.length > 0;
    rows.element.hidden = !nothing.hidden;
    sent.offer(items);
  };
  const rows = table(columns(tests, () => refresh()), null, { caption: t('receivers.title') });
  put(root, h('div', { class: 'head' }, h('h1', { class: 'title' }, t('receivers.title')), mayAll() && h('div', { class: 'push' }, adder(() => refresh()))),
    rows, nothing, sent);
  await refresh();
  every(REFRESH_MS, refresh, signal);
}

function adder(refresh) {
  return h('button', { type: 'button', class: 'button primary', on: { click: () => edit(null, refresh) } }, icon('add'), t('receivers.add'));
}

function columns(tests, refresh) {
  return [
    { label: t('receivers.column.receiver'), head: true, cell: who },
    { label: t('receivers.column.last'), cell: (one) => h('div', { class: 'receiver-last' }, last(one), tests.get(one.id)) },
    { label: t('receivers.column.today'), numeric: true, cell: (one) => (one.sent_today === null ? '–' : number(one.sent_today)) },
    { label: t('receivers.column.limit'), cell: (one) => (one.per_minute ? t('receivers.limit', { count: number(one.per_minute) }) : t('receivers.limit.none')) },
    { label: t('receivers.column.gets'), cell: gets },
    ...(mayAll() ? [{ label: t('receivers.column.actions'), class: 'actions', cell: (one) => actions(one, tests, refresh) }] : []),
  ];
}

function who(one) {
  const place = one.host ?? one.url.split('://')[0];
  return h('div', { class: 'receiver-who' }, icon(SIGNS[one.kind]), h('div', {}, one.name,
    h('div', { class: 'small muted' }, t(`receivers.kind.${one.kind}`), ' · ', place)),
    !one.enabled && h('span', { class: 'chip chip-disabled' }, icon('off'), t('receivers.disabled')));
}

function last({ last: said }) {
  if (!said) return h('span', { class: 'muted' }, t('receivers.last.none'));
  return [h('div', { class: 'row' }, stateChip(said.state), h('time', { class: 'small', datetime: said.at, title: clock(said.at) }, ago(since(said.at)))),
    said.error && h('p', { class: 'small wrong' }, said.error)];
}

function gets(one) {
  return h('span', { class: 'chips' }, h('span', { class: 'chip' }, t(`receivers.language.${one.language}`)),
    one.with_picture && one.kind === 'apprise' && h('span', { class: 'chip' }, icon('picture'), t('receivers.picture')),
    one.digest !== 'never' && h('span', { class: 'chip' }, icon('statistics'), t(`receivers.digest.${one.digest}`)),
    one.schedule && h('span', { class: 'chip' }, icon('clock'), t('receivers.hours')));
}

function actions(one, tests, refresh) {
  const tester = h('button', { type: 'button', class: 'button', 'aria-label': t('receivers.test.of', { name: one.name }), on: { click: test } }, icon('play'), t('receivers.test'));
  async function test() {
    tester.disabled = true;
    try {
      const { delivered, error } = await post(`receivers/${one.id}/test`);
      tests.set(one.id, h('p', { class: ['notice', delivered ? 'notice-good' : 'notice-bad'], role: 'status' }, icon(delivered ? 'check' : 'error'),
        delivered ? t('receivers.test.good') : t('receivers.test.bad', { error })));
      await refresh();
    } catch (error) {
      toast(explain(error), 'bad');
    }
    tester.disabled = false;
  }
  return h('div', { class: 'row receiver-actions' }, tester,
    h('button', { type: 'button', class: 'icon-button', 'aria-label': t('receivers.edit.of', { name: one.name }), on: { click: () => edit(one, refresh) } }, icon('edit')),
    h('button', { type: 'button', class: 'icon-button', 'aria-label': t('receivers.remove.of', { name: one.name }), on: { click: () => drop(one, refresh) } }, icon('remove')));
}

async function drop(one, refresh) {
  if (!(await confirm(t('receivers.remove.ask', { name: one.name }), { danger: true, action: t('remove') }))) return;
  try {
    await remove(`receivers/${one.id}`);
    toast(t('removed'), 'good');
    await refresh();
  } catch (error) {
    toast(explain(error), 'bad');
  }
}
