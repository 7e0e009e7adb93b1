// The field for weekly hours: {timezone, windows: [{days, start, end}]}, or null for always.

import { h, icon, put } from './dom.js';
import { group, multi, text } from './fields.js';
import { t } from './texts.js';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const WORKING = { days: DAYS.slice(0, 5), start: '08:00', end: '18:00' };

/** Weekly hours; an end at or before the start runs over midnight. */
export function schedule({ name, label, hint = t('schedule.hint'), value = null }) {
  let rows = [];
  const always = h('input', { type: 'checkbox', on: { change: () => write(always.checked ? null : empty()) } });
  const zone = text({ name: 'timezone', label: t('schedule.timezone'), value: ownZone(), list: zones() });
  const list = h('div', { class: 'windows' });
  const adder = h('button', { type: 'button', class: 'button', on: { click: () => { rows.push(row(WORKING, drop)); draw(); } } }, icon('add'), t('schedule.add'));
  const more = h('div', { class: 'schedule-more' }, list, adder, zone);
  const drop = (gone) => {
    rows = rows.filter((one) => one !== gone);
    draw();
  };
  const draw = () => put(list, rows.map((one) => one.element));
  const write = (given) => {
    always.checked = !given;
    more.hidden = !given;
    if (given) zone.value = given.timezone;
    rows = (given?.windows ?? []).map((one) => row(one, drop));
    draw();
  };
  const read = () => (always.checked ? null : { timezone: zone.value, windows: rows.map((one) => one.read()) });
  const control = h('div', {}, h('label', { class: 'choice' }, always, h('span', {}, t('schedule.always'))), more);
  write(value);
  return group({ name, label, hint, control, read, write, focus: () => always.focus() });
}

function row(given, drop) {
  const days = multi({ name: 'days', label: t('schedule.days'), value: given.days, options: DAYS.map((day) => [day, t(`day.${day}`)]) });
  const start = text({ name: 'start', label: t('schedule.start'), type: 'time', value: given.start, required: true });
  const end = text({ name: 'end', label: t('schedule.end'), type: 'time', value: given.end, required: true });
  const remove = h('button', { type: 'button', class: 'icon-button', 'aria-label': t('schedule.remove'), on: { click: () => drop(made) } }, icon('remove'));
  const made = {
    element: h('div', { class: 'window' }, days, start, end, remove),
    read: () => ({ days: days.value, start: start.value, end: end.value }),
  };
  return made;
}

function empty() {
  return { timezone: ownZone(), windows: [WORKING] };
}

function ownZone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

function zones() {
  if (!document.getElementById('time-zones')) {
    const names = Intl.supportedValuesOf('timeZone');
    document.body.append(h('datalist', { id: 'time-zones' }, names.map((name) => h('option', { value: name }))));
  }
  return 'time-zones';
}
