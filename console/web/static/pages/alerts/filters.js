// Which alerts are shown; kept in the address, so that a view can be sent to somebody.

import { h } from '../../core/dom.js';
import { fold } from '../../core/fold.js';
import { dateTime, select } from '../../core/form.js';
import { setQuery } from '../../core/router.js';
import { t } from '../../core/texts.js';

const NAMES = ['show', 'severity', 'rule', 'camera', 'site', 'after', 'before'];
const SHOWN = ['', 'open', 'firing', 'resolved'];
const SEVERITIES = ['', 'info', 'warning', 'critical'];

/** The filters in the address: {show, severity, rule, …}, each '' where nothing is asked. */
export function read(query) {
  return Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? '']));
}

/** What the API is asked for these. */
export function toQuery({ show, ...filters }) {
  return { ...filters, acknowledged: show === 'open' ? 'false' : '', state: show === 'open' ? '' : show };
}

/** Whether the list with these filters has such an alert. */
export function matches(alert, { show, severity, rule, camera, site, after, before }) {
  return (show !== 'open' || !alert.acknowledged_at) && (!['firing', 'resolved'].includes(show) || alert.state === show)
    && (!severity || alert.severity === severity) && (!rule || alert.rule_id === rule)
    && (!camera || alert.camera_id === camera) && (!site || alert.site === site)
    && (!after || Date.parse(alert.fired_at) >= Date.parse(after)) && (!before || Date.parse(alert.fired_at) < Date.parse(before));
}

/** The controls; `onChange(filters)` is called once the address has them. `known`: {cameras, rules} as the API lists them. */
export function controls(filters, { cameras, rules }, onChange) {
  const sites = [...new Set(cameras.map((camera) => camera.site).filter(Boolean))].sort();
  const change = () => {
    const chosen = Object.fromEntries(fields.map((field) => [field.name, field.value ?? '']));
    setQuery(chosen);
    onChange(chosen);
  };
  const any = ['', t('all')];
  const one = (name, options) => select({ name, label: t(`alerts.filter.${name}`), value: filters[name], options, on: { change } });
  const fields = [
    one('show', SHOWN.map((value) => [value, t(`alerts.show.${value || 'all'}`)])),
    one('severity', SEVERITIES.map((value) => [value, value ? t(`severity.${value}`) : t('all')])),
    one('rule', [any, ...rules.map((rule) => [rule.id, rule.name])]),
    one('camera', [any, ...cameras.map((camera) => [camera.id, camera.name])]),
    one('site', [any, ...sites.map((site) => [site, site])]),
    dateTime({ name: 'after', label: t('alerts.filter.after'), value: filters.after, on: { change } }),
    dateTime({ name: 'before', label: t('alerts.filter.before'), value: filters.before, on: { change } }),
  ];
  return fold(t('alerts.filter'), h('div', { class: 'filters', role: 'search', 'aria-label': t('alerts.filter') }, fields));
}
