// Pictures to results: each with its boxes, its faces, where the time went, and the JSON.

import { send } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { picture } from '../../core/picture.js';
import { number, percent, t, label } from '../../core/texts.js';
import { json } from './json.js';

const STAGES = ['decode', 'detect', 'classify', 'fit'];

/** Show what the models see in `pictures`: [{name, blob}]. */
export async function look(stage, pictures, options, signal) {
  put(stage, h('p', { class: 'empty' }, icon('waiting'), t('try.looking')));
  const form = new FormData();
  pictures.forEach(({ name, blob }) => form.append('images', blob, name));
  const began = performance.now();
  const { results } = await send('POST', 'try', { query: options.query(), form, signal });
  const spent = performance.now() - began;
  const addresses = pictures.map(({ blob }) => URL.createObjectURL(blob));
  signal.addEventListener('abort', () => addresses.forEach((one) => URL.revokeObjectURL(one)));
  put(stage, results.map((result, place) => card(result, { ...pictures[place], src: addresses[place], spent, landmarks: options.landmarks() })));
}

function card(result, { name, src, spent, landmarks }) {
  const { faces, width, height, error } = result;
  const head = h('h2', {}, name);
  if (error) return h('article', { class: 'panel pad stack' }, head, h('p', { class: 'form-error' }, error));
  return h('article', { class: 'panel try-card' }, picture({ src, alt: name, faces, width, height, landmarks }),
    h('div', { class: 'pad stack' }, head, facesList(faces), facts(result, spent), json({ ...result, source: name }, name)));
}

/** What is said of each face, in words and shares. */
export function facesList(faces) {
  if (!faces.length) return h('p', {}, t('try.faces.none'));
  return [h('h3', {}, t.n('try.faces', faces.length)), h('ol', { class: 'try-faces' }, faces.map(faceRow))];
}

function faceRow(face, place) {
  const parts = face.uncovered.map((part) => t(`uncovered.${part}`)).join(t('comma'));
  return h('li', {},
    h('div', { class: 'row' }, h('span', { class: `line line-${face.label}`, 'aria-hidden': 'true' }),
      h('strong', {}, `${t('try.face', { number: place + 1 })}: ${label(face.label)}`),
      h('span', { class: 'muted small push' }, t('try.found', { score: number(face.score) }))),
    h('ul', { class: 'try-shares' }, Object.entries(face.probabilities).map(([name, share]) => h('li', {},
      h('span', { class: 'small' }, label(name)), meter(share, name), h('span', { class: 'numeric small' }, percent(share, 0))))),
    h('p', { class: 'muted small' }, parts ? t('try.uncovered', { parts }) : t('try.uncovered.none')));
}

function meter(share, name) {
  const bar = h('span', { class: `try-bar try-bar-${name}` });
  bar.style.setProperty('--share', share);
  return h('span', { class: 'try-meter', 'aria-hidden': 'true' }, bar);
}

/** Where the time went, and who looked. */
export function facts(result, spent) {
  const stages = STAGES.filter((stage) => stage in result.timings_ms).map((stage) => [t(`try.timings.${stage}`), result.timings_ms[stage]]);
  const times = [...stages, [t('try.timings.there'), spent]];
  const models = Object.values(result.model).filter(Boolean).join(t('comma'));
  return h('dl', { class: 'facts' }, times.map(([name, ms]) => h('div', {}, h('dt', {}, name), h('dd', {}, t('try.ms', { ms: number(ms, 0) })))),
    h('div', {}, h('dt', {}, t('try.models')), h('dd', { class: 'mono' }, models)));
}
