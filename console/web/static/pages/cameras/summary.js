// What is about to be saved, in words.

import { h, icon } from '../../core/dom.js';
import { overlay } from '../../core/picture.js';
import { number, t } from '../../core/texts.js';

/** `finding`: of the test, if there was one. */
export function summary(draft, finding) {
  const rows = [
    ['name', draft.name], ['url', draft.url], ['username', draft.username],
    ['place', [draft.site, draft.location].filter(Boolean).join(' · ')], ['tags', draft.tags.join(t('comma'))],
    ['interval', t('cameras.fact.every', { seconds: number(draft.interval_seconds) })], ['schedule', hours(draft.schedule)],
    ['zones', draft.zones.map((zone) => `${zone.name} (${t(`zones.${zone.mode}`)})`).join(t('comma')) || t('cameras.zones.none')],
    ['min_face', draft.min_face_px && t('cameras.pixels', { pixels: number(draft.min_face_px) })],
    ['retention', t.n('cameras.kept', draft.retention_days)], ['blur', t(draft.blur_faces ? 'yes' : 'no')],
  ].filter(([, value]) => value);
  return h('div', { class: 'panel pad summary' }, still(draft, finding),
    h('dl', { class: 'finding-facts' }, rows.map(([name, value]) => [h('dt', {}, t(`cameras.${name}`)), h('dd', {}, value)])));
}

function still(draft, finding) {
  if (!finding?.ok) return h('p', { class: 'notice notice-warn' }, icon('warning'), t('cameras.summary.untested'));
  const { width, height } = finding;
  return h('figure', { class: 'picture' }, h('img', { src: finding.still, alt: t('cameras.still'), width, height }), overlay({ width, height, zones: draft.zones }));
}

/** A schedule as one line: "Mon, Tue 08:00–18:00 (Europe/Berlin)". */
export function hours(schedule) {
  if (!schedule) return t('schedule.always');
  const windows = schedule.windows.map(({ days, start, end }) => `${days.map((day) => t(`day.${day}`)).join(t('comma'))} ${start}–${end}`);
  return `${windows.join('; ')} (${schedule.timezone})`;
}
