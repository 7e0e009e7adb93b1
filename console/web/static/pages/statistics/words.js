// Numbers with what they are shares of, in the reader's language.

import { language, number, percent, t } from '../../core/texts.js';
import { span } from '../../core/time.js';

const FIXED = { minimumFractionDigits: 1, maximumFractionDigits: 1 }; // as many digits in an interval as in its share
const LABELS = ['mask_correct', 'mask_incorrect', 'no_mask', 'uncertain'];

/** "81.2% (79.9 – 82.4)"; a dash without anybody. */
export function shareText(share) {
  return share ? t('statistics.interval', { value: exact(share.value), low: points(share.low), high: points(share.high) }) : '–';
}

/** A share in percent, such as "81.0%". */
export function exact(share) {
  return share === null ? '–' : new Intl.NumberFormat(language(), { style: 'percent', ...FIXED }).format(share);
}

/** The same in points: "81.0". */
export function points(share) {
  return new Intl.NumberFormat(language(), FIXED).format(100 * share);
}

/** How much more, in words. */
export function differenceText(found, period) {
  if (!found) return t('statistics.no_comparison', { period });
  const values = { points: points(Math.abs(found.value)), low: signed(found.low), high: signed(found.high), period };
  const kind = found.isNoise ? 'noise' : found.value > 0 ? 'more' : 'less';
  return t(`statistics.difference.${kind}`, values);
}

/** How many more, in words. */
export function growthText({ value, share }, period) {
  if (!value) return t('statistics.growth.same', { period });
  const words = t(value > 0 ? 'statistics.growth.more' : 'statistics.growth.less', { count: number(Math.abs(value)), period });
  return share === null ? words : `${words} ${t('statistics.growth.share', { share: percent(Math.abs(share)) })}`;
}

/** People of a row, whatever they wear. */
export function peopleOf(row) {
  return LABELS.reduce((sum, label) => sum + row.people[label], 0);
}

/** A duration, a dash where there is none. */
export function duration(seconds) {
  return seconds === null || seconds === undefined ? '–' : span(seconds);
}

/** "2026-03-02 – 2026-03-08". */
export function daysText({ first, last }) {
  return first === last ? first : `${first} – ${last}`;
}

function signed(share) {
  return `${share > 0 ? '+' : ''}${points(share)}`;
}
