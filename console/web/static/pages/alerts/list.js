// The list: newest first, alerts that are told together in one place, and nothing moves under a reader's eyes.

import { h, put } from '../../core/dom.js';
import { t } from '../../core/texts.js';
import { card, line } from './card.js';

const AT_TOP = 80; // pixels: whoever scrolled less far is at the list's top
const RESTING_MS = 10_000; // a pointer that has not moved for so long lies there; nobody points with it

export class AlertList {
  /** `rules`: by id. `matches(alert)`: whether it belongs here. `onNew(alert)` is called for one that has just come. */
  constructor({ rules, matches, onNew }) {
    Object.assign(this, { rules, matches, onNew, isTogether: true, isKnown: false, pointedAt: -Infinity });
    this.alerts = new Map();
    this.waiting = new Map(); // came while somebody was reading
    this.cards = new Map(); // by group: {signature, element, tick}
    this.items = h('ol', { class: 'alert-list', 'aria-label': t('alerts.list'), on: { pointermove: () => { this.pointedAt = performance.now(); } } });
    this.nothing = h('p', { class: 'empty', hidden: true }, t('alerts.empty'));
    this.news = h('button', { type: 'button', class: 'button primary alert-news', hidden: true, on: { click: () => this.take() } });
    this.element = h('div', { class: 'stack' }, h('div', { class: 'alert-news-place', role: 'status' }, this.news), this.items, this.nothing);
  }

  /** Show these, and no others. */
  show(found) {
    this.isKnown = true; // before that nobody can say that there are none
    this.alerts.clear();
    this.waiting.clear();
    this.add(found);
  }

  /** Show these as well. */
  add(found) {
    found.forEach((alert) => this.merge(alert));
    this.draw();
  }

  /** Whether those that are told together stand together. */
  group(wanted) {
    this.isTogether = wanted;
    this.draw();
  }

  /** One that came, or changed. */
  hear(alert) {
    const isNew = !this.alerts.has(alert.id) && !this.waiting.has(alert.id);
    if (isNew && !this.matches(alert)) return;
    if (isNew && this.isRead()) this.waiting.set(alert.id, alert);
    this.add([alert]);
    if (isNew) this.onNew(alert);
  }

  /** Write anew how long each has gone on. */
  tick() {
    this.cards.forEach((one) => one.tick());
  }

  /** Whether somebody reads in it: then nothing may move. */
  isRead() {
    return window.scrollY > AT_TOP || this.items.contains(document.activeElement) || performance.now() - this.pointedAt < RESTING_MS;
  }

  /** The event stream does not name the rule. */
  merge(alert) {
    const place = this.waiting.has(alert.id) ? this.waiting : this.alerts;
    const known = place.get(alert.id);
    place.set(alert.id, { ...known, ...alert, rule: alert.rule ?? known?.rule ?? this.rules.get(alert.rule_id)?.name ?? null });
  }

  take() {
    this.waiting.forEach((alert) => this.alerts.set(alert.id, alert));
    this.waiting.clear();
    this.draw();
    window.scrollTo(0, 0);
  }

  draw() {
    const groups = grouped([...this.alerts.values()], this.isTogether);
    const kept = new Set(groups.map((group) => group.key));
    for (const key of this.cards.keys()) if (!kept.has(key)) this.cards.delete(key);
    const wanted = groups.map((group) => this.keep(group));
    // Only what is elsewhere is moved: an element that is put in again would lose the focus.
    wanted.forEach((node, place) => { if (this.items.children[place] !== node) this.items.insertBefore(node, this.items.children[place] ?? null); });
    while (this.items.children.length > wanted.length) this.items.lastChild.remove();
    this.nothing.hidden = !this.isKnown || wanted.length > 0;
    this.news.hidden = this.waiting.size === 0;
    this.news.textContent = this.waiting.size ? t.n('alerts.new', this.waiting.size) : '';
  }

  /** The group's element, drawn anew where it changed. */
  keep(group) {
    const signature = JSON.stringify(group.alerts);
    const known = this.cards.get(group.key);
    if (known?.signature === signature) return known.element;
    const [first, ...rest] = group.alerts;
    const element = known?.element ?? h('li');
    const made = card(first, this.rules.get(first.rule_id), (changed) => this.add([changed]));
    const hadFocus = element.contains(document.activeElement);
    const isOpen = element.querySelector('details')?.open;
    put(element, made.element, others(rest, isOpen));
    element.classList.toggle('alert-going-on', first.state === 'firing');
    if (hadFocus) element.querySelector('h2 a').focus({ preventScroll: true });
    this.cards.set(group.key, { signature, element, tick: made.tick });
    return element;
  }
}

/** Newest first; a group stands where its newest alert does. */
function grouped(alerts, isTogether) {
  const groups = new Map();
  for (const alert of alerts.sort((one, other) => Date.parse(other.fired_at) - Date.parse(one.fired_at) || one.id.localeCompare(other.id))) {
    const key = (isTogether && alert.group_id) || alert.id;
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
