// A line as small as a word.

import { svg } from '../dom.js';

const WIDTH = 96;
const HEIGHT = 24;
const PAD = 2;

/** Values in [min, max] from left to right, gaps where they are null; `label` says it in words. */
export function sparkline(values, { label, min = 0, max = Math.max(1, ...values.map((one) => one ?? 0)), color = 'accent' }) {
  const x = (index) => PAD + (index * (WIDTH - 2 * PAD)) / Math.max(1, values.length - 1);
  const y = (value) => HEIGHT - PAD - ((value - min) / (max - min || 1)) * (HEIGHT - 2 * PAD);
  let isDown = false;
  const path = values.map((value, index) => {
    if (value === null || value === undefined) {
      isDown = false;
      return '';
    }
    const word = isDown ? 'L' : 'M';
    const alone = !isDown && (values[index + 1] ?? null) === null ? 'h.01' : ''; // a point between two gaps
    isDown = true;
    return `${word}${x(index).toFixed(1)} ${y(value).toFixed(1)}${alone}`;
  }).join('');
  return svg('svg', { class: 'sparkline', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, role: 'img', 'aria-label': label },
    svg('path', { class: `chart-line chart-stroke-${color}`, d: path }));
}
