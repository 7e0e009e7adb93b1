// The camera's last pictures, newest first, as far back as they are kept.

import { get, url } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { dateTime, select } from '../../core/form.js';
import { on } from '../../core/live.js';
import { explain, label as labelText, t } from '../../core/texts.js';
import { clock } from '../../core/time.js';
import { openSnapshot } from './snapshot.js';

const PAGE = 24;
const LABELS = ['no_mask', 'mask_incorrect', 'mask_correct', 'uncertain'];

export function strip(camera, signal) {
  const list = h('ul', { class: 'strip' });
  const told = h('p', { class: 'empty', hidden: true });
  const more = h('button', { type: 'button', class: 'button more', on: { click: () => older() } }, t('camera.strip.older'));
  const changed = { on: { change: () => start() } };
  const label = select({ name: 'label', label: t('camera.strip.label'), value: null, options: [[null, t('all')], ...LABELS.map((one) => [one, labelText(one)])], ...changed });
  const before = dateTime({ name: 'before', label: t('camera.strip.before'), ...changed });
  const fresh = h('span', {}, t('camera.strip.newest'));
  const newest = h('button', { type: 'button', class: 'button', on: { click: () => { before.value = null; start(); } } }, icon('refresh'), fresh);
  const snapshots = [];
  let missed = 0; // pictures that came since
  let cursor = null;
  let asking = 0; // what was asked before a filter changed comes too late

  async function start() {
    snapshots.length = missed = 0;
    fresh.textContent = t('camera.strip.newest');
    cursor = null;
    put(list);
    await older();
  }

  async function older() {
    const mine = asking += 1;
    more.disabled = true;
    try {
      const page = await get('snapshots', { camera: camera.id, label: label.value, before: before.value, limit: PAGE, cursor }, signal);
      if (mine !== asking) return;
      cursor = page.next;
      list.append(...page.items.map((one, place) => thumb(one, () => openSnapshot(camera, snapshots, snapshots.indexOf(one)), place)));
      snapshots.push(...page.items);
      tell(snapshots.length ? '' : t('camera.strip.none'));
    } catch (error) {
      if (error.name !== 'AbortError') tell(explain(error));
    }
    more.hidden = !cursor;
    more.disabled = false;
  }

  function tell(words) {
    told.textContent = words;
    told.hidden = !words;
  }

  on('prediction', (said) => {
    if (said.camera_id !== camera.id || said.snapshot_id === snapshots[0]?.id) return;
    missed += 1;
    fresh.textContent = t.n('camera.strip.fresh', missed);
    if (!snapshots.length && !label.value && !before.value) start();
  }, signal);
  start();
  return h('section', { class: 'panel pad stack camera-section', 'aria-label': t('camera.strip') },
    h('div', { class: 'head' }, h('h2', {}, t('camera.strip')), h('div', { class: 'filters push' }, label, before, newest)), list, told, more);
}

function thumb(snapshot, open) {
  const counts = Object.entries(snapshot.prediction?.counts ?? {}).filter(([, count]) => count);
  const said = counts.length ? counts.map(([name, count]) => t('camera.strip.count', { count, label: labelText(name) })).join(t('comma')) : t(snapshot.prediction ? 'camera.strip.nobody' : 'camera.strip.waiting');
  const time = clock(snapshot.captured_at ?? snapshot.scheduled_at);
  const marks = h('span', { class: 'thumb-marks', 'aria-hidden': 'true' }, counts.map(([name, count]) => h('span', { class: `thumb-mark thumb-mark-${name}` }, String(count))));
  return h('li', {}, h('button', { type: 'button', class: 'thumb', 'aria-label': `${time}: ${said}`, title: said, on: { click: open } },
    snapshot.image ? h('img', { src: url(`snapshots/${snapshot.id}/image.jpg`, { width: 240 }), alt: '', loading: 'lazy', decoding: 'async', width: snapshot.width || 16, height: snapshot.height || 9 }) : h('span', { class: 'thumb-gone' }, icon('picture')),
    h('span', { class: 'thumb-time' }, time.slice(11)), marks));
}
