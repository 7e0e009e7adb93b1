// /audit: who did what, and who looked at whose pictures.

import { all, get, url } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { dateTime, select, text } from '../../core/form.js';
import { link, setQuery } from '../../core/router.js';
import { table } from '../../core/table.js';
import { has, number, t } from '../../core/texts.js';
import { clock } from '../../core/time.js';

export const title = 'audit.title';

const PAGE = 50;
const ACTIONS = ['look', 'log_in', 'log_out', 'add_camera', 'change_camera', 'remove_camera', 'import_sheet', 'add_rule', 'change_rule', 'remove_rule', 'add_receiver',
  'change_receiver', 'remove_receiver', 'add_silence', 'end_silence', 'acknowledge', 'snooze', 'write_note', 'mark_false_positive', 'alert_feedback', 'face_feedback',
  'add_user', 'change_user', 'remove_user', 'add_token', 'remove_token', 'change_password', 'request_erasure', 'promote_model', 'rollback_model'];

export default async function show(root, { query, signal }) {
  const [cameras, users] = await Promise.all([whole('cameras', signal), whole('users', signal)]);
  const names = new Map([...cameras, ...users].map((one) => [one.id, one.name]));
  const place = h('div');
  const filters = fields(query, cameras, users);
  const exporter = h('a', { class: 'button', download: '' }, icon('download'), t('audit.csv'));
  const asked = () => ({ by: filters.by.value, action: filters.action.value, camera: filters.camera.value, after: filters.after.value, before: filters.before.value });
  async function refresh() {
    setQuery(asked());
    exporter.href = url('audit', { ...asked(), format: 'csv' });
    const pages = all('audit', { ...asked(), limit: PAGE }, signal);
    const { value: first } = await pages.next();
    const more = first.length === PAGE ? pages : null;
    put(place, table(columns(names), first, { caption: t('audit.title'), empty: t('audit.none'), more }));
  }
  const form = h('form', { class: 'filters', 'aria-label': t('audit.filters'), on: { change: refresh, submit: (event) => event.preventDefault() } }, Object.values(filters));
  put(root, h('div', { class: 'head' }, h('h1', { class: 'title' }, t('audit.title')), h('div', { class: 'push' }, exporter)),
    h('p', { class: 'muted audit-about' }, t('audit.about')), form, place);
  await refresh();
}

function fields(query, cameras, users) {
  const given = (name) => query.get(name) ?? '';
  const known = (name, options) => (given(name) && !options.some(([value]) => value === given(name)) ? [...options, [given(name), given(name)]] : options);
  return {
    by: select({ name: 'by', label: t('audit.by'), value: given('by'), options: known('by', [['', t('audit.anybody')], ...users.map((user) => [user.name, user.name]), ['command line', t('audit.commandline')]]) }),
    action: select({ name: 'action', label: t('audit.action'), value: given('action'), options: known('action', [['', t('audit.anything')], ...ACTIONS.map((action) => [action, words(action)])]) }),
    camera: select({ name: 'camera', label: t('audit.camera'), value: given('camera'), options: known('camera', [['', t('audit.anywhere')], ...cameras.map((camera) => [camera.id, camera.name])]) }),
    after: dateTime({ name: 'after', label: t('audit.after'), value: query.get('after') }),
    before: dateTime({ name: 'before', label: t('audit.before'), value: query.get('before') }),
  };
}

function columns(names) {
  return [
    { label: t('audit.at'), class: 'audit-at', cell: (one) => [clock(one.at), one.count > 1 && one.until && h('div', { class: 'small muted' }, t('audit.until', { time: clock(one.until) }))] },
    { label: t('audit.by'), head: true, cell: (one) => [one.by === 'command line' ? t('audit.commandline') : one.by || h('span', { class: 'muted' }, t('audit.unknown')), one.token && h('div', { class: 'small muted' }, t('audit.token', { name: one.token }))] },
    { label: t('audit.action'), cell: (one) => h('span', { class: 'chips' }, words(one.action), one.count > 1 && h('span', { class: 'chip' }, t('audit.times', { count: number(one.count) }))) },
    { label: t('audit.target'), cell: (one) => target(one, names) },
    { label: t('audit.fields'), cell: (one) => one.fields.length > 0 && h('span', { class: 'small' }, one.fields.join(', ')) },
    { label: t('audit.result'), cell: result },
    { label: t('audit.address'), class: 'audit-from', cell: (one) => h('span', { class: 'small mono' }, one.address) },
  ];
}

/** What was done, in words where we have some. */
function words(action) {
  const key = `audit.action.${action}`;
  return has(key) ? t(key) : action.replaceAll('_', ' ');
}

const PAGES = { cameras: (id) => `/cameras/${id}`, alerts: (id) => `/alerts/${id}`, rules: (id) => `/rules/${id}` };

function target({ target: named, camera_id: camera }, names) {
  if (names.has(camera)) return link(`/cameras/${camera}`, names.get(camera));
  const [kind, id] = named.split('/');
  if (kind === 'users' && names.has(id)) return link('/people', names.get(id));
  return id && PAGES[kind] && !/^(test|import|discover|check)$/.test(id) ? link(PAGES[kind](id), { class: 'small' }, named) : h('span', { class: 'small' }, named);
}

function result({ status }) {
  const isDone = status < 400;
  return h('span', { class: ['chip', isDone ? 'chip-good' : 'chip-bad'], title: String(status) }, icon(isDone ? 'check' : 'error'),
    isDone ? t('audit.done') : t(status >= 500 ? 'audit.failed' : 'audit.refused'));
}

async function whole(path, signal) {
  const found = [];
  let cursor;
  do {
    const page = await get(path, { limit: 500, cursor }, signal);
    found.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return found;
}
