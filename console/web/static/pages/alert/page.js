// /alerts/{id} : one alert, to which messages link: what was seen, why it fired, who was told and why, what is done about it.

import { get } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { on } from '../../core/live.js';
import { link } from '../../core/router.js';
import { t } from '../../core/texts.js';
import { every, now, span } from '../../core/time.js';
import { marks } from '../alerts/marks.js';
import { lasting, sentence } from '../alerts/words.js';
import { actions } from './actions.js';
import { facts } from './facts.js';
import { seen } from './seen.js';
import { timeline } from './timeline.js';
import { together } from './together.js';
import { told } from './told.js';
import { why } from './why.js';

export const title = 'alert.title';

const TICK_MS = 5000;

export default async function show(root, { params, signal }) {
  const path = `alerts/${params.id}`;
  const pictures = h('section', { class: 'stack', 'aria-label': t('alert.pictures') });
  const head = h('div', { class: 'stack' });
  const beside = h('div', { class: 'stack' });
  const below = h('div', { class: 'columns alert-below' });
  const duration = h('span', {});
  let alert = null;

  async function load() {
    draw(await get(path, {}, signal));
  }

  function draw(found) {
    const before = alert;
    alert = found;
    tick();
    const isWriting = head.contains(document.activeElement) && document.activeElement.tagName === 'TEXTAREA';
    if (!isWriting) put(head, heading(alert), actions(alert, load));
    put(beside, facts(alert, duration), why(alert));
    put(below, h('div', { class: 'stack' }, told(alert), together(alert, signal)), timeline(alert, signal));
    if (!before || JSON.stringify(before.picture) !== JSON.stringify(alert.picture)) put(pictures, seen(alert, load));
  }

  function tick() {
    duration.textContent = span(lasting(alert, now()));
  }

  await load();
  put(root, head, h('div', { class: 'alert-columns' }, pictures, beside), below);
  on('alert', (changed) => { if (changed.id === alert.id) load().catch(() => {}); }, signal); // what fails now is read with the next change
  every(TICK_MS, tick, signal);
}

function heading(alert) {
  return [
    link('/alerts', { class: 'back' }, icon('back'), t('alerts.title')),
    h('div', { class: 'head' }, h('h1', { class: 'title' }, sentence(alert, alert.definition)), marks(alert)),
  ];
}
