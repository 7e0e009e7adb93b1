// Zones while they are drawn: what can be done to them, and undone. Nothing here knows the page.

import { faultOf } from './polygon.js';

const MOST_STEPS = 200;
const DIGITS = 4; // a picture of 10,000 pixels has no finer places

export class Sketch {
  #past = [];
  #changed;

  /** `zones`: as the API has them; `changed` is called after every change. */
  constructor(zones, changed) {
    this.#changed = changed;
    this.#begin(zones);
  }

  /** Begin anew with other zones. */
  load(zones) {
    this.#begin(zones);
    this.#changed();
  }

  get zone() {
    return this.zones[this.current];
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  /** What is wrong with a zone, as [text's key, values], or null. */
  fault(place) {
    const { name, polygon } = this.zones[place];
    if (place === this.current && this.isDrawing) return polygon.length < 3 ? ['zones.few', {}] : ['zones.open', {}];
    if (!name.trim()) return ['zones.nameless', {}];
    if (this.zones.some((other, number) => number < place && other.name.trim() === name.trim())) return ['zones.namesake', {}];
    return faultOf(polygon);
  }

  begin(name) {
    this.#keep();
    this.zones.push({ name, mode: 'watch', polygon: [] });
    this.current = this.zones.length - 1;
    this.isDrawing = true;
    this.#changed();
  }

  add(corner) {
    this.insert(this.zone.polygon.length, corner);
  }

  insert(place, corner) {
    this.#keep();
    this.zone.polygon.splice(place, 0, rounded(corner));
    this.#changed();
  }

  /** `isNew`: a step of its own to undo; while a corner is dragged only the first is. */
  move(place, corner, { isNew = true } = {}) {
    if (isNew) this.#keep();
    this.zone.polygon[place] = rounded(corner);
    this.#changed();
  }

  /** Take a corner away; a closed zone keeps three. Whether it was. */
  drop(place) {
    if (!this.isDrawing && this.zone.polygon.length <= 3) return false;
    this.#keep();
    this.zone.polygon.splice(place, 1);
    this.#changed();
    return true;
  }

  close() {
    if (!this.isDrawing || this.zone.polygon.length < 3) return;
    this.#keep();
    this.isDrawing = false;
    this.#changed();
  }

  select(place) {
    if (place === this.current || this.isDrawing) return;
    this.current = place;
    this.#changed();
  }

  /** Name or mode. Names are typed a letter at a time: no steps to undo, and nothing is drawn anew by the field itself. */
  set(place, values) {
    Object.assign(this.zones[place], values);
    this.#changed();
  }

  remove(place) {
    this.#keep();
    this.zones.splice(place, 1);
    this.isDrawing = false;
    this.current = Math.min(place, this.zones.length - 1);
    this.#changed();
  }

  undo() {
    const before = this.#past.pop();
    if (!before) return;
    Object.assign(this, JSON.parse(before));
    this.#changed();
  }

  #begin(zones) {
    this.zones = copy(zones);
    this.current = this.zones.length ? 0 : -1;
    this.isDrawing = false; // the current zone's border is still open
    this.#past = [];
  }

  #keep() {
    this.#past.push(JSON.stringify({ zones: this.zones, current: this.current, isDrawing: this.isDrawing }));
    this.#past = this.#past.slice(-MOST_STEPS);
  }
}

function rounded(corner) {
  return corner.map((part) => Number(Math.min(1, Math.max(0, part)).toFixed(DIGITS)));
}

function copy(zones) {
  return zones.map(({ name, mode = 'watch', polygon }) => ({ name, mode, polygon: polygon.map((corner) => [...corner]) }));
}
