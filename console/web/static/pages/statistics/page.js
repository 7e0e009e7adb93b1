// /statistics : how masks are worn, over time and by place; each number with what it is a share of.

import { whole } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { fold } from '../../core/fold.js';
import { explain, t } from '../../core/texts.js';
import { clock, every, now } from '../../core/time.js';
import { answer } from './answer.js';
import { controls, keep, read as readChosen } from './controls.js';
import { csvOf, read } from './numbers.js';
import { datesOf } from './range.js';
import { daysText } from './words.js';

export const title = 'statistics.title';

const REFRESH_MS = 60_000;

export default async function show(root, { query, signal }) {
  let chosen = readChosen(query);
  let asking = new AbortController();
  signal.addEventListener('abort', () => asking.abort());
  const cameras = await whole('cameras', {}, signal);
  const asked = h('div');
  const shown = h('div', { class: 'stack statistics-answer' }, h('p', { class: 'muted' }, t('loading')));
  const made = h('p', { class: 'print-only' });
  const csv = h('a', { class: 'button', download: '' }, icon('download'), t('statistics.csv'));

  function choose(what) {
    chosen = { ...chosen, ...what };
    keep(chosen);
  }

  async function load() {
    asking.abort();
    asking = new AbortController();
    const mine = asking.signal;
    const at = now();
    const dates = datesOf(chosen, at);
    putControls(asked, controls(chosen, cameras, dates, (what) => {
      choose(what);
      return load();
    }));
    shown.setAttribute('aria-busy', 'true');
    try {
      draw(await read(chosen, dates, at, mine), at);
    } catch (error) {
      if (!mine.aborted) put(shown, failed(error, load));
    }
    if (!mine.aborted) shown.removeAttribute('aria-busy');
  }

  function draw(found, at) {
    const subtitle = `${daysText(found.span)} (${chosen.zone}) · ${whatOf(chosen, cameras)}`;
    csv.href = csvOf(found.span, chosen, found.step);
    made.textContent = t('statistics.made', { what: subtitle, time: clock(at) });
    put(shown, found.total ? answer(found, chosen, { subtitle, at, onChoose: choose, signal: asking.signal })
      : h('p', { class: 'empty' }, icon('statistics'), t('statistics.empty')));
  }

  put(root, heading(csv), made, fold(t('statistics.controls'), asked), shown);
  await load();
  every(REFRESH_MS, () => (document.hidden || isRead(shown) ? null : load()), signal);
}

function heading(csv) {
  return h('div', { class: 'head' }, h('h1', { class: 'title' }, t('statistics.title')), h('div', { class: 'push row statistics-tools' }, csv,
    h('button', { type: 'button', class: 'button', on: { click: () => window.print() } }, icon('print'), t('statistics.print'))));
}

/** Other controls in place of these; the one that is being used keeps the focus. */
function putControls(place, fresh) {
  const used = place.contains(document.activeElement) ? document.activeElement.name : null;
  put(place, fresh);
  if (used) place.querySelector(`[name="${used}"]`)?.focus({ preventScroll: true });
}

/** Whether somebody reads a number, or has a table open: then nothing is drawn anew. */
function isRead(shown) {
  return shown.contains(document.activeElement) || shown.matches(':hover') || shown.querySelector('details[open]') !== null;
}

function whatOf({ camera, site, zone_name: zone, tag }, cameras) {
  const named = [cameras.find((one) => one.id === camera)?.name, site, zone && t('statistics.in_zone', { zone }), tag && t('statistics.with_tag', { tag })];
  return named.filter(Boolean).join(' · ') || t('statistics.everywhere');
}

function failed(error, again) {
  return h('div', { class: 'stack' }, h('p', { class: 'form-error', role: 'alert' }, explain(error)),
    h('div', {}, h('button', { type: 'button', class: 'button', on: { click: again } }, icon('refresh'), t('again'))));
}
