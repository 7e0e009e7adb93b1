// Alerts in words, in the reader's language: the server's own sentences are English.

import { t } from '../../core/texts.js';

/** How many do what: "2 people without a mask", "Camera down". `rule`: as the API gives it, or null. */
export function sentence(alert, rule) {
  const condition = rule?.condition;
  if (!condition) return alert.summary;
  if (condition.trouble) return t(`alerts.trouble.${condition.trouble}`);
  return t('alerts.sentence', { people: t.n('alerts.people', alert.count), what: t(`alerts.what.${condition.label}`) });
}

/** Where: the camera, its site and location. */
export function place(alert) {
  if (!alert.camera_id) return t('alerts.everywhere');
  return [alert.camera ?? t('alerts.camera_gone'), alert.site, alert.location].filter(Boolean).join(' · ');
}

/** Seconds that it has gone on, or went on; `now` in milliseconds. */
export function lasting(alert, now) {
  const end = alert.resolved_at ? Date.parse(alert.resolved_at) : now;
  return Math.max(0, (end - Date.parse(alert.started_at)) / 1000);
}

/** Whether late pictures took it back. */
export function isWithdrawn(alert) {
  return alert.reason === 'withdrawn';
}
