// Where, since when, until when, how many; who takes care of it.

import { h } from '../../core/dom.js';
import { link } from '../../core/router.js';
import { t } from '../../core/texts.js';
import { clock } from '../../core/time.js';

export function facts(alert, duration) {
  const camera = alert.camera ? link(`/cameras/${alert.camera_id}`, alert.camera) : t(alert.camera_id ? 'alerts.camera_gone' : 'alerts.everywhere');
  const rows = [
    [t('alert.camera'), camera],
    [t('alert.site'), alert.site],
    [t('alert.location'), alert.location],
    [t('alert.zone'), alert.definition?.zone],
    [t('alert.since'), clock(alert.started_at)],
    [t('alert.fired'), clock(alert.fired_at)],
    [t('alert.until'), alert.resolved_at && clock(alert.resolved_at)],
    [t('alert.lasted'), duration],
    [t('alert.people'), String(alert.count)],
    [t('alert.acknowledged'), alert.acknowledged_at && t('alert.by_at', { name: alert.acknowledged_by, time: clock(alert.acknowledged_at) })],
    [t('alert.snoozed'), alert.snoozed_until && clock(alert.snoozed_until)],
  ];
  return h('section', { class: 'panel pad stack' }, h('h2', {}, t('alert.facts')),
    h('dl', { class: 'alert-facts' }, rows.filter(([, value]) => value).map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
    alert.reason && h('p', { class: 'notice' }, t(`alert.reason.${alert.reason}`)));
}
