// /cameras/{id}/edit: all fields of a camera at once, with a test and its zones on the newest picture.

import { all, get, patch, remove, url } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { confirm } from '../../core/dialog.js';
import { checkbox, form } from '../../core/form.js';
import { navigate } from '../../core/router.js';
import { t } from '../../core/texts.js';
import { iso, now } from '../../core/time.js';
import { toast } from '../../core/toast.js';
import { zones } from '../../core/zones.js';
import { findOut, stillOf } from './finding.js';
import { addressFields, isBarred, paceFields, placeFields, privacyFields, section, sent } from './settings.js';

export const title = 'cameras.edit.title';

export default async function show(root, { params, signal }) {
  if (isBarred(root, t(title))) return;
  const camera = await get(`cameras/${params.id}`, {}, signal);
  const [still, known] = await Promise.all([newest(camera, signal), everyCamera(signal)]);
  const enabled = checkbox({ name: 'enabled', label: t('cameras.enabled'), hint: t('cameras.enabled.hint'), value: camera.enabled });
  const parts = {
    place: [...placeFields(camera, known), enabled], address: addressFields(camera), pace: paceFields(camera), privacy: privacyFields(camera),
  };
  const drawn = zones({ name: 'zones', label: t('cameras.zones'), value: camera.zones, still });
  const edited = form({
    fields: [...Object.values(parts).flat(), drawn], submit: t('save'), cancel: () => navigate(`/cameras/${camera.id}`),
    onSubmit: (values) => save(camera, values),
  });
  const sections = Object.fromEntries(Object.entries(parts).map(([name, fields]) => [name, section(t(`cameras.section.${name}`), fields)]));
  sections.address.append(tester(camera, drawn, edited, signal));
  edited.element.prepend(h('div', { class: 'columns' }, sections.place, sections.address),
    h('section', { class: 'panel pad' }, drawn), h('div', { class: 'columns' }, sections.pace, sections.privacy));
  put(root, head(camera), edited);
}

function head(camera) {
  return h('div', { class: 'head' }, h('h1', { class: 'title' }, t('cameras.edit', { name: camera.name })),
    h('button', { type: 'button', class: 'button push', on: { click: () => drop(camera) } }, icon('remove'), t('cameras.remove')));
}

async function save(camera, values) {
  const fields = sent(values);
  const changes = Object.fromEntries(Object.entries(fields).filter(([name, value]) => plain(value) !== plain(camera[name])));
  if (fields.username === null && camera.username) changes.password = null; // a password without a user is nobody's
  if (!Object.keys(changes).length) {
    toast(t('cameras.unchanged'));
    await navigate(`/cameras/${camera.id}`);
    return;
  }
  const since = iso(new Date(now()));
  await patch(`cameras/${camera.id}`, changes);
  await navigate(`/cameras/${camera.id}?since=${encodeURIComponent(since)}`);
}

/** The same text for what means the same, in whatever order its fields come. */
function plain(value) {
  const sorted = (_, one) => (one?.constructor === Object ? Object.fromEntries(Object.entries(one).sort()) : one);
  return JSON.stringify(value, sorted);
}

async function drop(camera) {
  const sure = await confirm(t('cameras.remove.detail'), { danger: true, action: t('cameras.remove'), title: t('cameras.remove.title', { name: camera.name }) });
  if (!sure) return;
  await remove(`cameras/${camera.id}`);
  toast(t('cameras.removed', { name: camera.name }), 'good');
  await navigate('/cameras');
}

/** The button that tests what stands in the form, saved or not. */
function tester(camera, drawn, edited, signal) {
  const place = h('div', { class: 'finding-place', 'aria-live': 'polite' });
  const button = h('button', { type: 'button', class: 'button', on: { click: run } }, icon('play'), t('cameras.test'));
  async function run() {
    button.disabled = true;
    try {
      const { url: address, username, password, interval_seconds } = sent(edited.values());
      const finding = await findOut(`cameras/${camera.id}/test`, { url: address, username, interval_seconds, ...(password && { password }) }, place, signal);
      if (finding.ok) drawn.show(stillOf(finding));
    } catch (error) {
      if (error.name !== 'AbortError') edited.fail(error);
    }
    button.disabled = false;
  }
  return h('div', { class: 'stack' }, h('div', { class: 'row' }, button), place);
}

/** The newest picture to draw on; null before the first. */
async function newest(camera, signal) {
  const status = await get(`cameras/${camera.id}/status`, {}, signal);
  if (!status.snapshot_id) return null;
  const { width, height } = await get(`snapshots/${status.snapshot_id}`, {}, signal);
  return { src: url(`snapshots/${status.snapshot_id}/image.jpg`), alt: t('cameras.newest', { name: camera.name }), width, height };
}

async function everyCamera(signal) {
  const found = [];
  for await (const page of all('cameras', { limit: 500 }, signal)) found.push(...page);
  return found;
}
