// Where in a video somebody wore no mask, or wore it wrongly: a bar for each label, and each stretch as a button.

import { h } from '../../core/dom.js';
import { label, t } from '../../core/texts.js';

const LABELS = ['no_mask', 'mask_incorrect'];
const MOST_THUMBNAILS = 12;

/** `film`: see player.js; its pictures stand at the beginning of each stretch. */
export function timeline(segments, seconds, film) {
  const lanes = LABELS.map((name) => h('div', { class: 'try-lane' }, segments.filter((one) => one.label === name).map((one) => stretch(one, seconds, film))));
  return h('section', { class: 'stack' },
    h('h3', {}, t('try.video.timeline')),
    h('div', { class: 'try-timeline', 'aria-hidden': 'true' }, lanes, h('div', { class: 'row small muted' }, minutes(0), h('span', { class: 'push' }, minutes(seconds)))),
    h('ul', { class: 'try-stretches' }, segments.map((one, place) => h('li', {}, entry(one, film, place < MOST_THUMBNAILS)))));
}

function stretch(segment, seconds, film) {
  const element = h('span', { class: `try-stretch try-bar-${segment.label}`, on: { click: () => film.seek(segment.start_seconds) } });
  element.style.setProperty('--from', segment.start_seconds / seconds);
  element.style.setProperty('--share', Math.max(0.004, (segment.end_seconds - segment.start_seconds) / seconds));
  return element;
}

function entry(segment, film, isPictured) {
  const values = { label: label(segment.label), from: minutes(segment.start_seconds), to: minutes(segment.end_seconds) };
  const picture = isPictured && film.thumbnail((segment.start_seconds + segment.end_seconds) / 2);
  return h('button', { type: 'button', class: 'try-entry', on: { click: () => film.seek(segment.start_seconds) } },
    picture, h('span', { class: 'row' }, h('span', { class: `line line-${segment.label}`, 'aria-hidden': 'true' }), t('try.video.segment', values)));
}

/** 75.4 -> "1:15". */
export function minutes(seconds) {
  const whole = Math.floor(seconds);
  const two = (part) => String(part).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  return `${hours ? `${hours}:${two(Math.floor(whole / 60) % 60)}` : Math.floor(whole / 60)}:${two(whole % 60)}`;
}
