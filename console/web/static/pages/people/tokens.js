// API tokens: on /people those of all, on /account one's own.

import { all, post, remove } from '../../core/api.js';
import { confirm, open } from '../../core/dialog.js';
import { h, icon } from '../../core/dom.js';
import { form, multi, number, select, text } from '../../core/form.js';
import { may, me } from '../../core/session.js';
import { table } from '../../core/table.js';
import { explain, t } from '../../core/texts.js';
import { ago, clock, date, now, since } from '../../core/time.js';
import { toast } from '../../core/toast.js';
import { tellOnce } from './secret.js';

const AREAS = ['cameras', 'pictures', 'alerts', 'rules', 'receivers', 'statistics', 'models', 'system', 'people', 'privacy'];
const ROLES = ['viewer', 'operator', 'admin'];

/** The section with its table. `users`: asks for all users, where tokens of others may be made; else of oneself only. */
export async function tokens({ signal, users = null }) {
  const rows = table(columns(refresh), await own(users, signal), { caption: t('people.tokens'), empty: t('people.tokens.none') });
  async function refresh() {
    rows.show(await own(users, signal));
  }
  const add = async () => addToken(users ? (await users()).map((user) => user.name) : [me().name], refresh);
  const adder = h('button', { type: 'button', class: 'button', on: { click: add } }, icon('add'), t('people.tokens.add'));
  return h('section', { class: 'tokens' }, h('div', { class: 'head' }, h('h2', {}, t('people.tokens')), h('div', { class: 'push' }, adder)),
    h('p', { class: 'muted' }, t('people.tokens.about')), rows);
}

async function own(users, signal) {
  const found = [];
  for await (const items of all('tokens', { limit: 500 }, signal)) found.push(...items);
  return users ? found : found.filter((token) => token.user === me().name);
}

function columns(refresh) {
  return [
    { label: t('people.tokens.name'), head: true, cell: (token) => token.name },
    { label: t('people.tokens.user'), cell: (token) => h('span', { class: 'chips' }, token.user, token.role && h('span', { class: 'chip' }, t('people.tokens.atmost', { role: t(`role.${token.role}`) }))) },
    { label: t('people.tokens.scopes'), cell: scopes },
    { label: t('people.tokens.used'), cell: (token) => (token.used_at ? h('span', { title: clock(token.used_at) }, ago(since(token.used_at))) : h('span', { class: 'muted' }, t('people.tokens.never'))) },
    { label: t('people.tokens.expires'), cell: expiry },
    { label: t('people.actions'), class: 'actions', cell: (token) => h('button', { type: 'button', class: 'button', 'aria-label': t('people.tokens.revoke.of', { name: token.name }), on: { click: () => revoke(token, refresh) } }, t('people.tokens.revoke')) },
  ];
}

function scopes(token) {
  if (!token.scopes.length) return h('span', { class: 'muted' }, t('people.tokens.everything'));
  return h('span', { class: 'chips' }, token.scopes.map((scope) => h('span', { class: 'chip' }, words(scope))));
}

function words(scope) {
  const [area, read] = scope.split(':');
  return t(read ? 'people.scope.read' : 'people.scope.write', { area: t(`people.area.${area}`) });
}

function expiry(token) {
  const isOver = Date.parse(token.expires_at) <= now();
  return isOver ? h('span', { class: 'chip chip-stale' }, icon('clock'), t('people.tokens.expired')) : h('span', { class: 'people-date', title: clock(token.expires_at) }, date(token.expires_at));
}

async function addToken(names, done) {
  const roles = ROLES.filter(may);
  const areas = multi({ name: 'areas', label: t('people.tokens.scopes'), hint: t('people.tokens.scopes.hint'), options: AREAS.map((area) => [area, t(`people.area.${area}`)]) });
  const reading = select({ name: 'reading', label: t('people.tokens.reading'), value: true, options: [[true, t('people.tokens.reading.only')], [false, t('people.tokens.reading.not')]] });
  const close = open(t('people.tokens.add'), form({
    fields: [
      text({ name: 'name', label: t('people.tokens.name'), hint: t('people.tokens.name.hint'), required: true, maxlength: 100, autofocus: true }),
      ...(names.length > 1 ? [select({ name: 'user', label: t('people.tokens.user'), value: me().name, options: names })] : []),
      areas, reading,
      select({ name: 'role', label: t('people.tokens.role'), value: null, options: [[null, t('people.tokens.role.own')], ...roles.map((role) => [role, t(`role.${role}`)])] }),
      number({ name: 'days', label: t('people.tokens.days'), unit: t('people.tokens.days.unit'), value: 90, min: 1, max: 3650, step: 1, required: true }),
    ],
    submit: t('people.tokens.create'),
    cancel: () => close(),
    onSubmit: async ({ areas: wanted, reading: isReading, ...values }) => {
      const made = await post('tokens', { ...values, scopes: wanted.map((area) => (isReading ? `${area}:read` : area)) });
      close();
      tellOnce(t('people.tokens.made', { name: made.name }), made.token, t('people.tokens.tell'));
      await done();
    },
  }));
}

async function revoke(token, done) {
  if (!(await confirm(t('people.tokens.revoke.ask', { name: token.name }), { danger: true, action: t('people.tokens.revoke') }))) return;
  try {
    await remove(`tokens/${token.id}`);
    toast(t('people.tokens.revoked', { name: token.name }), 'good');
    await done();
  } catch (error) {
    toast(explain(error), 'bad');
  }
}
