// Each model with its versions: figures, card, and what an administrator may do with them.

import { get, post } from '../../core/api.js';
import { confirm, open } from '../../core/dialog.js';
import { h, icon } from '../../core/dom.js';
import { mayAll } from '../../core/session.js';
import { table } from '../../core/table.js';
import { explain, number, t } from '../../core/texts.js';
import { date } from '../../core/time.js';
import { toast } from '../../core/toast.js';
import { figures } from './figures.js';
import { markdown } from './markdown.js';

/** A panel for each model; `onChange` is called after something was changed. */
export function versions(items, onChange) {
  const names = [...new Set(items.map((one) => one.name))];
  return names.map((name) => {
    const mine = items.filter((one) => one.name === name).reverse(); // the newest first
    return h('section', { class: 'panel' },
      h('header', { class: 'head pad' }, h('h2', {}, name), h('span', { class: 'muted' }, t(`models.kind.${mine[0].kind}`)),
        mayAll() && mine.length > 1 && h('span', { class: 'push' }, back(name, onChange))),
      table(columns(onChange), mine, { caption: name }).element);
  });
}

function columns(onChange) {
  return [
    { label: t('models.version'), head: true, cell: (one) => one.version },
    { label: t('models.part'), cell: part },
    { label: t('models.figures'), cell: (one) => (one.error ? h('span', { class: 'wrong' }, one.error) : figures(one.metrics)) },
    { label: t('models.created'), cell: (one) => date(one.created) },
    { label: t('models.size'), numeric: true, cell: (one) => (one.weight_bytes ? `${number(one.weight_bytes / 1e6, 1)} MB` : '–') },
    { label: t('models.checksum'), cell: (one) => h('span', { class: 'mono', title: one.sha256 }, one.sha256.slice(0, 10)) },
    { label: t('models.do'), class: 'actions', cell: (one) => [cardButton(one), ...(mayAll() ? changes(one, onChange) : [])] },
  ];
}

function part(one) {
  const name = one.error ? 'error' : one.alias;
  if (!name) return '–';
  const [kind, sign] = { champion: ['good', 'check'], challenger: ['warning', 'eye'], error: ['bad', 'error'] }[name];
  return h('span', { class: `chip chip-${kind}` }, icon(sign), t(`models.alias.${name}`));
}

function cardButton(one) {
  return h('button', { type: 'button', class: 'button quiet', disabled: Boolean(one.error), on: { click: () => card(one) } }, t('models.card'));
}

async function card(one) {
  try {
    const found = await get(`models/${encodeURIComponent(one.name)}/${encodeURIComponent(one.version)}`);
    const content = found.card ? markdown(found.card) : h('p', {}, t('models.card.none'));
    open(t('models.card.title', one), h('div', { class: 'models-card stack' }, content), { kind: 'wide' });
  } catch (error) {
    toast(explain(error), 'bad');
  }
}

function changes(one, onChange) {
  if (one.error || one.alias === 'champion') return [];
  const promote = () => change(one, 'promote', onChange);
  const challenge = () => change(one, 'challenge', onChange);
  return [
    one.alias !== 'challenger' && h('button', { type: 'button', class: 'button quiet', on: { click: challenge } }, t('models.challenge')),
    h('button', { type: 'button', class: 'button', on: { click: promote } }, t('models.promote')),
  ];
}

function back(name, onChange) {
  const click = () => change({ name }, 'rollback', onChange);
  return h('button', { type: 'button', class: 'button', on: { click } }, icon('back'), t('models.rollback'));
}

async function change(one, action, onChange) {
  if (!(await confirm(t(`models.${action}.sure`, one), { action: t(`models.${action}`) }))) return;
  toast(t('models.working'));
  try {
    const body = action === 'rollback' ? {} : { version: one.version };
    const done = await post(`models/${encodeURIComponent(one.name)}/${action}`, body);
    toast(t('models.done', { name: done.model, version: done.to, action: t(`models.action.${action}`) }), 'good');
    await onChange();
  } catch (error) {
    toast(explain(error), 'bad');
  }
}
