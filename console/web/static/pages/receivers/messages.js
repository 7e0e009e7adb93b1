// Messages that were sent, wait, or were given up; these can be sent again.

import { all, post } from '../../core/api.js';
import { h, icon } from '../../core/dom.js';
import { select } from '../../core/form.js';
import { link, setQuery } from '../../core/router.js';
import { may } from '../../core/session.js';
import { table } from '../../core/table.js';
import { explain, number, t } from '../../core/texts.js';
import { clock } from '../../core/time.js';
import { toast } from '../../core/toast.js';

const STATES = ['queued', 'sent', 'given_up', 'superseded'];
const CHIPS = { queued: ['chip-waiting', 'waiting'], sent: ['chip-good', 'check'], given_up: ['chip-bad', 'error'], superseded: ['', 'info'] };
const PAGE = 25;

/** How far a message is, as colour, icon and word. */
export function stateChip(state) {
  const [style, sign] = CHIPS[state];
  return h('span', { class: `chip ${style}` }, icon(sign), t(`receivers.state.${state}`));
}

/** {element, offer(receivers), refresh()}; its filters stay in the address. */
export function messages(query, signal) {
  const filter = { receiver: query.get('receiver'), state: query.get('state') };
  const choose = () => {
    filter.receiver = receiver.value;
    filter.state = state.value;
    setQuery(filter);
    restart();
  };
  const receiver = select({ name: 'receiver', label: t('receivers.column.receiver'), value: filter.receiver, options: [[null, t('all')], ...(filter.receiver ? [[filter.receiver, '…']] : [])], on: { change: choose } });
  const state = select({ name: 'state', label: t('receivers.messages.state'), value: filter.state, options: [[null, t('all')], ...STATES.map((one) => [one, t(`receivers.state.${one}`)])], on: { change: choose } });
  const rows = table(columns(() => restart()), null, { caption: t('receivers.messages.title'), empty: t('receivers.messages.none') });
  const more = h('button', { type: 'button', class: 'button more', hidden: true, on: { click: () => next().catch(told) } }, t('table.more'));
  let pages = null;
  let shown = [];

  async function restart() {
    const mine = all('notifications', { ...filter, limit: PAGE }, signal);
    pages = mine;
    const { value = [] } = await mine.next();
    if (pages !== mine) return;
    if (JSON.stringify(value) === JSON.stringify(shown)) return;
    shown = value;
    rows.show(value);
    more.hidden = value.length < PAGE;
  }

  async function next() {
    const { value = [], done } = await pages.next();
    shown = [...shown, ...value];
    rows.add(value);
    more.hidden = done || value.length < PAGE;
  }

  const element = h('section', { class: 'stack', 'aria-labelledby': 'messages-title' }, h('h2', { id: 'messages-title' }, t('receivers.messages.title')),
    h('div', { class: 'filters' }, receiver, state), rows, more);
  return {
    element,
    offer: (receivers) => receiver.offer([[null, t('all')], ...receivers.map((one) => [one.id, one.name])]),
    refresh: () => (shown.length <= PAGE ? restart() : null), // who looks further back is not thrown to the front
  };
}

function told(error) {
  if (error.name !== 'AbortError') toast(explain(error), 'bad');
}

function columns(again) {
  return [
    { label: t('receivers.messages.at'), head: true, cell: (one) => clock(one.created_at) },
    { label: t('receivers.column.receiver'), cell: (one) => one.receiver ?? t('receivers.messages.removed') },
    { label: t('receivers.messages.kind'), cell: about },
    { label: t('receivers.messages.state'), cell: (one) => [stateChip(one.state), one.error && one.state !== 'sent' && h('p', { class: 'small muted message-error' }, one.error)] },
    { label: t('receivers.messages.attempts'), numeric: true, cell: (one) => number(one.attempts) },
    { label: t('receivers.messages.sent'), cell: (one) => clock(one.sent_at) },
    ...(may('operator') ? [{ label: t('receivers.column.actions'), class: 'actions', cell: (one) => resender(one, again) }] : []),
  ];
}

function about(one) {
  const words = t(`receivers.message.${one.kind}`);
  return one.alert_ids.length ? link(`/alerts/${one.alert_ids[0]}`, words) : words;
}

function resender(one, again) {
  if (one.state !== 'given_up' || !one.receiver) return null;
  const button = h('button', { type: 'button', class: 'button', on: { click: send } }, icon('refresh'), t('receivers.resend'));
  async function send() {
    button.disabled = true;
    try {
      await post(`notifications/${one.id}/resend`);
      toast(t('receivers.resend.done'), 'good');
      await again();
    } catch (error) {
      button.disabled = false;
      told(error);
    }
  }
  return button;
}
