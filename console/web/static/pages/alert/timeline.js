// The pictures that led to it, oldest first: from the first that the condition held in to when the rule's time was up.

import { get, url } from '../../core/api.js';
import { h, put } from '../../core/dom.js';
import { explain, label, t } from '../../core/texts.js';
import { clock } from '../../core/time.js';

const MOST = 12; // pictures
const AFTER_MS = 1; // `before` is exclusive
const THUMBNAIL = 480; // pixels wide, as the API has them

export function timeline(alert, signal) {
  const { event } = alert;
  const items = h('ol', { class: 'alert-timeline' });
  const note = h('p', { class: 'muted' }, t('loading'));
  const element = h('section', { class: 'stack' }, h('h2', {}, t('alert.timeline')), note, items);
  if (!event || !alert.camera) put(note, t('alert.timeline.none'));
  else fill(alert, event, items, note, signal);
  return element;
}

async function fill(alert, event, items, note, signal) {
  const until = new Date(Date.parse(event.fired_at ?? event.last_true_at) + AFTER_MS).toISOString();
  try {
    const { items: found } = await get('snapshots', { camera: alert.camera_id, after: event.started_at, before: until, limit: MOST }, signal);
    put(items, found.reverse().map((shot) => step(shot, event)));
    put(note, found.length ? t('alert.timeline.hint') : t('alert.timeline.none'));
  } catch (error) {
    if (error.name !== 'AbortError') put(note, explain(error));
  }
}

function step(shot, event) {
  const faces = shot.prediction?.faces ?? [];
  const counts = Object.entries(shot.prediction?.counts ?? {}).filter(([, count]) => count);
  const words = counts.map(([name, count]) => `${label(name)} ${count}`).join(t('comma')) || t('alert.timeline.nobody');
  const marks = [shot.id === event.snapshot_id && t('alert.timeline.peak'), at(shot) === Date.parse(event.fired_at) && t('alert.timeline.fired')].filter(Boolean);
  return h('li', { class: ['panel', marks.length && 'marked'] },
    shot.image && h('img', { src: url(`snapshots/${shot.id}/image.jpg`, { boxes: faces.length ? 1 : '', width: THUMBNAIL }), alt: words, width: 160, height: 90, loading: 'lazy' }),
    h('p', { class: 'small strong' }, clock(shot.captured_at ?? shot.scheduled_at)),
    h('p', { class: 'small muted' }, words),
    marks.map((mark) => h('p', { class: 'small' }, h('span', { class: 'chip chip-bad' }, mark))));
}

function at(shot) {
  return Date.parse(shot.captured_at ?? shot.scheduled_at);
}
