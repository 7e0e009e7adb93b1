// What needs somebody, the worst first, each with what to do.

import { h, icon } from '../../core/dom.js';
import { link } from '../../core/router.js';
import { number, t } from '../../core/texts.js';
import { span } from '../../core/time.js';
import { bytes } from './words.js';

// Where it can be looked after.
const PLACES = {
  cameras: () => '/cameras', messages_given_up: () => '/receivers?state=given_up', nobody_is_told: () => '/receivers',
  dead_letters: ({ queue }) => `/system?queue=${queue}`,
};

/** `concerns`: [{code, level, values}] as of GET /system. */
export function attention(concerns) {
  if (!concerns.length) return h('p', { class: 'notice notice-good', role: 'status' }, icon('check'), t('system.calm'));
  return h('section', { class: 'stack system-attention', 'aria-labelledby': 'attention' }, h('h2', { id: 'attention' }, t('system.attention')),
    h('ul', { class: 'stack' }, concerns.map((one) => h('li', { class: ['notice', `notice-${one.level}`] }, icon(one.level === 'bad' ? 'error' : 'warning'), h('div', {}, ...words(one))))));
}

function words({ code, values }) {
  const said = told(code, values);
  const place = PLACES[code]?.(values);
  const key = code === 'cameras' ? `${code}.${values.state}` : code;
  const concern = values.count === undefined ? t(`system.concern.${key}`, said) : t.n(`system.concern.${key}`, values.count, said);
  return [h('strong', {}, concern), h('p', { class: 'system-advice' }, t(`system.advice.${key}`, said), place && [' ', link(place, t('system.look'))])];
}

/** The values as they are read. */
function told(code, values) {
  return {
    ...values,
    part: values.part && t(`system.part.${values.part}`),
    group: values.group && t(`system.group.${values.group}`),
    queue: values.queue && t(`system.queue.${values.queue}`),
    seconds: values.seconds !== undefined && span(values.seconds),
    bytes: values.bytes !== undefined && bytes(values.bytes),
    count: number(values.count),
    names: values.names?.join(t('comma')),
    stretch: number(values.stretch, 1),
  };
}
