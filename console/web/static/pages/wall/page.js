// / : the latest picture of every camera, and whether it can be trusted.

import { h } from '../../core/dom.js';
import { on } from '../../core/live.js';
import { t } from '../../core/texts.js';
import { every } from '../../core/time.js';
import { filters } from './filters.js';
import { summary } from './summary.js';
import { Wall } from './wall.js';

export const title = 'wall.title';

const LABELS = ['no_mask', 'mask_incorrect', 'mask_correct', 'uncertain'];

export default async function show(root, { query, signal }) {
  const head = summary();
  const bar = filters(query, () => wall.sift());
  const wall = new Wall(bar, head, signal);
  root.append(h('div', { class: 'head' }, h('h1', { class: 'title' }, t('wall.title')), head, legend()), bar.element, wall.element);

  on('camera', (sight) => wall.learn(sight), signal);
  on('prediction', (said) => wall.see(said), signal);
  on('removed', ({ camera_id: id }) => wall.forget(id), signal);
  let isBroken = false;
  on('connection', (isUp) => {
    wall.tick();
    if (isUp && isBroken) wall.fill(); // what was removed meanwhile was told to nobody
    isBroken = !isUp;
  }, signal);
  await wall.fill();
  every(1000, () => wall.tick(), signal);
}

function legend() {
  return h('ul', { class: 'legend push', 'aria-label': t('wall.legend') },
    LABELS.map((name) => h('li', {}, h('span', { class: `line line-${name}`, 'aria-hidden': 'true' }), t(`label.${name}`))));
}
