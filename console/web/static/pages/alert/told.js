// "Why did I, or did I not, get this?": every stage's word, and what became of each message.

import { h } from '../../core/dom.js';
import { table } from '../../core/table.js';
import { has, t } from '../../core/texts.js';
import { clock } from '../../core/time.js';
import { reason } from './reasons.js';

const KINDS = { passed: 'good', held: 'warning', stopped: 'bad', sent: 'good', queued: 'waiting', given_up: 'bad', superseded: 'calm' };

export function told(alert) {
  return h('section', { class: 'stack' }, h('h2', {}, t('alert.told')),
    table([
      { label: t('alert.message.receiver'), head: true, cell: (one) => one.receiver ?? t('alert.receiver_gone') },
      { label: t('alert.message.kind'), cell: (one) => t(`alert.kind.${one.kind}`) },
      { label: t('alert.message.state'), cell: (one) => [chip(one.state, t(`alert.message.${one.state}`)), one.error && h('span', { class: 'small' }, ' ', one.error)] },
      { label: t('alert.message.at'), cell: (one) => clock(one.sent_at ?? one.created_at) },
    ], alert.messages, { caption: t('alert.messages'), showCaption: true, empty: t('alert.no_message') }),
    table([
      { label: t('alert.decision.stage'), head: true, cell: (one) => (has(`alert.stage.${one.stage}`) ? t(`alert.stage.${one.stage}`) : one.stage) },
      { label: t('alert.decision.verdict'), cell: (one) => chip(one.verdict, t(`alert.verdict.${one.verdict}`)) },
      { label: t('alert.decision.reason'), cell: (one) => reason(one.reason) },
      { label: t('alert.decision.at'), cell: (one) => clock(one.at) },
    ], alert.decisions, { caption: t('alert.decisions'), showCaption: true, empty: t('alert.no_decision') }));
}

function chip(name, words) {
  return h('span', { class: ['chip', `chip-${KINDS[name] ?? 'calm'}`] }, words);
}
