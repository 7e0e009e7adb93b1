// The picture of an event with the most people, and the way to its alert.

import { get, url } from '../../core/api.js';
import { open as openDialog } from '../../core/dialog.js';
import { h, put } from '../../core/dom.js';
import { picture } from '../../core/picture.js';
import { explain, t } from '../../core/texts.js';
import { clock } from '../../core/time.js';

/** Show it in a dialog. */
export async function open(event) {
  const content = h('div', { class: 'stack' }, t('loading'));
  openDialog(t('events.picture'), content, { kind: 'wide' });
  try {
    const [shot, alert] = await Promise.all([get(`snapshots/${event.snapshot_id}`), alertOf(event)]);
    const time = clock(shot.captured_at ?? shot.scheduled_at);
    put(content,
      picture({ src: url(`snapshots/${shot.id}/image.jpg`), alt: t('events.picture_at', { time }), faces: shot.prediction?.faces, width: shot.width, height: shot.height }),
      h('p', { class: 'muted' }, t('events.picture_at', { time })),
      alert && h('p', {}, h('a', { href: `/alerts/${alert.id}` }, t('events.alert'))));
  } catch (error) {
    put(content, h('p', { class: 'form-error', role: 'alert' }, explain(error)));
  }
}

/** Its alert; null while it is pending. */
async function alertOf(event) {
  if (!event.fired_at) return null;
  const after = event.fired_at;
  const before = new Date(Date.parse(after) + 1000).toISOString();
  const { items } = await get('alerts', { camera: event.camera_id, rule: event.rule_id, after, before });
  return items.find((alert) => alert.event_id === event.id) ?? null;
}
