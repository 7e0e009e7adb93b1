// Adding and changing a user.

import { patch, post } from '../../core/api.js';
import { open } from '../../core/dialog.js';
import { form, select, tags, text } from '../../core/form.js';
import { t } from '../../core/texts.js';
import { toast } from '../../core/toast.js';
import { tellOnce } from './secret.js';

const ROLES = ['viewer', 'operator', 'admin'];
const PASSWORD = { type: 'password', autocomplete: 'new-password', minlength: 8, maxlength: 1000 };

/** Ask for a new user; `places`: {sites, tags} that cameras have. */
export function addUser(places, done) {
  const close = open(t('people.add'), form({
    fields: [
      text({ name: 'name', label: t('people.name'), required: true, maxlength: 100, autofocus: true }),
      ...rights({ role: 'viewer', sites: [], tags: [] }, places),
      text({ name: 'password', label: t('people.password'), hint: t('people.password.made'), ...PASSWORD }),
    ],
    submit: t('people.create'),
    cancel: () => close(),
    onSubmit: async ({ password, ...values }) => {
      const made = await post('users', { ...values, password: password || null });
      close();
      if (made.password) tellOnce(t('people.password.of', { name: made.name }), made.password, t('people.password.tell'));
      else toast(t('people.added', { name: made.name }), 'good');
      await done();
    },
  }));
}

/** Ask what is to be changed of a user. */
export function changeUser(user, places, done) {
  const password = user.has_password && text({ name: 'password', label: t('people.password.new'), hint: t('people.password.stays'), ...PASSWORD });
  const close = open(t('people.edit', { name: user.name }), form({
    fields: [...rights(user, places), ...(password ? [password] : [])],
    cancel: () => close(),
    onSubmit: async ({ password: given, ...values }) => {
      await patch(`users/${user.id}`, given ? { ...values, password: given } : values);
      close();
      toast(t('people.changed', { name: user.name }), 'good');
      await done();
    },
  }));
}

function rights(user, places) {
  return [
    select({ name: 'role', label: t('people.role'), hint: t('people.role.hint'), value: user.role, options: ROLES.map((role) => [role, t(`role.${role}`)]) }),
    tags({ name: 'sites', label: t('people.sites'), hint: t('people.sites.hint'), value: user.sites, known: places.sites }),
    tags({ name: 'tags', label: t('people.tags'), hint: t('people.tags.hint'), value: user.tags, known: places.tags }),
  ];
}
