// /cameras/{id}: everything about one camera: what it sees now, what it saw, how well it was watched.

import { get } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { on } from '../../core/live.js';
import { link } from '../../core/router.js';
import { may } from '../../core/session.js';
import { chip, reason, stateOf, stretched } from '../../core/sight.js';
import { glimpse } from '../../core/sights.js';
import { number, percent, t } from '../../core/texts.js';
import { ago, every, since, span } from '../../core/time.js';
import { effect } from './effect.js';
import { coverage } from './coverage.js';
import { look } from './look.js';
import { related } from './related.js';
import { strip } from './strip.js';

export const title = 'camera.title';

const TICK_MS = 1000;

export default async function show(root, { params, query, signal }) {
  const path = `cameras/${params.id}`;
  const early = glimpse(params.id);
  if (early) put(root, head({ id: params.id, name: early.name }, { chip: chip(stateOf(early)), age: null })); // who clicks sees at once what
  const [camera, status] = await Promise.all([get(path, {}, signal), get(`${path}/status`, {}, signal)]);
  document.title = `${camera.name} · ${t('app')}`;
  const standing = { chip: h('span'), age: h('span', { class: 'muted' }), why: h('div', { class: 'camera-why', 'aria-live': 'polite' }) };
  const picture = look(camera, signal);
  const past = strip(camera, signal);
  const facts = h('dl', { class: 'camera-facts' });
  let sight = status;
  let said = '';
  const tell = () => {
    const shownAt = picture.shownAt(); // not of the newest picture: of the one that stands there
    const state = stateOf(sight, shownAt);
    if (said !== state + sight.code) { // what is read out is drawn again only when it changes
      said = state + sight.code;
      put(standing.chip, chip(state));
      put(standing.why, whyOf(sight, state));
      picture.mark(state);
    }
    standing.age.textContent = shownAt ? t('camera.age', { ago: ago(since(shownAt)) }) : '';
  };
  put(root, head(camera, standing), effect(camera, query.get('since'), signal), standing.why,
    h('div', { class: 'camera-main' }, picture, h('aside', { class: 'panel pad stack camera-side' }, h('h2', {}, t('camera.facts')), facts)),
    past, coverage(camera, signal), related(camera, signal));
  put(facts, factsOf(camera, sight, status.coverage_last_hour));
  await picture.show(sight.snapshot_id);
  tell();
  on('camera', (told) => {
    if (told.camera_id !== camera.id) return;
    sight = told;
    tell();
    put(facts, factsOf(camera, sight, status.coverage_last_hour));
  }, signal);
  on('prediction', async (told) => {
    if (told.camera_id !== camera.id) return;
    await picture.take(told);
    tell();
  }, signal);
  every(TICK_MS, tell, signal);
}

function head(camera, { chip, age }) {
  return h('div', { class: 'head' }, link('/cameras', { class: 'icon-button', 'aria-label': t('camera.all'), title: t('camera.all') }, icon('back')),
    h('h1', { class: 'title' }, camera.name), chip, age,
    may('admin') && link(`/cameras/${camera.id}/edit`, { class: 'button push' }, icon('edit'), t('edit')));
}

/** While it is not well: what is wrong since when, and what can be done. */
function whyOf(sight, state) {
  const words = reason(sight, state) || stretched(sight);
  if (!words) return null;
  const kind = state === 'down' ? 'notice-bad' : ['paused', 'disabled'].includes(state) ? '' : 'notice-warn';
  const isLasting = sight.since && ['down', 'degraded'].includes(state);
  return h('div', { class: ['notice', kind] }, icon(state === 'paused' ? 'moon' : 'warning'), h('div', {},
    h('p', { class: 'strong' }, words), isLasting && h('p', { class: 'small' }, t('sight.since', { span: span(since(sight.since)) }))));
}

function factsOf(camera, sight, coverage) {
  const isStretched = sight.effective_interval_seconds > 1.01 * camera.interval_seconds;
  const rows = [
    ['place', [camera.site, camera.location].filter(Boolean).join(' · ')],
    ['tags', camera.tags.join(t('comma'))],
    ['url', h('span', { class: 'mono' }, camera.url)],
    ['interval', t('camera.every', { seconds: number(camera.interval_seconds) })],
    ['effective', isStretched && h('span', { class: 'camera-stretched' }, t('camera.every', { seconds: number(sight.effective_interval_seconds, 1) }))],
    ['coverage', percent(coverage)],
    ['zones', camera.zones.map((zone) => `${zone.name} (${t(`zones.${zone.mode}`)})`).join(t('comma')) || t('camera.zones.none')],
    ['min_face', camera.min_face_px && t('camera.pixels', { pixels: number(camera.min_face_px) })],
    ['retention', t.n('camera.days', camera.retention_days)],
    ['blur', t(camera.blur_faces ? 'yes' : 'no')],
    ['grabber', sight.grabber],
  ];
  return rows.filter(([, value]) => value).map(([name, value]) => [h('dt', {}, t(`camera.fact.${name}`)), h('dd', {}, value)]);
}
