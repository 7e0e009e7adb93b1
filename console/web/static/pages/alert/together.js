// Alerts of the same group: they are told in the same messages.

import { get } from '../../core/api.js';
import { h, put } from '../../core/dom.js';
import { explain, t } from '../../core/texts.js';
import { line } from '../alerts/card.js';

const MOST = 20;

/** Nothing where it is told alone. */
export function together(alert, signal) {
  const element = h('section', { class: 'stack', hidden: true });
  if (alert.group_id) fill(alert, element, signal);
  return element;
}

async function fill(alert, element, signal) {
  try {
    const { items } = await get('alerts', { group: alert.group_id, limit: MOST }, signal);
    const others = items.filter((one) => one.id !== alert.id);
    put(element, h('h2', {}, t('alert.together')), h('ul', { class: 'panel pad' }, others.map(line)));
    element.hidden = !others.length;
  } catch (error) {
    if (error.name === 'AbortError') return;
    put(element, h('p', { class: 'form-error' }, explain(error)));
    element.hidden = false;
  }
}
