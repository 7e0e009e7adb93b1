// /account: one's own password, where one is logged in, one's own tokens.

import { get, post, remove } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { form, text } from '../../core/form.js';
import { preferences } from '../../core/preferences.js';
import { me } from '../../core/session.js';
import { table } from '../../core/table.js';
import { explain, t } from '../../core/texts.js';
import { ago, clock, since } from '../../core/time.js';
import { toast } from '../../core/toast.js';
import { tokens } from '../people/tokens.js';

export const title = 'account.title';

export default async function show(root, { signal }) {
  const { items } = await get('me/sessions', {}, signal);
  const rows = table(columns(refresh), items, { caption: t('account.sessions'), empty: t('account.sessions.none') });
  async function refresh() {
    rows.show((await get('me/sessions', {}, signal)).items);
  }
  put(root, h('div', { class: 'head' }, h('h1', { class: 'title' }, t('account.title'))),
    h('div', { class: 'columns' }, who(), password(refresh)),
    h('section', { class: 'account-sessions' }, h('h2', {}, t('account.sessions')), h('p', { class: 'muted' }, t('account.sessions.about')), rows),
    await tokens({ signal }));
}

function who() {
  const { name, role, sites, tags, is_limited: isLimited } = me();
  return h('section', { class: 'panel pad stack' }, h('h2', {}, name), h('dl', { class: 'facts' },
    fact('account.role', t(`role.${role}`)),
    fact('account.reach', isLimited ? [...sites, ...tags].join(', ') : t('account.reach.all'))),
  h('h3', {}, t('account.browser')), preferences());
}

function fact(key, words) {
  return h('div', {}, h('dt', {}, t(key)), h('dd', {}, words));
}

function password(refresh) {
  const limits = { type: 'password', required: true, maxlength: 1000 };
  const entry = form({
    fields: [
      h('input', { type: 'text', name: 'username', value: me().name, autocomplete: 'username', hidden: true, readonly: true, tabindex: '-1' }), // for password managers
      text({ name: 'old', label: t('account.password.old'), autocomplete: 'current-password', ...limits }),
      text({ name: 'new', label: t('account.password.new'), hint: t('account.password.hint'), autocomplete: 'new-password', minlength: 8, ...limits }),
      text({ name: 'again', label: t('account.password.again'), autocomplete: 'new-password', ...limits }),
    ],
    submit: t('account.password.change'),
    onSubmit: async (values) => {
      if (values.new !== values.again) {
        entry.fields.again.error(t('account.password.differ'));
        entry.fields.again.focus();
        return;
      }
      await post('me/password', { old: values.old, new: values.new });
      for (const one of Object.values(entry.fields)) one.value = '';
      toast(t('account.password.changed'), 'good');
      await refresh();
    },
  });
  return h('section', { class: 'panel pad stack' }, h('h2', {}, t('account.password')), entry);
}

function columns(refresh) {
  return [
    { label: t('account.from'), head: true, cell: (one) => h('span', { class: 'chips' }, one.address || t('account.from.unknown'), one.is_current && h('span', { class: 'chip chip-good' }, icon('check'), t('account.here'))) },
    { label: t('account.began'), cell: (one) => clock(one.created_at) },
    { label: t('account.used'), cell: (one) => ago(since(one.used_at)) },
    { label: t('account.until'), cell: (one) => clock(one.expires_at) },
    { label: t('account.actions'), class: 'actions', cell: (one) => !one.is_current && h('button', { type: 'button', class: 'button', on: { click: () => end(one, refresh) } }, icon('logout'), t('account.end')) },
  ];
}

async function end(session, refresh) {
  try {
    await remove(`me/sessions/${session.id}`);
    toast(t('account.ended'), 'good');
    await refresh();
  } catch (error) {
    toast(explain(error), 'bad');
  }
}
