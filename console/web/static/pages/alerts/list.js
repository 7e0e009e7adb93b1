// The list: newest first, alerts that are told together in one place, and nothing moves under a reader's eyes.

import { h, put } from '../../core/dom.js';
import { t } from '../../core/texts.js';
import { card, line } from './card.js';

const AT_TOP = 80; // pixels: whoever scrolled less far is at the list's top
const RESTING_MS = 10_000; // a pointer that has not moved for so long lies there; nobody points with it

/**
 * {element, show(alerts), add(alerts), hear(alert), tick(), isTogether(wanted)}. `rules`: by id. `onNew(alert)` is called
 * for one that has just come.
 */
export function list({ rules, matches, onNew }) {
  const alerts = new Map();
  const waiting = new Map(); // came while somebody was reading
  const cards = new Map(); // by group: {signature, element, tick}
  let together = true;
  let pointedAt = -Infinity;
  const items = h('ol', { class: 'alert-list', 'aria-label': t('alerts.list') });
  items.addEventListener('pointermove', () => { pointedAt = performance.now(); });
  const nothing = h('p', { class: 'empty', hidden: true }, t('alerts.empty'));
  const news = h('button', { type: 'button', class: 'button primary alert-news', hidden: true, on: { click: () => { take(); window.scrollTo(0, 0); } } });
  const element = h('div', { class: 'stack' }, h('div', { class: 'alert-news-place', role: 'status' }, news), items, nothing);

  function draw() {
    const groups = grouped([...alerts.values()], together);
    const kept = new Set(groups.map((group) => group.key));
    for (const key of cards.keys()) if (!kept.has(key)) cards.delete(key);
    const wanted = groups.map((group) => keep(group).element);
    wanted.forEach((node, place) => { if (items.children[place] !== node) items.insertBefore(node, items.children[place] ?? null); });
    while (items.children.length > wanted.length) items.lastChild.remove();
    nothing.hidden = wanted.length > 0;
    news.hidden = waiting.size === 0;
    news.textContent = waiting.size ? t.n('alerts.new', waiting.size) : '';
  }

  function keep(group) {
    const signature = JSON.stringify(group.alerts);
    const known = cards.get(group.key);
    if (known?.signature === signature) return known;
    const first = group.alerts[0];
    const { element: article, tick } = card(first, rules.get(first.rule_id), (changed) => { merge(changed); draw(); });
    const item = known?.element ?? h('li', {});
    item.classList.toggle('alert-going-on', first.state === 'firing');
    const hadFocus = item.contains(document.activeElement);
    const isOpen = item.querySelector('details')?.open;
    put(item, article, others(group.alerts.slice(1), isOpen));
    if (hadFocus) item.querySelector('h2 a').focus({ preventScroll: true });
    const made = { signature, element: item, tick };
    cards.set(group.key, made);
    return made;
  }

  function merge(alert) {
    const known = alerts.get(alert.id) ?? waiting.get(alert.id);
    const whole = { ...known, ...alert, rule: alert.rule ?? known?.rule ?? rules.get(alert.rule_id)?.name ?? null };
    (waiting.has(alert.id) ? waiting : alerts).set(alert.id, whole);
  }

  function take() {
    for (const alert of waiting.values()) alerts.set(alert.id, alert);
    waiting.clear();
    draw();
  }

  /** Whether somebody reads in it: then nothing may move. */
  function isRead() {
    return window.scrollY > AT_TOP || items.contains(document.activeElement) || performance.now() - pointedAt < RESTING_MS;
  }

  function hear(alert) {
    const isNew = !alerts.has(alert.id) && !waiting.has(alert.id);
    if (isNew && !matches(alert)) return;
    if (isNew && isRead()) waiting.set(alert.id, alert);
    merge(alert);
    draw();
    if (isNew) onNew(alert);
  }

  return {
    element, hear,
    show: (found) => {
      alerts.clear();
      waiting.clear();
      found.forEach(merge);
      draw();
    },
    add: (found) => {
      found.forEach(merge);
      draw();
    },
    tick: () => cards.forEach((one) => one.tick()),
    isTogether: (wanted) => {
      together = wanted;
      draw();
    },
  };
}

/** Newest first; a group stands where its newest alert does. */
function grouped(alerts, together) {
  const groups = new Map();
  for (const alert of alerts.sort((one, other) => Date.parse(other.fired_at) - Date.parse(one.fired_at) || one.id.localeCompare(other.id))) {
    const key = (together && alert.group_id) || alert.id;
    if (!groups.has(key)) groups.set(key, { key, alerts: [] });
    groups.get(key).alerts.push(alert);
  }
  return [...groups.values()];
}

function others(alerts, isOpen) {
  if (!alerts.length) return null;
  return h('details', { class: 'alert-others', open: isOpen }, h('summary', {}, t.n('alerts.together', alerts.length)),
    h('ul', {}, alerts.map(line)));
}
