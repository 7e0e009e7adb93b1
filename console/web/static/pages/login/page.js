// /login: a name and a password, then back to where one wanted to go.

import { get, post, url } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { form, text } from '../../core/form.js';
import { preferences } from '../../core/preferences.js';
import { explain, t } from '../../core/texts.js';

export const title = 'login.title';
export const bare = true;

export default async function show(root, { query, signal }) {
  const target = safe(query.get('next'));
  const entry = form({
    fields: [
      text({ name: 'name', label: t('login.name'), required: true, autofocus: true, autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false' }),
      text({ name: 'password', label: t('login.password'), type: 'password', required: true, autocomplete: 'current-password' }),
    ],
    submit: t('login.submit'),
    onSubmit: async (values) => {
      await post('login', values, signal);
      location.replace(target); // loaded anew: nothing of an earlier session is left in the page
    },
  });
  const elsewhere = h('div', { class: 'login-elsewhere' });
  root.append(h('main', { class: 'login' }, h('div', { class: 'login-card panel' },
    h('h1', { class: 'login-title' }, h('img', { src: '/assets/logo.svg', alt: '', width: '36', height: '36' }), t('app')),
    refusal(query.get('error')), entry, elsewhere, h('p', { class: 'hint' }, t('login.hint'))), preferences()));
  if (document.cookie.includes('maskwatch_csrf=') && await get('me', {}, signal).catch(() => null)) location.replace(target);
  const { oidc } = await get('login', {}, signal);
  if (oidc) put(elsewhere, h('a', { class: 'button', href: url('login/oidc', { next: target }) }, icon('people'), t('login.elsewhere', { host: oidc })));
}

/** Why the identity provider's word was not enough. */
function refusal(code) {
  return code && h('p', { class: 'form-error', role: 'alert' }, explain({ code, message: '' }));
}

/** A page of ours, never another site. */
function safe(next) {
  const address = new URL(next ?? '/', location.origin);
  return address.origin === location.origin && address.pathname !== '/login' ? address.pathname + address.search : '/';
}
