// The field for a camera's zones: named polygons on its picture, each watched or ignored.

import { h, icon, put } from './dom.js';
import { group } from './fields.js';
import { Sketch } from './sketch.js';
import { t } from './texts.js';
import { zoneStage } from './zone_stage.js';

const MODES = ['watch', 'ignore'];

/**
 * A field as of form.js; its value is as the API has zones. `still`: {src, alt, width, height}, or null while there is
 * no picture to draw on; `show(still)` brings one later.
 */
export function zones({ name, label, hint = t('zones.hint'), value = [], still = null }) {
  const sketch = new Sketch(value, () => draw());
  const place = h('div', { class: 'zone-place' });
  const list = h('ul', { class: 'zone-list' });
  const tools = toolbar(sketch, () => stage);
  const rows = [];
  let stage = null;
  let made = null;
  const draw = () => {
    made?.error(null); // said when it was sent; each zone's row says what is wrong now
    stage?.draw();
    drawRows(list, rows, sketch);
    tools.draw(Boolean(stage));
  };
  const show = (given) => {
    stage = given && zoneStage(sketch, given);
    put(place, stage ?? h('p', { class: 'empty' }, icon('picture'), t('zones.nothing')));
    draw();
  };
  const control = h('div', { class: 'zone-editor' }, place, h('div', { class: 'zone-side' }, tools.element, list));
  control.addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() !== 'z' || !(event.ctrlKey || event.metaKey) || event.target.matches('input')) return;
    event.preventDefault();
    sketch.undo();
  });
  show(still);
  made = group({
    name, label, hint, control,
    read: () => sketch.zones.map((zone) => ({ ...zone, name: zone.name.trim() })),
    write: (given) => sketch.load(given),
    focus: () => (list.querySelector(':invalid') ?? tools.element.querySelector('button')).focus(),
  });
  return Object.assign(made, { show });
}

function toolbar(sketch, stageOf) {
  const button = (picture, key, act) => h('button', { type: 'button', class: 'button', on: { click: act } }, icon(picture), t(key));
  const begin = button('add', 'zones.new', () => {
    sketch.begin(freeName(sketch.zones));
    stageOf().focus();
  });
  const close = button('check', 'zones.close', () => {
    sketch.close();
    begin.focus();
  });
  const undo = button('back', 'zones.undo', () => sketch.undo());
  const advice = h('p', { class: 'hint', 'aria-live': 'polite' });
  const draw = (hasPicture) => {
    begin.disabled = !hasPicture || sketch.isDrawing;
    close.hidden = !sketch.isDrawing;
    close.disabled = (sketch.zone?.polygon.length ?? 0) < 3;
    undo.disabled = !sketch.canUndo;
    const words = sketch.isDrawing ? t('zones.how.draw') : sketch.zones.length ? t('zones.how.change') : '';
    if (advice.textContent !== words) advice.textContent = words;
  };
  return { element: h('div', { class: 'zone-tools' }, h('div', { class: 'row' }, begin, close, undo), advice), draw };
}

/** Rows are kept while their zones are: who types a name must not lose the field. */
function drawRows(list, rows, sketch) {
  if (rows.length !== sketch.zones.length) {
    rows.splice(0, rows.length, ...sketch.zones.map((_, number) => rowOf(sketch, number)));
    put(list, rows);
  }
  rows.forEach((row) => row.draw());
}

function rowOf(sketch, number) {
  const name = h('input', {
    type: 'text', maxlength: '100', 'aria-label': t('zones.name'), autocomplete: 'off',
    on: { input: () => sketch.set(number, { name: name.value }), focus: () => sketch.select(number) },
  });
  const mode = h('select', { 'aria-label': t('zones.mode'), on: { change: () => sketch.set(number, { mode: mode.value }) } },
    MODES.map((one) => h('option', { value: one }, t(`zones.${one}.long`))));
  const remove = h('button', { type: 'button', class: 'icon-button', 'aria-label': t('zones.remove'), title: t('zones.remove'), on: { click: () => sketch.remove(number) } }, icon('remove'));
  const wrong = h('p', { class: 'wrong' });
  const element = h('li', { class: 'zone-row', on: { click: () => sketch.select(number) } },
    h('div', { class: 'zone-line' }, h('span', { class: 'zone-key', 'aria-hidden': 'true' }), name, mode, remove), wrong);
  const draw = () => {
    const zone = sketch.zones[number];
    const fault = sketch.fault(number);
    const words = fault ? t(...fault) : '';
    if (name.value !== zone.name) name.value = zone.name;
    mode.value = zone.mode;
    element.className = `zone-row zone-row-${zone.mode}${number === sketch.current ? ' is-current' : ''}`;
    name.setCustomValidity(words); // the form does not send it then, and says so at this field
    wrong.textContent = number === sketch.current && sketch.isDrawing ? '' : words;
    wrong.hidden = !wrong.textContent;
  };
  return { element, draw };
}

function freeName(zones) {
  let number = zones.length + 1;
  while (zones.some((zone) => zone.name === t('zones.called', { number }))) number += 1;
  return t('zones.called', { number });
}
