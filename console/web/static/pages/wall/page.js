// / : the latest picture of every camera, and whether it can be trusted.

import { h, icon, put } from '../../core/dom.js';
import { on } from '../../core/live.js';
import { link } from '../../core/router.js';
import { may } from '../../core/session.js';
import { sights } from '../../core/sights.js';
import { language, t } from '../../core/texts.js';
import { every } from '../../core/time.js';
import { filters } from './filters.js';
import { summary } from './summary.js';
import { Tile } from './tile.js';

const BY_NAME = new Intl.Collator(language(), { numeric: true });

export const title = 'wall.title';

export default async function show(root, { query, signal }) {
  const tiles = new Map();
  const grid = h('div', { class: 'wall' });
  const head = summary();
  const bar = filters(query, () => sift());
  const seen = watchVisible(signal);
  root.append(h('div', { class: 'head' }, h('h1', { class: 'title' }, t('wall.title')), head, legend()), bar.element, grid);

  const sift = () => arrange(grid, tiles, bar);
  let known = '';
  const tell = () => {
    const states = [...tiles.values()].map((tile) => tile.state);
    head.show(states);
    if (known !== states.join()) sift(); // time alone makes pictures old, and the filter may be about that
    known = states.join();
  };
  const learn = (sight) => {
    const tile = tiles.get(sight.camera_id);
    if (tile) tile.learn(sight);
    else tiles.set(sight.camera_id, place(grid, seen, new Tile(sight)));
  };
  const forget = (id) => {
    if (tiles.has(id)) seen.unobserve(tiles.get(id).element);
    tiles.get(id)?.element.remove();
    tiles.delete(id);
  };
  const fill = async () => {
    const found = await sights();
    if (signal.aborted) return;
    for (const id of [...tiles.keys()].filter((id) => !found.has(id))) forget(id);
    for (const sight of found.values()) learn(sight);
    sift();
    tell();
  };
  const refresh = () => {
    for (const tile of tiles.values()) tile.tick();
    tell();
  };
  const soon = oncePerFrame(() => {
    sift();
    tell();
  });
  on('camera', (sight) => {
    learn(sight);
    soon();
  }, signal);
  on('prediction', (said) => tiles.get(said.camera_id)?.see(said), signal);
  on('removed', ({ camera_id: id }) => {
    forget(id);
    soon();
  }, signal);
  let isBroken = false;
  on('connection', (isUp) => {
    refresh();
    if (isUp && isBroken) fill();
    isBroken = !isUp;
  }, signal);
  await fill();
  every(1000, refresh, signal);
}

/** The stream tells of all cameras at once when it connects: what they change together is drawn once. */
function oncePerFrame(draw) {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      draw();
    });
  };
}

/** Tells tiles whether somebody can see them: only those load pictures. */
function watchVisible(signal) {
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) target.tile.look(isIntersecting);
  }, { rootMargin: '150px' });
  signal.addEventListener('abort', () => observer.disconnect());
  return { observe: (element) => observer.observe(element), unobserve: (element) => observer.unobserve(element) };
}

/** By name, where it belongs: mostly at the end, for they come in that order. */
function place(grid, seen, tile) {
  let before = null;
  for (let one = grid.lastElementChild; one?.tile && BY_NAME.compare(one.tile.name, tile.name) > 0; one = one.previousElementSibling) before = one;
  tile.element.tile = tile;
  grid.insertBefore(tile.element, before);
  seen.observe(tile.element);
  return tile;
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
