// One alert in the list.

import { post, url } from '../../core/api.js';
import { h, icon } from '../../core/dom.js';
import { link } from '../../core/router.js';
import { may } from '../../core/session.js';
import { explain, t } from '../../core/texts.js';
import { clock, now, span } from '../../core/time.js';
import { toast } from '../../core/toast.js';
import { marks } from './marks.js';
import { lasting, place, sentence } from './words.js';

const THUMBNAIL = 480; // pixels wide, as the API has them

/** {element, tick()}: `tick` writes anew how long it has gone on. `onChange(alert)` gets it once it is acknowledged. */
export function card(alert, rule, onChange) {
  const duration = h('span', {});
  const tick = () => { duration.textContent = span(lasting(alert, now())); };
  tick();
  const element = h('article', { class: 'alert-card' },
    thumbnail(alert),
    h('div', { class: 'alert-words' },
      h('h2', {}, link(`/alerts/${alert.id}`, sentence(alert, rule))),
      h('p', { class: 'alert-place' }, icon('place'), ' ', place(alert)),
      h('p', { class: 'muted small' }, icon('clock'), ' ', t('alerts.since', { time: clock(alert.started_at) }), ' · ', duration,
        alert.rule && [' · ', icon('rules'), ' ', alert.rule]),
      alert.note && h('p', { class: 'note small' }, alert.note),
      marks(alert)),
    h('div', { class: 'alert-actions' }, acknowledgeButton(alert, onChange)));
  return { element, tick };
}

/** One line for an alert that is told together with the one above it. */
export function line(alert) {
  return h('li', { class: 'alert-line' }, link(`/alerts/${alert.id}`, place(alert)),
    h('span', { class: 'muted small' }, t('alerts.since', { time: clock(alert.started_at) })), marks(alert));
}

function thumbnail(alert) {
  if (!alert.image) return h('div', { class: 'alert-thumbnail alert-without' }, icon('alerts'));
  const src = url(`alerts/${alert.id}/image.jpg`, { boxes: 1, width: THUMBNAIL });
  return link(`/alerts/${alert.id}`, { class: 'alert-thumbnail', tabindex: '-1', 'aria-hidden': 'true' },
    h('img', { src, alt: '', width: 160, height: 90, loading: 'lazy', decoding: 'async' }));
}

function acknowledgeButton(alert, onChange) {
  if (alert.acknowledged_at || !may('operator')) return null;
  const name = t('alerts.acknowledge_of', { place: place(alert) });
  const button = h('button', { type: 'button', class: 'button', 'aria-label': name, on: { click: take } }, icon('check'), t('alerts.acknowledge'));
  async function take() {
    button.disabled = true;
    try {
      onChange(await post(`alerts/${alert.id}/ack`, {}));
      toast(t('alerts.acknowledged'), 'good');
    } catch (error) {
      toast(explain(error), 'bad');
      button.disabled = false;
    }
  }
  return button;
}
