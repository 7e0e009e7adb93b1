// What a rule would have done: in words, on a timeline, and as a table.

import { h, icon } from '../../core/dom.js';
import { link } from '../../core/router.js';
import { table } from '../../core/table.js';
import { number, t } from '../../core/texts.js';
import { clock, span } from '../../core/time.js';
import { timeline } from './timeline.js';
import { moment, reason } from './words.js';

const MOST_ROWS = 200; // of the table; the timeline draws all that the server lists

/** `draft`, and `before` (of the saved rule, or null), as the API tells them. */
export function outcome(draft, before, { cameras }) {
  const messages = Object.values(draft.messages).reduce((sum, count) => sum + count, 0);
  const facts = [
    [t('rules.outcome.messages'), messages ? t('rules.outcome.to', { count: number(messages), who: draft.receivers.join(t('comma')) || t('rules.outcome.somebody') }) : '0'],
    [t('rules.outcome.people'), number(draft.people)],
    [t('rules.outcome.time'), span(draft.seconds)],
    [t('rules.outcome.looked'), t('rules.outcome.pictures', { pictures: number(draft.pictures), cameras: t.n('rules.outcome.cameras', draft.cameras) })],
  ];
  return [
    h('p', { class: 'rule-fired', role: 'status' }, headline(draft, before)),
    draft.pictures === 0 && h('p', { class: 'notice notice-warn' }, icon('warning'), t('rules.outcome.nothing')),
    !draft.is_complete && h('p', { class: 'notice notice-warn' }, icon('warning'), t('rules.outcome.cut')),
    h('dl', { class: 'facts' }, facts.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))),
    draft.firings.length + (before?.firings.length ?? 0) > 0 && timeline(draft, before, cameras),
    draft.firings.length > 0 && firings(draft),
  ];
}

function headline(draft, before) {
  const times = t.n('rules.outcome.fired', draft.fired);
  if (!before) return times;
  if (before.fired === draft.fired) return t('rules.outcome.same', { fired: times });
  return t('rules.outcome.instead', { fired: times, before: number(before.fired) });
}

function firings(draft) {
  const columns = [
    { label: t('rules.firing.at'), head: true, cell: (one) => link(moment(one), clock(one.fired_at)) },
    { label: t('rules.firing.camera'), cell: (one) => one.camera ?? one.camera_id },
    { label: t('rules.firing.pending'), numeric: true, cell: (one) => span((Date.parse(one.fired_at) - Date.parse(one.started_at)) / 1000) },
    { label: t('rules.firing.firing'), numeric: true, cell: (one) => (one.resolved_at ? span(one.seconds) : t('rules.firing.open')) },
    { label: t('rules.firing.people'), numeric: true, cell: (one) => number(one.people) },
    { label: t('rules.firing.end'), cell: (one) => reason(one.reason) },
  ];
  const rows = table(columns, draft.firings.slice(0, MOST_ROWS), { caption: t('rules.firing.caption') });
  const rest = draft.fired - Math.min(draft.firings.length, MOST_ROWS);
  return h('details', {}, h('summary', {}, t('rules.firing.caption')), rows,
    rest > 0 && h('p', { class: 'hint' }, t('rules.firing.rest', { count: number(rest) })));
}
