// /privacy: what is kept of people and for how long; for administrators also what was erased, and erasing.

import { all, get } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { link } from '../../core/router.js';
import { mayAll } from '../../core/session.js';
import { table } from '../../core/table.js';
import { number, t } from '../../core/texts.js';
import { clock, date, every } from '../../core/time.js';
import { erasing } from './erase.js';
import { gone } from './gone.js';
import { kept } from './kept.js';

export const title = 'privacy.title';

const REFRESH_MS = 5_000;
const CHIPS = { requested: ['chip-waiting', 'clock'], running: ['chip-warning', 'waiting'], done: ['chip-good', 'check'] };

export default async function show(root, { signal }) {
  const found = await get('privacy/retention', {}, signal);
  const ledger = mayAll() && entries();
  const refresh = async () => {
    const pages = all('privacy/erasures', {}, signal);
    const { value } = await pages.next();
    ledger.show(value);
  };
  const erase = () => erasing({ cameras: found.cameras, done: refresh });
  put(root, h('div', { class: 'head' }, h('h1', { class: 'title' }, t('privacy.title')), ledger && h('div', { class: 'push' },
    h('button', { type: 'button', class: 'button', on: { click: erase } }, icon('remove'), t('privacy.erase')))),
    section('kept', kept(found.settings)), section('cameras', cameras(found.cameras)), ledger && section('ledger', h('p', { class: 'muted' }, t('privacy.ledger.about')), ledger));
  if (!ledger) return;
  await refresh();
  every(REFRESH_MS, refresh, signal);
}

function section(name, ...content) {
  return h('section', { class: 'stack' }, h('h2', {}, t(`privacy.${name}`)), content);
}

function cameras(found) {
  return table([
    { label: t('privacy.camera'), head: true, cell: (one) => link(`/cameras/${one.id}`, one.name) },
    { label: t('privacy.site'), cell: (one) => one.site || '–' },
    { label: t('privacy.retention'), numeric: true, cell: (one) => t.n('privacy.days', one.retention_days) },
    { label: t('privacy.faces'), cell: (one) => (one.blur_faces ? h('span', { class: 'chip chip-good' }, icon('blurred'), t('privacy.blurred')) : h('span', { class: 'chip' }, icon('eye'), t('privacy.recognisable'))) },
    { label: t('privacy.shots'), numeric: true, cell: (one) => number(one.shots) },
    { label: t('privacy.oldest'), cell: (one) => date(one.oldest_at) },
  ], found, { caption: t('privacy.cameras'), empty: t('privacy.cameras.none') });
}

function entries() {
  return table([
    { label: t('privacy.ledger.what'), head: true, cell: (one) => h('div', { class: 'erased-what' }, what(one), one.reason && h('p', { class: 'small muted' }, one.reason)) },
    { label: t('privacy.ledger.state'), cell: state },
    { label: t('privacy.ledger.gone'), cell: (one) => gone(one.gone) },
    { label: t('privacy.ledger.by'), cell: (one) => one.by },
    { label: t('privacy.ledger.at'), cell: (one) => clock(one.requested_at) },
  ], null, { caption: t('privacy.ledger'), empty: t('privacy.ledger.none') });
}

/** "Entrance: 2026-03-01 08:00:00 – 2026-03-01 09:00:00" */
function what(one) {
  const place = one.camera ?? one.camera_id ?? t('privacy.everywhere');
  const until = clock(one.end ?? one.requested_at);
  return one.start ? t('privacy.ledger.stretch', { place, from: clock(one.start), until }) : t('privacy.ledger.until', { place, until });
}

function state(one) {
  const [style, sign] = CHIPS[one.state];
  return h('span', { class: `chip ${style}` }, icon(sign), t(`privacy.state.${one.state}`));
}
