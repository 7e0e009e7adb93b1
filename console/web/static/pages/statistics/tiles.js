// The period in five numbers, each with what it is of, and beside the period before.

import { h } from '../../core/dom.js';
import { label, number, percent, t } from '../../core/texts.js';
import { difference, growth } from './compare.js';
import { daysText, differenceText, duration, growthText, peopleOf, shareText } from './words.js';

const APART = ['mask_correct', 'mask_incorrect', 'no_mask'];

export function tiles({ total, before, earlier, reactions, reactionsBefore }) {
  const period = earlier && daysText(earlier);
  const said = (words) => h('p', { class: 'tile-beside small' }, words);
  const beside = (words) => earlier && before && said(words());
  const none = earlier && !before && said(t('statistics.no_comparison', { period })); // once, not in each
  return h('div', { class: 'tiles' },
    tile(t('statistics.compliance'), shareText(total.compliance), [
      total.compliance ? t('statistics.compliance.of', { count: number(total.compliance.n) }) : t('statistics.compliance.none'),
    ], none || beside(() => differenceText(difference(total.compliance, before.compliance), period)), 'wide'),
    tile(t('statistics.people'), number(peopleOf(total)), [
      APART.map((name) => `${label(name)} ${number(total.people[name])}`).join(t('comma')),
      t('statistics.uncertain_apart', { count: number(total.people.uncertain), share: percent(peopleOf(total) ? total.people.uncertain / peopleOf(total) : null) }),
    ], beside(() => growthText(growth(peopleOf(total), peopleOf(before)), period))),
    tile(t('statistics.coverage'), percent(total.coverage), [t('statistics.coverage.of', { seen: number(total.shots.predicted), count: number(total.scheduled) })],
      beside(() => t('statistics.was', { value: percent(before.coverage), period }))),
    tile(t('statistics.alerts'), number(total.alerts), [t('statistics.acknowledged_of', { acknowledged: number(total.acknowledged), count: number(total.alerts) })],
      beside(() => growthText(growth(total.alerts, before.alerts), period))),
    tile(t('statistics.reaction'), duration(reactions.median_seconds), [
      reactions.acknowledged ? t('statistics.reaction.of', { count: number(reactions.acknowledged), mean: duration(reactions.mean_seconds), slow: duration(reactions.p90_seconds) }) : t('statistics.reaction.none'),
    ], beside(() => (reactionsBefore.acknowledged ? t('statistics.was', { value: duration(reactionsBefore.median_seconds), period }) : t('statistics.no_comparison', { period })))));
}

function tile(name, value, about, beside, kind = '') {
  return h('section', { class: ['panel tile', kind && `tile-${kind}`] }, h('h2', { class: 'tile-name' }, name), h('p', { class: 'tile-value' }, value),
    about.map((words) => h('p', { class: 'small muted' }, words)), beside);
}
