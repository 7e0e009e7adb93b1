// What the model server says of itself: who answers, what it refused, and how the challenger does.

import { h, icon } from '../../core/dom.js';
import { label, number, percent, t } from '../../core/texts.js';
import { table } from '../../core/table.js';
import { clock } from '../../core/time.js';

/** `now`: GET /models/serving; `known`: the versions in the repository. */
export function serving(now, known) {
  const head = h('h2', {}, t('models.serving'));
  if (now.error) return h('section', { class: 'panel pad stack' }, head, notice('warn', t('models.serving.nobody', { error: now.error })));
  const other = now.models.filter((one) => known.some((version) => version.name === one.name && version.alias === 'champion' && version.version !== one.serving));
  return h('section', { class: 'panel pad stack' }, head,
    h('dl', { class: 'facts' },
      now.models.map((one) => h('div', {}, h('dt', {}, t(`models.kind.${one.kind}`)), h('dd', { class: 'strong' }, `${one.name}@${one.serving}`))),
      now.engine && h('div', {}, h('dt', {}, t('models.serving.by')), h('dd', {}, `${now.engine}, ${now.device}`))),
    now.refused && notice('bad', t('models.serving.refused', { reason: now.refused })),
    other.length > 0 && notice('warn', t('models.serving.differs', { serving: other.map((one) => `${one.name}@${one.serving}`).join(t('comma')) })),
    now.shadow && shadow(now.shadow));
}

function notice(kind, words) {
  return h('p', { class: `notice notice-${kind}` }, icon(kind === 'bad' ? 'error' : 'warning'), words);
}

function shadow(found) {
  const said = Object.keys(found.labels);
  const others = [...new Set(said.flatMap((mine) => Object.keys(found.labels[mine])))];
  const columns = [
    { label: t('models.shadow.champion'), head: true, cell: (mine) => label(mine) },
    ...others.map((theirs) => ({ label: t('models.shadow.challenger', { label: label(theirs) }), numeric: true, cell: (mine) => number(found.labels[mine][theirs] ?? 0) })),
  ];
  return h('div', { class: 'stack' }, h('h3', {}, t('models.shadow'), ': ', found.challenger.join(t('comma'))),
    h('p', {}, t('models.shadow.facts', { pictures: number(found.pictures.compared), since: clock(found.since), agreement: percent(found.label_agreement) })),
    h('p', { class: 'muted' }, t('models.shadow.faces', found.faces)),
    said.length > 0 && table(columns, said, { caption: t('models.shadow.labels') }).element);
}
