// After a change was saved: it says so, and when the first picture shows that it holds.

import { h, icon, put } from '../../core/dom.js';
import { on } from '../../core/live.js';
import { setQuery } from '../../core/router.js';
import { t } from '../../core/texts.js';
import { clock } from '../../core/time.js';

/** `saved`: when, as the address says it; null: nothing was. */
export function effect(camera, saved, signal) {
  if (!saved || Number.isNaN(Date.parse(saved))) return null;
  setQuery({ since: null }); // loaded again, it is old news
  const place = h('div', { role: 'status' });
  const tell = (kind, picture, words) => put(place, h('p', { class: ['notice', kind] }, icon(picture), words));
  if (!camera.enabled) {
    tell('', 'off', t('camera.effect.off'));
    return place;
  }
  tell('', 'waiting', t('camera.effect.waiting', { time: clock(saved) }));
  const listening = new AbortController();
  signal.addEventListener('abort', () => listening.abort());
  on('prediction', (said) => {
    if (said.camera_id !== camera.id || Date.parse(said.captured_at) < Date.parse(saved)) return;
    tell('notice-good', 'check', t('camera.effect.done', { time: clock(said.captured_at) }));
    listening.abort();
  }, listening.signal);
  return place;
}
