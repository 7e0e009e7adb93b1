// A rule as a sentence.

import { has, number, percent, t } from '../../core/texts.js';
import { span } from '../../core/time.js';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** "Tell Guards when at least 1 person without a mask is seen at Door, in the zone exit, for 10 sec, Mon–Fri 08:00–18:00." */
export function sentence(rule, cameras) {
  return t('rules.sentence', {
    who: who(rule.receivers), what: what(rule), where: where(rule, cameras), how: how(rule), hours: hours(rule.schedule),
  });
}

function what({ condition: { label, count, share, trouble, seconds }, for_seconds: lasting }) {
  if (trouble) return t(`rules.trouble.${trouble}`, { span: span((seconds?.['>'] ?? 60) + lasting) });
  if (share) return t('rules.says.share', { share: percent(share['>']), do: t(`rules.do.${label}`) });
  return t('rules.says.count', { people: t.n(`rules.people.${label}`, count['>=']) });
}

function hours(schedule) {
  if (!schedule) return '';
  const windows = schedule.windows.map(({ days, start, end }) => `${weekdays(days)} ${start.slice(0, 5)}–${end.slice(0, 5)}`);
  return t('rules.says.hours', { hours: windows.join(t('comma')), zone: schedule.timezone });
}

/** What the server finds odd, in the reader's language where it is known. */
export function warning(text) {
  const known = [
    [/^there is no (receiver|camera) '(.*)'$/, 'missing'],
    [/^no camera has the (site|tag|zone) '(.*)'$/, 'nowhere'],
  ];
  for (const [pattern, key] of known) {
    const found = pattern.exec(text);
    if (found) return t(`rules.warning.${key}.${found[1]}`, { name: found[2] });
  }
  if (text === 'nobody is told yet') return t('rules.warning.nobody');
  return text.startsWith('it tells nobody') ? t('rules.warning.disabled') : text;
}

function who(receivers) {
  return receivers.length ? receivers.join(t('comma')) : t('rules.says.everybody');
}

function where(rule, cameras) {
  const { trouble } = rule.condition;
  if (trouble === 'queue_lag') return '';
  const named = rule.cameras.map((id) => cameras.get(id)?.name ?? id);
  const places = [
    named.length && t('rules.says.cameras', { names: named.join(t('comma')) }),
    rule.sites.length && t('rules.says.sites', { names: rule.sites.join(t('comma')) }),
    rule.tags.length && t('rules.says.tags', { names: rule.tags.join(t('comma')) }),
  ].filter(Boolean);
  return places.length ? places.join(t('rules.says.or')) : trouble ? '' : t('rules.says.anywhere');
}

function how(rule) {
  return [
    rule.zone && t('rules.says.zone', { zone: rule.zone }),
    rule.min_face_px > 0 && t('rules.says.size', { pixels: number(rule.min_face_px) }),
    rule.for_seconds > 0 && !rule.condition.trouble && t('rules.says.for', { span: span(rule.for_seconds) }),
  ].filter(Boolean).join('');
}

/** "Mon–Fri, Sun" */
function weekdays(days) {
  const places = [...new Set(days.map((day) => DAYS.indexOf(day)))].sort((one, other) => one - other);
  const runs = [];
  for (const place of places) {
    const last = runs.at(-1);
    if (last && last.at(-1) === place - 1) last.push(place);
    else runs.push([place]);
  }
  const name = (place) => t(`day.${DAYS[place]}`);
  return runs.map((run) => (run.length > 2 ? `${name(run[0])}–${name(run.at(-1))}` : run.map(name).join(t('comma')))).join(t('comma'));
}

/** Why an event ended where its condition did not, in words; empty for none. */
export function reason(code) {
  return has(`rules.reason.${code}`) ? t(`rules.reason.${code}`) : code;
}

/** The page with the pictures of that time. */
export function moment({ camera_id: id, fired_at: at }) {
  return `/cameras/${encodeURIComponent(id)}?at=${encodeURIComponent(at)}`;
}
