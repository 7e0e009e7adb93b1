// /people: who may log in, what they may do and see, and the secrets by which scripts do.

import { all, remove } from '../../core/api.js';
import { confirm } from '../../core/dialog.js';
import { h, icon, put } from '../../core/dom.js';
import { me } from '../../core/session.js';
import { table } from '../../core/table.js';
import { explain, t } from '../../core/texts.js';
import { clock, date } from '../../core/time.js';
import { toast } from '../../core/toast.js';
import { tokens } from './tokens.js';
import { addUser, changeUser } from './users.js';

export const title = 'people.title';

export default async function show(root, { signal }) {
  const [users, cameras] = await Promise.all([whole('users', signal), whole('cameras', signal)]);
  const places = { sites: known(cameras.map((camera) => camera.site)), tags: known(cameras.flatMap((camera) => camera.tags)) };
  const rows = table(columns(places, refresh), users, { caption: t('people.users') });
  async function refresh() {
    rows.show(await whole('users', signal));
  }
  const adder = h('button', { type: 'button', class: 'button primary', on: { click: () => addUser(places, refresh) } }, icon('add'), t('people.add'));
  const secrets = await tokens({ signal, users: () => whole('users', signal) });
  put(root, h('div', { class: 'head' }, h('h1', { class: 'title' }, t('people.title'))),
    h('div', { class: 'head' }, h('h2', {}, t('people.users')), h('div', { class: 'push' }, adder)), rows, secrets);
}

function columns(places, refresh) {
  return [
    { label: t('people.name'), head: true, cell: (user) => h('span', { class: 'chips' }, user.name, user.id === me().id && h('span', { class: 'chip' }, t('people.you'))) },
    { label: t('people.role'), cell: (user) => t(`role.${user.role}`) },
    { label: t('people.reach'), cell: reach },
    { label: t('people.door'), cell: (user) => t(user.has_password ? 'people.door.password' : 'people.door.elsewhere') },
    { label: t('people.since'), cell: (user) => h('span', { class: 'people-date', title: clock(user.created_at) }, date(user.created_at)) },
    { label: t('people.actions'), class: 'actions', cell: (user) => actions(user, places, refresh) },
  ];
}

function reach({ sites, tags, is_limited: isLimited }) {
  if (!isLimited) return h('span', { class: 'muted' }, t('people.reach.all'));
  return h('span', { class: 'chips' }, sites.map((site) => h('span', { class: 'chip' }, icon('place'), site)),
    tags.map((tag) => h('span', { class: 'chip' }, icon('tag'), tag)));
}

function actions(user, places, refresh) {
  return h('div', { class: 'row people-actions' },
    h('button', { type: 'button', class: 'icon-button', 'aria-label': t('people.edit.of', { name: user.name }), on: { click: () => changeUser(user, places, refresh) } }, icon('edit')),
    h('button', { type: 'button', class: 'icon-button', 'aria-label': t('people.remove.of', { name: user.name }), on: { click: () => drop(user, refresh) } }, icon('remove')));
}

async function drop(user, refresh) {
  if (!(await confirm(t('people.remove.ask', { name: user.name }), { danger: true, action: t('remove') }))) return;
  try {
    await remove(`users/${user.id}`);
    toast(t('removed'), 'good');
    await refresh();
  } catch (error) {
    toast(explain(error), 'bad');
  }
}

async function whole(path, signal) {
  const found = [];
  for await (const items of all(path, { limit: 500 }, signal)) found.push(...items);
  return found;
}

function known(names) {
  return [...new Set(names.filter(Boolean))].sort();
}
