// The picture on which zones are drawn: by mouse, finger or keyboard.
// Corners are buttons over the picture, so they have a focus, a name and a size that a finger can hit.

import { h, put, svg } from './dom.js';
import { percent, t } from './texts.js';

const STEP = 0.01; // of the picture, per press of an arrow key
const LEAP = 0.05; // with Shift
const MIDDLE = [0.5, 0.5];
const TEXT_PX = 15; // of a zone's name, however large the picture is shown
const USUAL_PX = 700; // so wide it mostly is
const JITTER_PX = 4; // a hand that clicks is not quite still
const NEAR_PX = 9; // of a side: it is meant
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** `still`: {src, alt, width, height}. Gives back {element, draw(), focus()}; `draw` after each change of the sketch. */
export function zoneStage(sketch, still) {
  const drawing = svg('svg', { class: 'zone-drawing', viewBox: `0 0 ${still.width} ${still.height}`, 'aria-hidden': 'true' });
  const handles = h('div', { class: 'zone-handles' });
  const cross = h('span', { class: 'zone-cross', 'aria-hidden': 'true' });
  const pad = h('div', { class: 'zone-pad', tabindex: '0', role: 'application', 'aria-roledescription': t('zones.pad') }, drawing, cross);
  const image = h('img', { src: still.src, alt: still.alt ?? '', width: still.width, height: still.height, draggable: 'false' });
  const element = h('div', { class: 'zone-stage' }, image, pad, handles);
  const stage = { sketch, still, drawing, handles, pad, cross, element, cursor: MIDDLE, dragged: null };
  pad.addEventListener('click', (event) => clicked(stage, event));
  pad.addEventListener('keydown', (event) => typed(stage, event));
  element.addEventListener('pointermove', (event) => dragTo(stage, event));
  element.addEventListener('pointerup', () => { stage.dragged = null; });
  element.addEventListener('pointercancel', () => { stage.dragged = null; });
  const draw = () => drawAll(stage);
  new ResizeObserver(draw).observe(pad); // names keep their size
  draw();
  const focus = () => {
    stage.cursor = MIDDLE;
    place(cross, MIDDLE);
    pad.focus();
  };
  return { element, draw, focus };
}

function drawAll(stage) {
  const { sketch, still, drawing, handles, pad, cross } = stage;
  put(drawing, hatching(still), sketch.zones.map((zone, place) => shapeOf(stage, zone, place)));
  drawHandles(handles, stage);
  stage.element.classList.toggle('is-drawing', sketch.isDrawing);
  place(cross, stage.cursor);
  const count = sketch.zone?.polygon.length ?? 0;
  pad.setAttribute('aria-label', sketch.isDrawing ? t.n('zones.drawing', count, { name: sketch.zone.name }) : t('zones.resting'));
}

/** The pattern of what is ignored: told from the others without colour. */
function hatching({ height }) {
  const size = height / 24;
  return svg('defs', {}, svg('pattern', { id: 'zone-hatching', width: size, height: size, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    svg('rect', { class: 'hatch-ground', width: size, height: size }), svg('rect', { class: 'hatch-line', width: size / 4, height: size })));
}

function shapeOf({ sketch, still, pad }, zone, place) {
  if (!zone.polygon.length) return null;
  const points = zone.polygon.map(([x, y]) => `${x * still.width},${y * still.height}`).join(' ');
  const isCurrent = place === sketch.current;
  const isOpen = isCurrent && sketch.isDrawing;
  const size = (TEXT_PX * still.width) / (pad.clientWidth || USUAL_PX);
  const top = zone.polygon.reduce((best, corner) => (corner[0] + corner[1] < best[0] + best[1] ? corner : best));
  const words = `${zone.name} · ${t(`zones.${zone.mode}`)}`;
  return svg('g', { class: [`zone-shape zone-shape-${zone.mode}`, isCurrent && 'is-current', sketch.fault(place) && !isOpen && 'is-wrong'] },
    svg(isOpen ? 'polyline' : 'polygon', { points }),
    svg('text', { x: Math.min(top[0], 0.8) * still.width, y: Math.max(top[1] * still.height - size / 2, size), 'font-size': size }, words));
}

/** One button per corner of the current zone; those that are there already are moved, so that the focus stays. */
function drawHandles(handles, stage) {
  const corners = stage.sketch.zone?.polygon ?? [];
  while (handles.childElementCount > corners.length) handles.lastElementChild.remove();
  while (handles.childElementCount < corners.length) handles.append(handleOf(stage, handles.childElementCount));
  corners.forEach((corner, number) => {
    const handle = handles.children[number];
    place(handle, corner);
    handle.setAttribute('aria-label', t('zones.corner', { number: number + 1, x: percent(corner[0], 0), y: percent(corner[1], 0) }));
  });
}

function handleOf(stage, number) {
  return h('button', {
    type: 'button', class: 'zone-corner',
    on: {
      pointerdown: (event) => {
        stage.dragged = { number, isNew: true, x: event.clientX, y: event.clientY };
      },
      click: () => { if (number === 0) stage.sketch.close(); },
      dblclick: () => { if (!stage.sketch.isDrawing) stage.sketch.drop(number); },
      keydown: (event) => nudge(stage, number, event),
    },
  });
}

function dragTo(stage, event) {
  const { dragged } = stage;
  if (!dragged) return;
  if (dragged.isNew) {
    if (Math.hypot(event.clientX - dragged.x, event.clientY - dragged.y) < JITTER_PX) return;
    stage.element.setPointerCapture(event.pointerId); // from here on it is no click
  }
  stage.sketch.move(dragged.number, pointOf(stage, event), { isNew: dragged.isNew });
  dragged.isNew = false;
}

function clicked(stage, event) {
  const point = pointOf(stage, event);
  stage.cursor = point;
  if (stage.sketch.isDrawing) {
    stage.sketch.add(point);
    return;
  }
  const side = sideAt(stage, point);
  if (side >= 0) {
    stage.sketch.insert(side + 1, point);
  } else {
    const hit = stage.sketch.zones.findLastIndex((zone) => contains(zone.polygon, point));
    if (hit >= 0) stage.sketch.select(hit);
  }
}

/** On the picture: arrows move the cross, Enter sets a corner there, C closes, Escape takes the last corner back. */
function typed(stage, event) {
  const { sketch } = stage;
  if (!sketch.isDrawing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (ARROWS[event.key]) {
    stage.cursor = moved(stage.cursor, event);
    place(stage.cross, stage.cursor);
  } else if (event.key === 'Enter' || event.key === ' ') {
    sketch.add(stage.cursor);
  } else if (event.key.toLowerCase() === 'c') {
    sketch.close();
  } else if (event.key === 'Escape' && sketch.zone.polygon.length) {
    sketch.drop(sketch.zone.polygon.length - 1);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

/** On a corner: arrows move it, Delete takes it away, + sets another behind it. */
function nudge(stage, number, event) {
  const { polygon } = stage.sketch.zone;
  if (ARROWS[event.key]) {
    stage.sketch.move(number, moved(polygon[number], event));
  } else if (event.key === 'Delete' || event.key === 'Backspace') {
    stage.sketch.drop(number);
    (stage.handles.children[number] ?? stage.handles.lastElementChild ?? stage.pad).focus();
  } else if (event.key === '+') {
    const [next, here] = [polygon[(number + 1) % polygon.length], polygon[number]];
    stage.sketch.insert(number + 1, [(here[0] + next[0]) / 2, (here[1] + next[1]) / 2]);
    stage.handles.children[number + 1].focus();
  } else {
    return;
  }
  event.preventDefault();
}

/** The side of the current zone that is pointed at, or -1. */
function sideAt({ sketch, pad }, point) {
  const { width, height } = pad.getBoundingClientRect();
  const pixels = ([x, y]) => [x * width, y * height];
  const corners = (sketch.zone?.polygon ?? []).map(pixels);
  return corners.findIndex((corner, number) => distance(pixels(point), corner, corners[(number + 1) % corners.length]) <= NEAR_PX);
}

/** From a point to the stretch between two others. */
function distance([x, y], [x1, y1], [x2, y2]) {
  const length = (x2 - x1) ** 2 + (y2 - y1) ** 2;
  const along = Math.min(1, Math.max(0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length));
  return Math.hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1));
}

function moved([x, y], event) {
  const [right, down] = ARROWS[event.key];
  const step = event.shiftKey ? LEAP : STEP;
  return [x + right * step, y + down * step].map((part) => Math.min(1, Math.max(0, part)));
}

function pointOf({ pad }, event) {
  const box = pad.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}

function place(node, [x, y]) {
  node.style.setProperty('left', `${100 * x}%`);
  node.style.setProperty('top', `${100 * y}%`);
}

/** Whether the point lies inside (even-odd rule, as the analyzer counts faces). */
function contains(polygon, [x, y]) {
  let isInside = false;
  polygon.forEach(([x1, y1], number) => {
    const [x2, y2] = polygon[(number + 1) % polygon.length];
    if ((y1 > y) !== (y2 > y) && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) isInside = !isInside;
  });
  return isInside;
}
