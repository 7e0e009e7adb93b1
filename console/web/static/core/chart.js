// Charts of our own, in SVG: bars and lines over columns of time, a heat map, a line as small as a word.
// What a chart shows is also a table behind it, can be read by keyboard, and can be saved as a picture and as CSV.

import { cursor } from './chart/cursor.js';
import { frame } from './chart/frame.js';
import { drawLayer, itemsOf } from './chart/layers.js';
import { niceTicks } from './chart/scale.js';
import { put, svg } from './dom.js';

export { heatMap } from './chart/heat.js';
export { sparkline } from './chart/sparkline.js';
export { hours, days } from './chart/columns.js';

const MARGIN = { left: 54, right: 12, top: 10, bottom: 26 };
const TICK_PX = 46; // between two lines of the grid, about
const LABEL_PX = 64; // that a tick's text takes
let number = 0;

/**
 * A chart over columns, such as hours() and days() make them: [{title, ticks, hatched}], of equal width.
 * `layers`: {kind: 'bars', parts: [{name, color, values}]}, stacked in this order; or
 *           {kind: 'line', name, color, values, low, high, of}: with the interval [low, high], and `of` how many each is a share of.
 * A value that is null is not known: it leaves a gap. `color`: a token of tokens.css without the dashes.
 * `axis`: {min = 0, max (else from the values), format (number -> text), whole (it counts)}. `hatch`: what a hatched column means.
 * `caption`; `subtitle`: the range and the place, for what is saved; `file`: name of saved files without the ending;
 * `csv`: address of the numbers as the API gives them, else the chart's own table is saved.
 * Gives back {element, png()}.
 */
export function chart({ caption, subtitle = '', columns, layers, axis = {}, hatch = '', height = 250, file = 'chart', csv = null }) {
  const { min = 0, format = String } = axis;
  const items = itemsOf(layers, format);
  const drawing = svg('svg', { class: 'chart-drawing', 'aria-hidden': 'true' });
  const pattern = `chart-hatch-${++number}`;
  const pointed = cursor({
    count: columns.length,
    tell: (place) => ({ title: columns[place].title, note: columns[place].hatched ? hatch : '', rows: items.map((item) => ({ ...item, text: item.text(place) })) }),
    move: (place, step) => place + (step.x || 0),
  });
  const made = frame({
    caption, subtitle, file, csv, height, drawing, pointed, draw,
    legend: [...items, ...(hatch && columns.some((column) => column.hatched) ? [{ name: hatch, kind: 'hatch' }] : [])],
    table: () => ({
      head: ['', ...items.map((item) => item.name), ...(hatch ? [hatch] : [])],
      rows: columns.map((column, place) => [column.title, ...items.map((item) => item.text(place)), ...(hatch ? [column.hatched ? '×' : ''] : [])]),
    }),
  });

  function draw(width) {
    const ticks = niceTicks(min, axis.max ?? highest(layers), Math.max(2, Math.floor(height / TICK_PX)), axis);
    const plot = { left: MARGIN.left, top: MARGIN.top, width: Math.max(40, width - MARGIN.left - MARGIN.right), height: height - MARGIN.top - MARGIN.bottom };
    const step = plot.width / Math.max(1, columns.length);
    const top = Math.max(axis.max ?? 0, ticks.at(-1));
    const place = {
      step,
      left: (index) => plot.left + index * step,
      middle: (index) => plot.left + (index + 0.5) * step,
      y: (value) => plot.top + plot.height * (1 - (value - min) / (top - min || 1)),
    };
    drawing.setAttribute('viewBox', `0 0 ${width} ${height}`);
    drawing.setAttribute('width', width);
    drawing.setAttribute('height', height);
    put(drawing, hatching(pattern), grid(ticks, plot, place, format),
      columns.map((column, index) => column.hatched && svg('rect', { class: 'chart-hatched', x: place.left(index), y: plot.top, width: step, height: plot.height, fill: `url(#${pattern})` })),
      layers.map((layer) => drawLayer(layer, place, step)),
      svg('line', { class: 'chart-axis', x1: plot.left, x2: plot.left + plot.width, y1: plot.top + plot.height, y2: plot.top + plot.height }),
      times(columns, plot, place), pointed.mark);
    pointed.lay((x) => Math.floor((x - plot.left) / step), (index) => ({ x: place.left(index), y: plot.top, width: step, height: plot.height }));
  }
  return made;
}

function highest(layers) {
  const totals = layers.flatMap((layer) => (layer.kind === 'bars'
    ? layer.parts[0]?.values.map((_, index) => layer.parts.reduce((sum, part) => sum + (part.values[index] ?? 0), 0)) ?? []
    : (layer.high ?? layer.values).map((value) => value ?? 0)));
  return totals.reduce((most, one) => Math.max(most, one), 0) || 1;
}

function hatching(id) {
  return svg('defs', {}, svg('pattern', { id, width: 7, height: 7, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    svg('line', { class: 'chart-hatch-line', x1: 0, y1: 0, x2: 0, y2: 7 })));
}

function grid(ticks, plot, place, format) {
  return ticks.map((tick) => [
    svg('line', { class: 'chart-grid', x1: plot.left, x2: plot.left + plot.width, y1: place.y(tick), y2: place.y(tick) }),
    svg('text', { class: 'chart-text', x: plot.left - 8, y: place.y(tick) + 4, 'text-anchor': 'end' }, format(tick)),
  ]);
}

/** The finest of the columns' sets of ticks that has room. */
function times(columns, plot, place) {
  const sets = columns[0]?.ticks.length ?? 0;
  for (let set = 0; set < sets; set += 1) {
    const shown = columns.map((column, index) => [column.ticks[set], index]).filter(([text]) => text);
    if (shown.length * LABEL_PX > plot.width && set < sets - 1) continue;
    return shown.map(([text, index]) => [
      svg('line', { class: 'chart-axis', x1: place.left(index), x2: place.left(index), y1: plot.top + plot.height, y2: plot.top + plot.height + 4 }),
      svg('text', { class: 'chart-text', x: place.middle(index), y: plot.top + plot.height + 18, 'text-anchor': 'middle' }, text),
    ]);
  }
  return null;
}
