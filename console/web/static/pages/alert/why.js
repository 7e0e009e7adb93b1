// Why it fired: the rule in words, and what was measured beside what it asks for.

import { h } from '../../core/dom.js';
import { link } from '../../core/router.js';
import { number, percent, t } from '../../core/texts.js';
import { span } from '../../core/time.js';

export function why(alert) {
  const rule = alert.definition;
  if (!rule) return h('section', { class: 'panel pad stack' }, h('h2', {}, t('alert.why')), h('p', { class: 'muted' }, t('alert.rule_gone')));
  return h('section', { class: 'panel pad stack' },
    h('h2', {}, t('alert.why')),
    h('p', {}, t('alert.rule'), ' ', link(`/rules/${rule.id}`, rule.name)),
    h('p', {}, asked(rule)),
    h('ul', { class: 'alert-why' }, measured(alert, rule).map((one) => h('li', {}, one))),
    h('p', { class: 'muted small' }, t('alert.rule_now')));
}

/** The rule as a sentence. */
export function asked(rule) {
  const { trouble, seconds, label, count, share } = rule.condition;
  if (trouble) return t('alert.asks.trouble', { what: t(`alerts.trouble.${trouble}`), span: span(seconds['>']) });
  const values = { what: t(`alerts.what.${label}`), span: span(rule.for_seconds), zone: rule.zone ? t('alert.asks.zone', { zone: rule.zone }) : '' };
  if (share) return t('alert.asks.share', { ...values, share: percent(share['>']) });
  return t('alert.asks.count', { ...values, people: t.n('alerts.people', count['>=']) });
}

function measured(alert, rule) {
  const { event, picture } = alert;
  const { trouble, count, share } = rule.condition;
  const found = [];
  if (!trouble && count && event) found.push(t('alert.measured.count', { count: number(event.peak_count), least: number(count['>=']) }));
  if (!trouble && share && picture) found.push(t('alert.measured.share', { ...picture, share: percent(picture.share), least: percent(share['>']) }));
  if (event?.fired_at) {
    const held = (Date.parse(event.fired_at) - Date.parse(event.started_at)) / 1000;
    found.push(t('alert.measured.held', { span: span(held), least: span(trouble ? rule.condition.seconds['>'] : rule.for_seconds) }));
  }
  if (!trouble && picture) found.push(t('alert.measured.faces', picture));
  return found;
}
