// What an alert's state looks like: colour, sign and word.

import { h, icon } from '../../core/dom.js';
import { t } from '../../core/texts.js';
import { isWithdrawn } from './words.js';

const SEVERITY_ICONS = { info: 'info', warning: 'warning', critical: 'error' };

/** Chips: how urgent, whether it goes on, whether somebody takes care, whether it was wrong. */
export function marks(alert) {
  const state = isWithdrawn(alert) ? 'withdrawn' : alert.state;
  return h('span', { class: 'chips' },
    chip(alert.severity, SEVERITY_ICONS[alert.severity], t(`severity.${alert.severity}`)),
    chip(state === 'firing' ? 'bad' : 'calm', state === 'firing' ? 'live' : 'check', t(`alerts.state.${state}`), state),
    alert.acknowledged_at && chip('good', 'check', t('alerts.acknowledged_by', { name: alert.acknowledged_by })),
    alert.is_false_positive && chip('calm', 'close', t('alerts.false_alarm')));
}

function chip(kind, sign, words, state = '') {
  return h('span', { class: ['chip', `chip-${kind}`, state && `alert-${state}`] }, icon(sign), words);
}
