// /system: what needs attention first, then how every part does.

import { get } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { link } from '../../core/router.js';
import { mayAll } from '../../core/session.js';
import { table } from '../../core/table.js';
import { has, number, percent, t } from '../../core/texts.js';
import { ago, every, since, span } from '../../core/time.js';
import { attention } from './attention.js';
import { deadLetters } from './dead.js';
import { bytes, room } from './words.js';

export const title = 'system.title';

const REFRESH_MS = 5_000;

export default async function show(root, { query, signal }) {
  const letters = mayAll() ? deadLetters(query, signal, () => refresh()) : null;
  const draw = {
    attention: (found) => attention(found.attention), tiles, queues: (found) => queues(found.queues, letters),
    workers, leases: (found) => leases(found.leases), parts,
  };
  const parted = Object.fromEntries(Object.keys(draw).map((name) => [name, piece(draw[name])]));
  const refresh = async () => {
    const found = await get('system', {}, signal);
    for (const one of Object.values(parted)) one.show(found);
  };
  const { attention: first, tiles: second, queues: third, ...rest } = parted;
  put(root, h('div', { class: 'head' }, h('h1', { class: 'title' }, t('system.title'))), first, second, third, letters, Object.values(rest));
  await refresh();
  if (letters && query.get('queue')) await letters.open(query.get('queue'));
  every(REFRESH_MS, refresh, signal);
}

/** A piece of the page that is drawn again only where it says something else: nothing moves under a hand. */
function piece(draw) {
  const element = h('div');
  let words = '';
  const show = (found) => {
    const isOpen = element.querySelector('details')?.open ?? false;
    const made = draw(found);
    const node = made.element ?? made;
    if (node.textContent === words) return;
    words = node.textContent;
    put(element, node);
    if (isOpen) element.querySelector('details').open = true;
  };
  return { element, show };
}

function tiles({ headroom, lag, storage, cameras, workers }) {
  const spool = workers.reduce((sum, { load }) => sum + (load?.spool_bytes ?? 0), 0);
  const [value, words] = room(headroom);
  return h('div', { class: 'tiles' },
    tile('room', value, words),
    tile('lag', lag.p50_seconds === null ? '–' : t('system.seconds', { seconds: number(lag.p50_seconds, 1) }),
      lag.p50_seconds === null ? t('system.lag.none') : t('system.lag.p95', { seconds: number(lag.p95_seconds, 1) })),
    tile('cameras', t('system.cameras.live', { live: number(cameras.live ?? 0), all: number(Object.values(cameras).reduce((sum, one) => sum + one, 0)) }), states(cameras)),
    tile('storage', storage ? bytes(storage.bytes) : '–', storage ? t('system.storage.about', { pictures: number(storage.pictures), ago: ago(since(storage.at)) }) : t('system.storage.none')),
    tile('spool', bytes(spool), t(spool ? 'system.spool.some' : 'system.spool.none')));
}

function tile(name, value, words) {
  return h('section', { class: 'panel tile' }, h('h2', { class: 'tile-name' }, t(`system.tile.${name}`)), h('p', { class: 'tile-value' }, value), h('p', { class: 'small muted' }, words));
}

function states(cameras) {
  const others = Object.entries(cameras).filter(([state]) => state !== 'live');
  return others.length ? others.map(([state, count]) => `${number(count)} ${t(`state.${state}`)}`).join(t('comma')) : t('system.cameras.good');
}

function queues(found, letters) {
  const dead = (queue) => {
    if (!queue.dead || !letters) return number(queue.dead);
    return h('button', { type: 'button', class: 'button', 'aria-label': t('system.dead.show', { queue: t(`system.queue.${queue.queue}`) }), on: { click: () => letters.open(queue.queue) } }, icon('warning'), number(queue.dead));
  };
  return table([
    { label: t('system.queue'), head: true, cell: (one) => h('div', {}, t(`system.queue.${one.queue}`), h('p', { class: 'small muted system-plain' }, t(`system.queue.${one.queue}.about`))) },
    { label: t('system.ready'), numeric: true, cell: (one) => number(one.ready) },
    { label: t('system.unacked'), numeric: true, cell: (one) => number(one.unacked) },
    { label: t('system.oldest'), numeric: true, cell: (one) => (one.oldest_age_seconds === null ? '–' : span(one.oldest_age_seconds)) },
    { label: t('system.dead'), numeric: true, cell: dead },
  ], found, { caption: t('system.queues'), showCaption: true });
}

function workers({ workers: found, leases: held }) {
  const watched = (one) => held.filter((lease) => lease.camera && lease.owner === one.name).length;
  return table([
    { label: t('system.service'), head: true, cell: (one) => t(`system.group.${one.group}`) },
    { label: t('system.worker'), cell: (one) => h('span', { class: 'mono' }, one.name) },
    { label: t('system.busy'), numeric: true, cell: (one) => (one.load ? percent(one.load.busy, 0) : '–') },
    { label: t('system.capacity'), numeric: true, cell: (one) => (one.load?.capacity ? t('system.rate', { rate: number(one.load.capacity, 1) }) : '–') },
    { label: t('system.hand'), numeric: true, cell: (one) => (one.group === 'grabbers' ? t.n('system.watches', watched(one)) : number(one.load?.in_hand ?? 0)) },
    { label: t('system.spool'), numeric: true, cell: (one) => (one.group === 'grabbers' && one.load ? bytes(one.load.spool_bytes) : '–') },
  ], found, { caption: t('system.workers'), showCaption: true, empty: t('system.workers.none') });
}

function leases(found) {
  const rows = table([
    { label: t('system.lease'), head: true, cell: (one) => (one.camera ? link(`/cameras/${one.camera_id}`, one.camera) : t(`system.lease.${one.name}`)) },
    { label: t('system.holder'), cell: (one) => h('span', { class: 'mono' }, one.owner) },
    { label: t('system.token'), numeric: true, cell: (one) => number(one.token) },
  ], found.map(named), { caption: t('system.leases'), empty: t('system.leases.none') });
  return h('details', { class: 'system-more' }, h('summary', {}, t('system.leases.count', { count: number(found.length) })), rows);
}

/** What a lease is for, of those that have a text; else its own name. */
function named(lease) {
  return { ...lease, name: has(`system.lease.${lease.name}`) ? lease.name : 'other', camera: lease.camera ?? (lease.camera_id ? lease.camera_id : null) };
}

function parts({ checks, models, versions }) {
  const state = (answer) => (answer === 'ok' ? h('span', { class: 'chip chip-good' }, icon('check'), t('system.ok')) : h('span', { class: 'chip chip-bad' }, icon('error'), t('system.away')));
  const fact = (name, value, more) => h('div', {}, h('dt', {}, name), h('dd', {}, value, more));
  return h('div', { class: 'columns' },
    h('section', { class: 'panel pad stack' }, h('h2', {}, t('system.parts')), h('dl', { class: 'system-facts' },
      Object.entries(checks).map(([name, answer]) => fact(t(`system.part.${name}`), state(answer), answer !== 'ok' && h('p', { class: 'small wrong' }, answer))))),
    h('section', { class: 'panel pad stack' }, h('h2', {}, t('system.models')), Object.keys(models).length ? h('dl', { class: 'system-facts' },
      Object.entries(models).map(([kind, model]) => fact(has(`system.model.${kind}`) ? t(`system.model.${kind}`) : kind, h('span', { class: 'mono' }, model)))) : h('p', { class: 'muted' }, t('system.models.none'))),
    h('section', { class: 'panel pad stack' }, h('h2', {}, t('system.versions')), h('dl', { class: 'system-facts' },
      Object.entries(versions).map(([name, version]) => fact(name, h('span', { class: 'mono' }, version))))));
}
