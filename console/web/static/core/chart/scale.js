// Round numbers for an axis.

const STEPS = [1, 2, 2.5, 5, 10];

/** About `count` round numbers from `min` to at least `max`; `whole`: none between two integers. */
export function niceTicks(min, max, count, { whole = false } = {}) {
  const raw = (max - min || 1) / Math.max(1, count);
  const size = 10 ** Math.floor(Math.log10(raw));
  const round = size * STEPS.find((one) => one * size >= raw * 0.999);
  const step = whole ? Math.max(1, Math.ceil(round)) : round;
  const ticks = [];
  for (let tick = min; tick < max + step * 0.999; tick += step) ticks.push(Number(tick.toPrecision(12)));
  return ticks;
}
