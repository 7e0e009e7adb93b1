// /alerts : what people were told, newest first, as it happens.

import { all, whole } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { on } from '../../core/live.js';
import { setQuery } from '../../core/router.js';
import { explain, t } from '../../core/texts.js';
import { every } from '../../core/time.js';
import { toast } from '../../core/toast.js';
import { controls, matches, read, toQuery } from './filters.js';
import { AlertList } from './list.js';
import { isOn, ring, setOn } from './sound.js';

export const title = 'alerts.title';

const PAGE = 30;
const TICK_MS = 10_000;

export default async function show(root, { query, signal }) {
  let filters = read(query);
  const [cameras, rules] = await Promise.all([whole('cameras', {}, signal), whole('rules', {}, signal)]);
  const shown = new AlertList({
    rules: new Map(rules.map((rule) => [rule.id, rule])),
    matches: (alert) => matches(alert, filters),
    onNew: (alert) => { if (alert.state === 'firing') ring(); },
  });
  const more = h('button', { type: 'button', class: 'button more', hidden: true, on: { click: () => told(next) } }, t('table.more'));
  let pages = null;

  async function begin() {
    const mine = all('alerts', { ...toQuery(filters), limit: PAGE }, signal);
    pages = mine;
    const { value } = await mine.next();
    if (pages !== mine) return; // other filters were chosen meanwhile
    shown.show(value);
    more.hidden = value.length < PAGE;
  }

  async function next() {
    const { value, done } = await pages.next();
    if (value) shown.add(value);
    more.hidden = done || value.length < PAGE;
  }

  const told = (work) => work().catch((error) => { if (error.name !== 'AbortError') toast(explain(error), 'bad'); });

  const together = h('input', { type: 'checkbox', checked: !query.has('flat'), on: { change: () => {
    setQuery({ flat: together.checked ? '' : '1' });
    shown.group(together.checked);
  } } });
  shown.group(together.checked);
  put(root,
    h('div', { class: 'head' }, h('h1', { class: 'title' }, t('alerts.title')), h('div', { class: 'push row' },
      h('label', { class: 'choice' }, together, t('alerts.grouped')), soundButton())),
    controls(filters, { cameras, rules }, (chosen) => {
      filters = chosen;
      return told(begin);
    }),
    shown.element, more);
  await begin();
  on('alert', (alert) => shown.hear(alert), signal);
  every(TICK_MS, () => shown.tick(), signal);
}

function soundButton() {
  const sign = h('span', {}, t('alerts.sound'));
  const button = h('button', { type: 'button', class: 'button', 'aria-pressed': String(isOn()), on: { click: () => {
    setOn(!isOn());
    button.setAttribute('aria-pressed', String(isOn()));
  } } }, icon('alerts'), sign);
  return button;
}
