// The fields of a camera, for the wizard and for editing alike.

import { h, put } from '../../core/dom.js';
import { checkbox, number as numberField, schedule, tags, text } from '../../core/form.js';
import { may } from '../../core/session.js';
import { t } from '../../core/texts.js';

/** What the API takes when nothing else is said. */
export const NEW = Object.freeze({
  name: '', url: '', username: null, interval_seconds: 5, weight: 1, site: '', location: '', tags: [], enabled: true, zones: [],
  min_face_px: 0, schedule: null, retention_days: 30, blur_faces: false,
});

/** Whether somebody is here who may only look: then the page says so. The server refuses them as well. */
export function isBarred(root, heading) {
  if (may('admin')) return false;
  put(root, h('h1', { class: 'title' }, heading), h('p', { class: 'form-error', role: 'alert' }, t('error.not_allowed')));
  return true;
}

/** The address and who may look. `isSaved`: an empty password keeps the one that is saved. */
export function addressFields(camera) {
  return [
    text({ name: 'url', label: t('cameras.url'), hint: t('cameras.url.hint'), value: camera.url, required: true, spellcheck: 'false', autocapitalize: 'none', maxlength: '2000' }),
    text({ name: 'username', label: t('cameras.username'), value: camera.username, spellcheck: 'false', autocapitalize: 'none', maxlength: '200' }),
    text({ name: 'password', label: t('cameras.password'), hint: camera.has_password ? t('cameras.password.kept') : t('cameras.password.hint'), value: camera.password, type: 'password', autocomplete: 'new-password', maxlength: '200' }),
  ];
}

/** Where it hangs. `known`: the cameras that there are, for proposals. */
export function placeFields(camera, known) {
  return [
    text({ name: 'name', label: t('cameras.name'), value: camera.name, required: true, maxlength: '100' }),
    proposed('site', t('cameras.site'), t('cameras.site.hint'), camera.site, known.map((one) => one.site)),
    text({ name: 'location', label: t('cameras.location'), hint: t('cameras.location.hint'), value: camera.location, maxlength: '200' }),
    tags({ name: 'tags', label: t('cameras.tags'), value: camera.tags, known: unique(known.flatMap((one) => one.tags)) }),
  ];
}

/** How often and when. */
export function paceFields(camera) {
  return [
    numberField({ name: 'interval_seconds', label: t('cameras.interval'), hint: t('cameras.interval.hint'), value: camera.interval_seconds, min: '0.5', max: '3600', required: true, unit: t('cameras.unit.seconds') }),
    numberField({ name: 'weight', label: t('cameras.weight'), hint: t('cameras.weight.hint'), value: camera.weight, min: '0.01', max: '100', required: true }),
    schedule({ name: 'schedule', label: t('cameras.schedule'), value: camera.schedule }),
  ];
}

/** Whose faces count, and what is kept of them. */
export function privacyFields(camera) {
  return [
    numberField({ name: 'min_face_px', label: t('cameras.min_face'), hint: t('cameras.min_face.hint'), value: camera.min_face_px, min: '0', max: '10000', step: '1', required: true, unit: t('cameras.unit.pixels') }),
    numberField({ name: 'retention_days', label: t('cameras.retention'), hint: t('cameras.retention.hint'), value: camera.retention_days, min: '1', max: '3650', step: '1', required: true, unit: t('cameras.unit.days') }),
    checkbox({ name: 'blur_faces', label: t('cameras.blur'), hint: t('cameras.blur.hint'), value: camera.blur_faces }),
  ];
}

/**
 * Of the form's values those that the API takes: an empty user is none, an empty password is not sent, and a login
 * inside the address goes to its own fields before it is shown again.
 */
export function sent(values) {
  const fields = { ...values };
  const [, scheme, login, rest] = /^(\w+:\/\/)([^/?#]*)@(.*)$/.exec(fields.url?.trim() ?? '') ?? [];
  if (login) {
    const [username, ...password] = login.split(':');
    Object.assign(fields, { url: scheme + rest, username: decoded(username) });
    if (password.length) fields.password = decoded(password.join(':'));
  }
  if ('username' in fields) fields.username = fields.username?.trim() || null;
  if (!fields.password) delete fields.password;
  return fields;
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a % that encodes nothing
  }
}

/** What of a form concerns one thing, under a heading. */
export function section(heading, fields, about) {
  return h('section', { class: 'panel pad stack camera-section' }, h('h2', {}, heading), about && h('p', { class: 'hint' }, about), fields);
}

function proposed(name, label, hint, value, known) {
  const list = h('datalist', { id: `known-${name}` }, unique(known).map((one) => h('option', { value: one })));
  const made = text({ name, label, hint, value, list: list.id, maxlength: '200' });
  made.element.append(list);
  return made;
}

function unique(words) {
  return [...new Set(words.filter(Boolean))].sort((one, other) => one.localeCompare(other));
}
