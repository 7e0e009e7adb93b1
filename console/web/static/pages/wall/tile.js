// One camera on the wall. What it says of its age and state is of the picture that stands there, not of the newest one.

import { url } from '../../core/api.js';
import { h, put } from '../../core/dom.js';
import { overlay } from '../../core/picture.js';
import { link } from '../../core/router.js';
import { chip, reason, stateOf, stretched, word } from '../../core/sight.js';
import { t } from '../../core/texts.js';
import { ago, since } from '../../core/time.js';

const WIDTHS = { large: 960, medium: 480, small: 240 }; // of pictures, as the API has them
const LINES = { large: 22, medium: 15, small: 0 }; // of a box's text that would fill the picture
const COUNTED = ['no_mask', 'mask_incorrect', 'mask_correct', 'uncertain'];

export class Tile {
  #wanted = null; // the newest prediction: whose picture is to be shown
  #shown = null; // the prediction whose picture stands there
  #isVisible = false;
  #isLoading = false;
  #size = 'medium';
  #said = ''; // what was drawn last

  constructor(sight) {
    this.id = sight.camera_id;
    this.image = h('img', { class: 'wall-tile-image', alt: '', decoding: 'async', fetchpriority: 'low', hidden: true, on: { load: () => this.#loaded(), error: () => this.#failed() } });
    this.drawing = h('div', { class: 'wall-tile-drawing' });
    this.nothing = h('span', { class: 'wall-tile-nothing' }, t('wall.no_picture'));
    this.badge = h('span', { class: 'wall-tile-badge' });
    this.age = h('span', { class: 'wall-tile-age' });
    this.why = h('p', { class: 'wall-tile-why' });
    this.label = link(`/cameras/${encodeURIComponent(this.id)}`, { class: 'wall-tile-name' });
    this.where = h('span', { class: 'wall-tile-where' });
    this.counts = h('ul', { class: 'wall-tile-counts' });
    this.element = h('article', { class: 'wall-tile', dataset: { camera: this.id } },
      h('div', { class: 'wall-tile-picture' }, this.image, this.drawing, this.nothing, this.badge, this.age, this.why),
      h('div', { class: 'wall-tile-text' }, h('h2', { class: 'wall-tile-title' }, this.label), this.where, this.counts));
    this.learn(sight);
  }

  /** What the server says of the camera. */
  learn(sight) {
    this.sight = sight;
    this.name = sight.name;
    this.label.textContent = sight.name;
    this.where.textContent = [sight.site, sight.location].filter(Boolean).join(' · ');
    if (sight.prediction) this.see(sight.prediction);
    this.tick();
  }

  /** A new picture was looked at. */
  see(prediction) {
    this.#wanted = prediction;
    this.nothing.hidden = true;
    this.#load();
  }

  /** Whether it is on the screen. */
  look(isVisible) {
    this.#isVisible = isVisible;
    this.#load();
    this.tick();
  }

  /** 'large', 'medium' or 'small'. */
  resize(size) {
    if (size === this.#size) return;
    this.#size = size;
    if (this.#shown) this.#draw();
  }

  /** Time passes: say how old the picture is, and what to make of it. */
  tick() {
    const newest = this.#wanted?.captured_at ?? this.sight.captured_at;
    const shownAt = (this.#isVisible && this.#shown?.captured_at) || newest; // what nobody sees is not loaded
    this.state = stateOf(this.sight, shownAt);
    if (this.#isVisible) this.#tellAge(shownAt);
    const why = reason(this.sight, this.state) || stretched(this.sight);
    const said = `${this.state}\n${why}\n${this.name}`;
    if (said === this.#said) return;
    this.#said = said;
    this.element.dataset.state = this.state;
    this.element.setAttribute('aria-label', t('wall.tile', { name: this.name, state: word(this.state) }));
    put(this.badge, chip(this.state));
    this.why.textContent = why;
  }

  #tellAge(shownAt) {
    const age = shownAt ? ago(since(shownAt)) : '';
    if (this.age.textContent !== age) this.age.textContent = age;
  }

  /** One picture at a time: on a slow line the newest counts, not each. */
  #load() {
    if (!this.#wanted || !this.#isVisible || this.#isLoading || this.#wanted.snapshot_id === this.#shown?.snapshot_id) return;
    this.#isLoading = true;
    this.coming = this.#wanted;
    this.image.src = url(`snapshots/${this.coming.snapshot_id}/image.jpg`, { width: WIDTHS[this.#size] });
  }

  #loaded() {
    this.#isLoading = false;
    this.#shown = this.coming;
    this.image.hidden = false;
    this.#draw();
    this.tick();
    this.#load();
  }

  /** The one before stays, and grows old. */
  #failed() {
    this.#isLoading = false;
    if (this.#shown !== null) return;
    this.image.hidden = true;
    this.nothing.hidden = false;
  }

  #draw() {
    const { faces, width, height, counts } = this.#shown;
    put(this.drawing, overlay({ faces, width, height, lines: LINES[this.#size] }));
    this.image.alt = t('wall.picture', { name: this.name, count: faces.length });
    put(this.counts, COUNTED.filter((label) => counts[label]).map((label) => h('li', { class: `wall-count wall-count-${label}` },
      h('span', { class: `line line-${label}`, 'aria-hidden': 'true' }), `${counts[label]} `, h('span', { class: 'wall-count-word' }, t(`label.${label}`)))));
  }
}
