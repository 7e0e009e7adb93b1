// The dialog of a new silence, and what it would hide.

import { post } from '../../core/api.js';
import { open } from '../../core/dialog.js';
import { h, icon, put } from '../../core/dom.js';
import { dateTime, form, multi, select, text } from '../../core/form.js';
import { link } from '../../core/router.js';
import { explain, number, t } from '../../core/texts.js';
import { now } from '../../core/time.js';
import { toast } from '../../core/toast.js';

const HOURS = { hour: 1, four: 4, day: 24, week: 168 };
const SETTLE_MS = 300; // who clicks several boxes is asked for once

/** `chosen`: {rules, cameras} to begin with; `done` is called once it is made. */
export function silence({ cameras, rules, chosen, done }) {
  const preview = h('div', { class: 'silence-preview', 'aria-live': 'polite' });
  const made = fields(cameras, rules, chosen);
  const dialog = form({
    fields: [...Object.values(made), preview],
    submit: t('silences.create'),
    cancel: () => close(),
    onSubmit: async () => {
      await post('silences', read(made));
      close();
      toast(t('silences.made'), 'good');
      await done();
    },
  });
  let timer = 0;
  const look = () => {
    made.starts_at.element.hidden = made.ends_at.element.hidden = made.length.value !== 'own';
    clearTimeout(timer);
    timer = setTimeout(() => show(preview, made), SETTLE_MS);
  };
  dialog.element.addEventListener('change', look);
  const close = open(t('silences.add'), dialog.element, { onClose: () => clearTimeout(timer) });
  look();
}

function fields(cameras, rules, chosen) {
  const named = (one) => [one.id, one.name];
  const several = (name, options, value = []) => multi({ name, label: t(`silences.field.${name}`), options, value });
  const distinct = (values) => [...new Set(values.filter(Boolean))].sort();
  return {
    rules: several('rules', rules.map(named), chosen.rules),
    cameras: several('cameras', cameras.map(named), chosen.cameras),
    sites: several('sites', distinct(cameras.map((one) => one.site))),
    tags: several('tags', distinct(cameras.flatMap((one) => one.tags))),
    length: select({ name: 'length', label: t('silences.field.length'), value: 'hour', options: ['hour', 'four', 'tomorrow', 'day', 'week', 'own'].map((one) => [one, t(`silences.length.${one}`)]) }),
    starts_at: dateTime({ name: 'starts_at', label: t('silences.field.starts_at'), value: now() }),
    ends_at: dateTime({ name: 'ends_at', label: t('silences.field.ends_at'), value: now() + 3_600_000 }),
    comment: text({ name: 'comment', label: t('silences.field.comment'), hint: t('silences.hint.comment'), maxlength: 500 }),
  };
}

function read(made) {
  const { rules, cameras, sites, tags, comment } = made;
  const body = { rules: rules.value, cameras: cameras.value, sites: sites.value, tags: tags.value, comment: comment.value };
  const length = made.length.value;
  if (length === 'own') return { ...body, starts_at: made.starts_at.value, ends_at: made.ends_at.value };
  if (length === 'tomorrow') return { ...body, ends_at: tomorrow() };
  return { ...body, seconds: 3600 * HOURS[length] };
}

/** Eight o'clock tomorrow morning, here. */
function tomorrow() {
  const morning = new Date(now());
  morning.setDate(morning.getDate() + 1);
  morning.setHours(8, 0, 0, 0);
  return morning.toISOString();
}

async function show(place, made) {
  try {
    put(place, words(await post('silences/preview', read(made))));
  } catch (error) {
    put(place, h('p', { class: 'notice notice-warn' }, icon('warning'), error.errors?.[0]?.message ?? explain(error)));
  }
}

function words(found) {
  const names = (list) => list.slice(0, 6).map((one) => one.name).join(t('comma')) + (list.length > 6 ? ` +${list.length - 6}` : '');
  const isNothing = !found.cameras.length || !found.rules.length;
  return h('div', { class: ['notice', found.is_everything ? 'notice-warn' : ''] }, icon(found.is_everything ? 'warning' : 'silences'), h('div', { class: 'stack silence-words' },
    h('strong', {}, isNothing ? t('silences.hides.nothing') : found.is_everything ? t('silences.hides.everything') : t('silences.hides', { rules: names(found.rules), cameras: names(found.cameras) })),
    h('p', {}, t('silences.hides.week', { count: number(found.last_week), all: number(found.of_last_week) })),
    found.firing.length > 0 && h('div', {}, h('p', {}, t('silences.hides.now')), h('ul', {}, found.firing.slice(0, 5).map((one) => h('li', {}, link(`/alerts/${one.id}`, one.summary)))))));
}
