// The few figures of a model that say how good it is, each with its 95 % interval where it has one.

import { h } from '../../core/dom.js';
import { number, percent } from '../../core/texts.js';

const LEADING = ['ap50', 'balanced_accuracy', 'accuracy', 'iou', 'mean_iou'];
const MOST = 3;

/** `metrics`: as the model's description has them, whoever trained it; null: nothing was measured. */
export function figures(metrics) {
  const found = LEADING.flatMap((name) => (metrics ? search(metrics, name) : [])).slice(0, MOST);
  if (!found.length) return '–';
  return h('dl', { class: 'models-figures' }, found.map(([name, words]) => h('div', {}, h('dt', { class: 'small muted' }, name), h('dd', {}, words))));
}

/** The shallowest figure of that name. */
function search(tree, wanted, depth = 0) {
  if (wanted in tree) {
    const words = told(tree[wanted]);
    if (words) return [[wanted.replaceAll('_', ' '), words]];
  }
  if (depth > 2) return [];
  for (const part of Object.values(tree)) {
    const found = part && typeof part === 'object' && !Array.isArray(part) ? search(part, wanted, depth + 1) : [];
    if (found.length) return found;
  }
  return [];
}

function told(value) {
  if (typeof value === 'number') return number(value, 3);
  if (typeof value?.share === 'number') return `${percent(value.share)}${interval(value.interval, percent)}`;
  if (typeof value?.value === 'number') return `${number(value.value, 3)}${interval(value.interval, (one) => number(one, 3))}`;
  return null;
}

function interval(bounds, write) {
  return Array.isArray(bounds) ? ` [${write(bounds[0])}, ${write(bounds[1])}]` : '';
}
