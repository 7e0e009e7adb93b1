// How long what is kept, in words: a line for each kind of thing.

import { h, icon } from '../../core/dom.js';
import { t } from '../../core/texts.js';

/** `settings`: as GET privacy/retention tells them. */
export function kept(settings) {
  const lines = [
    ['picture', 'pictures', t('privacy.kept.pictures.about')],
    settings.clean_days && ['check', 'clean', t.n('privacy.kept.clean.about', settings.clean_days)],
    settings.store_megabytes && ['full', 'bound', t('privacy.kept.bound.about', { gigabytes: settings.store_megabytes / 1000 })],
    ['blurred', 'crops', settings.crops_hours ? t.n('privacy.kept.crops.about', settings.crops_hours) : t('privacy.kept.crops.none')],
    ['alerts', 'alerts', forDays('alerts', settings.alert_days)],
    ['note', 'judged', `${forDays('judged', settings.feedback_days)} ${t(`privacy.kept.faces.${settings.keeps_judged_faces}`)}`],
    ['audit', 'audit', forDays('audit', settings.audit_days)],
    ['people', 'looks', t(`privacy.kept.looks.${settings.follows_looks}`)],
    ['statistics', 'statistics', t('privacy.kept.statistics.about')],
    ['key', 'secrets', t('privacy.kept.secrets.about')],
  ];
  return h('dl', { class: 'kept panel' }, lines.filter(Boolean).map(([sign, name, words]) =>
    h('div', { class: 'kept-line' }, h('dt', {}, icon(sign), t(`privacy.kept.${name}`)), h('dd', {}, words))));
}

function forDays(name, days) {
  return days ? t.n(`privacy.kept.${name}.about`, days) : t(`privacy.kept.${name}.ever`);
}
