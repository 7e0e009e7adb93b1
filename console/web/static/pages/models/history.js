// Who let which version answer, when.

import { h } from '../../core/dom.js';
import { table } from '../../core/table.js';
import { t } from '../../core/texts.js';
import { clock } from '../../core/time.js';

/** `changes`: the latest first. */
export function history(changes) {
  const columns = [
    { label: t('models.at'), head: true, cell: (one) => clock(one.at) },
    { label: t('models.by'), cell: (one) => one.by },
    { label: t('models.what'), cell: (one) => `${one.model} ${t(`models.action.${one.action}`)}` },
    { label: t('models.from_to'), cell: (one) => `${one.from ?? '–'} → ${one.to}` },
  ];
  return h('section', { class: 'stack' }, h('h2', {}, t('models.history')),
    table(columns, changes, { caption: t('models.history'), empty: t('models.history.empty') }));
}
