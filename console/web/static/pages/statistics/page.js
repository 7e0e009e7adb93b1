// /statistics : how masks are worn, over time and by place; each number with what it is a share of.

import { all } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { fold } from '../../core/fold.js';
import { explain, t } from '../../core/texts.js';
import { clock, every, now } from '../../core/time.js';
import { controls, keep, read as readChosen } from './controls.js';
import { csvOf, read } from './numbers.js';
import { overTime } from './over_time.js';
import { places } from './places.js';
import { datesOf } from './range.js';
import { tiles } from './tiles.js';
import { week } from './week.js';
import { daysText } from './words.js';

export const title = 'statistics.title';

const REFRESH_MS = 60_000;

export default async function show(root, { query, signal }) {
  let chosen = readChosen(query);
  let asking = new AbortController();
  signal.addEventListener('abort', () => asking.abort());
  const cameras = await camerasWithin(signal);
  const asked = h('div');
  const answer = h('div', { class: 'stack statistics-answer', 'aria-live': 'off' });
  const made = h('p', { class: 'print-only' });
  const csv = h('a', { class: 'button', download: '' }, icon('download'), t('statistics.csv'));

  function change(what) {
    chosen = { ...chosen, ...what };
    keep(chosen);
    return load();
  }

  async function load() {
    asking.abort();
    asking = new AbortController();
    const mine = asking.signal;
    const at = now();
    const dates = datesOf(chosen, at);
    drawControls(dates);
    answer.setAttribute('aria-busy', 'true');
    try {
      const found = await read(chosen, dates, at, mine);
      if (!mine.aborted) draw(found, at);
    } catch (error) {
      if (!mine.aborted) put(answer, failed(error, load));
    }
    if (!mine.aborted) answer.removeAttribute('aria-busy');
  }

  function drawControls(dates) {
    const focused = asked.contains(document.activeElement) ? document.activeElement.name : null;
    put(asked, controls(chosen, cameras, dates, change));
    if (focused) asked.querySelector(`[name="${focused}"]`)?.focus();
  }

  function draw(found, at) {
    const subtitle = `${daysText(found.span)} (${chosen.zone}) · ${whatOf(chosen, cameras)}`;
    csv.href = csvOf(found.span, chosen, found.step);
    made.textContent = t('statistics.made', { what: subtitle, time: clock(at) });
    if (!found.total) {
      put(answer, h('p', { class: 'empty' }, icon('statistics'), t('statistics.empty')));
      return;
    }
    put(answer, tiles(found), overTime(found, chosen, subtitle, at).map((one) => one.element),
      week(found, chosen, subtitle, (kind) => change({ week: kind })), places(found, chosen, (kind) => change({ places: kind })),
      h('p', { class: 'muted small' }, t('statistics.explained')));
  }

  put(root,
    h('div', { class: 'head' }, h('h1', { class: 'title' }, t('statistics.title')), h('div', { class: 'push row statistics-tools' }, csv,
      h('button', { type: 'button', class: 'button', on: { click: () => window.print() } }, icon('print'), t('statistics.print')))),
    made, fold(t('statistics.controls'), asked), answer);
  put(answer, h('p', { class: 'muted' }, t('loading')));
  await load();
  every(REFRESH_MS, () => (document.hidden || isRead(answer) ? null : load()), signal);
}

/** Whether somebody reads a number, or has a table open: then nothing is drawn anew. */
function isRead(answer) {
  return answer.contains(document.activeElement) || answer.matches(':hover') || answer.querySelector('details[open]') !== null;
}

function whatOf({ camera, site, zone_name: zone, tag }, cameras) {
  const named = [cameras.find((one) => one.id === camera)?.name, site, zone && t('statistics.in_zone', { zone }), tag && t('statistics.with_tag', { tag })];
  return named.filter(Boolean).join(' · ') || t('statistics.everywhere');
}

async function camerasWithin(signal) {
  const found = [];
  for await (const items of all('cameras', { limit: 500 }, signal)) found.push(...items);
  return found;
}

function failed(error, again) {
  return h('div', { class: 'stack' }, h('p', { class: 'form-error', role: 'alert' }, explain(error)),
    h('div', {}, h('button', { type: 'button', class: 'button', on: { click: again } }, icon('refresh'), t('again'))));
}
