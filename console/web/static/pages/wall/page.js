// / : the latest picture of every camera, and whether it can be trusted.

import { get } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { on } from '../../core/live.js';
import { link } from '../../core/router.js';
import { may } from '../../core/session.js';
import { t } from '../../core/texts.js';
import { every } from '../../core/time.js';
import { filters } from './filters.js';
import { summary } from './summary.js';
import { Tile } from './tile.js';

export const title = 'wall.title';

export default async function show(root, { query, signal }) {
  const tiles = new Map();
  const grid = h('div', { class: 'wall' });
  const head = summary();
  const bar = filters(query, () => sift());
  const seen = watchVisible(tiles, signal);
  root.append(h('div', { class: 'head' }, h('h1', { class: 'title' }, t('wall.title')), head, legend()), bar.element, grid);

  const sift = () => arrange(grid, tiles, bar);
  const tell = () => head.show([...tiles.values()].map((tile) => tile.state));
  const learn = (sight) => {
    const known = tiles.get(sight.camera_id);
    if (known) known.learn(sight);
    else place(grid, tiles, seen, new Tile(sight));
    return known;
  };
  const refresh = () => {
    for (const tile of tiles.values()) tile.tick();
    tell();
  };
  on('camera', (sight) => {
    if (!learn(sight)) sift();
    else if (bar.concerns(sight)) sift();
    tell();
  }, signal);
  on('prediction', (said) => tiles.get(said.camera_id)?.see(said), signal);
  on('removed', ({ camera_id: id }) => {
    seen.unobserve(tiles.get(id)?.element);
    tiles.get(id)?.element.remove();
    tiles.delete(id);
    sift();
    tell();
  }, signal);
  on('connection', refresh, signal);

  const { items } = await get('wall', {}, signal);
  for (const sight of items) learn(sight);
  sift();
  tell();
  every(1000, refresh, signal);
}

/** Tells tiles whether somebody can see them: only those load pictures. */
function watchVisible(tiles, signal) {
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) tiles.get(target.dataset.camera)?.look(isIntersecting);
  }, { rootMargin: '150px' });
  signal.addEventListener('abort', () => observer.disconnect());
  return { observe: (element) => observer.observe(element), unobserve: (element) => element && observer.unobserve(element) };
}

/** By name, where it belongs. */
function place(grid, tiles, seen, tile) {
  const after = [...tiles.values()].find((one) => one.name.localeCompare(tile.name) > 0);
  const others = [...tiles.values()];
  tiles.clear();
  for (const one of others) {
    if (one === after) tiles.set(tile.id, tile);
    tiles.set(one.id, one);
  }
  tiles.set(tile.id, tile);
  grid.insertBefore(tile.element, after?.element ?? null);
  seen.observe(tile.element);
}

/** Show those that are asked for, as large as is asked for. */
function arrange(grid, tiles, bar) {
  bar.offer([...tiles.values()].map((tile) => tile.sight));
  grid.dataset.size = bar.size;
  let shown = 0;
  for (const tile of tiles.values()) {
    tile.resize(bar.size);
    tile.element.hidden = !bar.matches(tile);
    shown += tile.element.hidden ? 0 : 1;
  }
  grid.querySelector(':scope > .empty')?.remove();
  if (!shown) grid.append(nothing(tiles.size > 0, bar));
}

function nothing(hasCameras, bar) {
  const element = h('div', { class: 'empty' }, icon('cameras'));
  if (hasCameras) {
    element.append(h('p', {}, t('wall.no_match')), h('button', { type: 'button', class: 'button', on: { click: bar.clear } }, t('wall.clear')));
  } else {
    element.append(h('p', {}, t('wall.empty')));
    if (may('admin')) element.append(link('/cameras/new', { class: 'button primary' }, icon('add'), t('wall.first')));
  }
  return element;
}

function legend() {
  const labels = ['no_mask', 'mask_incorrect', 'mask_correct', 'uncertain'];
  const list = h('ul', { class: 'legend push', 'aria-label': t('wall.legend') });
  return put(list, labels.map((name) => h('li', {}, h('span', { class: `line line-${name}`, 'aria-hidden': 'true' }), t(`label.${name}`))));
}
