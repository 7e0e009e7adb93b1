// The tiles, in the order of their names, and which of them are shown.

import { h, icon } from '../../core/dom.js';
import { link } from '../../core/router.js';
import { may } from '../../core/session.js';
import { sights } from '../../core/sights.js';
import { language, t } from '../../core/texts.js';
import { Tile } from './tile.js';

const BY_NAME = new Intl.Collator(language(), { numeric: true });

export class Wall {
  #tiles = new Map();
  #states = '';
  #isDue = false;

  /** `bar`: what is asked for (filters.js); `head`: who is told how the cameras do (summary.js). */
  constructor(bar, head, signal) {
    this.element = h('div', { class: 'wall' });
    this.bar = bar;
    this.head = head;
    this.signal = signal;
    // Tells tiles whether somebody can see them: only those load pictures.
    this.observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) target.tile.look(isIntersecting);
    }, { rootMargin: '150px' });
    signal.addEventListener('abort', () => this.observer.disconnect());
  }

  /** All that is known of all cameras. */
  async fill() {
    const found = await sights();
    if (this.signal.aborted) return;
    for (const id of [...this.#tiles.keys()].filter((one) => !found.has(one))) this.#drop(id);
    for (const sight of found.values()) this.#put(sight);
    this.tick();
    this.sift();
  }

  /** A camera that is new, or looks different now. */
  learn(sight) {
    this.#put(sight);
    this.#soon();
  }

  /** A camera's new picture. */
  see(said) {
    this.#tiles.get(said.camera_id)?.see(said);
  }

  /** A camera that is gone. */
  forget(id) {
    this.#drop(id);
    this.#soon();
  }

  /** Time passes, which alone makes pictures old; a filter may be about that. */
  tick() {
    const tiles = [...this.#tiles.values()];
    for (const tile of tiles) tile.tick();
    const states = tiles.map((tile) => tile.state);
    this.head.show(states);
    if (this.#states !== states.join()) this.sift();
    this.#states = states.join();
  }

  /** Show those that are asked for, as large as is asked for. */
  sift() {
    const tiles = [...this.#tiles.values()];
    this.bar.offer(tiles.map((tile) => tile.sight));
    this.element.dataset.size = this.bar.size;
    for (const tile of tiles) {
      tile.resize(this.bar.size);
      tile.element.hidden = !this.bar.matches(tile);
    }
    this.element.querySelector(':scope > .empty')?.remove();
    if (tiles.every((tile) => tile.element.hidden)) this.element.append(nothing(tiles.length > 0, this.bar));
  }

  #put(sight) {
    const known = this.#tiles.get(sight.camera_id);
    if (known) known.learn(sight);
    else this.#tiles.set(sight.camera_id, this.#place(new Tile(sight)));
  }

  /** By name, where it belongs: mostly at the end, for they come in that order. */
  #place(tile) {
    let before = null;
    for (let one = this.element.lastElementChild; one?.tile && BY_NAME.compare(one.tile.name, tile.name) > 0; one = one.previousElementSibling) before = one;
    tile.element.tile = tile;
    this.element.insertBefore(tile.element, before);
    this.observer.observe(tile.element);
    return tile;
  }

  #drop(id) {
    const tile = this.#tiles.get(id);
    if (!tile) return;
    this.observer.unobserve(tile.element);
    tile.element.remove();
    this.#tiles.delete(id);
  }

  /** The stream tells of all cameras at once when it connects: what they change together is drawn once. */
  #soon() {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.tick();
      this.sift();
    });
  }
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
