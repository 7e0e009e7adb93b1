// Coverage hour by hour as bars: how high, and where nobody looked a dashed ground line. Each bar says its numbers.

import { h, svg } from './dom.js';
import { percent, t } from './texts.js';
import { clock } from './time.js';

const HEIGHT = 100;
const WIDTH = 10; // of an hour
const GOOD = 0.9;
const POOR = 0.5;

/** `history`: as the API answers it. `words`: also write the sum beside the bars. */
export function coverageBars(history, { words = true, kind = 'small' } = {}) {
  const said = percent(history.coverage);
  const width = WIDTH * history.hours.length;
  const drawing = svg('svg', { class: `coverage-bars coverage-bars-${kind}`, viewBox: `0 0 ${width} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': t('coverage.about', { said }) },
    svg('line', { class: 'coverage-ground', x1: 0, y1: HEIGHT - 1, x2: width, y2: HEIGHT - 1 }),
    history.hours.map((hour, place) => bar(hour, place)));
  return h('span', { class: 'coverage' }, drawing, words && h('span', { class: 'coverage-sum' }, said));
}

function bar(hour, place) {
  const about = svg('title', {}, t('coverage.hour', { hour: clock(hour.start).slice(0, 16), said: percent(hour.coverage) }));
  const props = { x: place * WIDTH + 1, width: WIDTH - 2 };
  if (hour.coverage === null) return svg('rect', { ...props, class: 'coverage-bar', y: HEIGHT - 3, height: 3 }, about);
  const height = Math.max(3, hour.coverage * HEIGHT);
  const level = hour.coverage >= GOOD ? 'good' : hour.coverage >= POOR ? 'fair' : 'poor';
  return svg('rect', { ...props, class: `coverage-bar coverage-${level}`, y: HEIGHT - height, height }, about);
}
