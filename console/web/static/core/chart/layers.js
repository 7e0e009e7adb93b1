// What lies in a chart: stacked bars, and lines with their intervals.

import { svg } from '../dom.js';
import { number, t } from '../texts.js';

const GAP = 0.16; // of a column, between two bars
const FEWEST_PX = 6; // between two points that are marked

/** What can be read of the layers at each column: [{name, color, kind, text(column)}]. */
export function itemsOf(layers, format) {
  return layers.flatMap((layer) => (layer.kind === 'bars'
    ? layer.parts.map((part) => ({ name: part.name, color: part.color, kind: 'bar', text: (place) => known(part.values[place], format) }))
    : [{ name: layer.name, color: layer.color, kind: layer.dashed ? 'dashed' : 'line', text: (place) => lineText(layer, place, format) }]));
}

export function drawLayer(layer, place, step) {
  return layer.kind === 'bars' ? bars(layer, place, step) : line(layer, place, step);
}

function known(value, format) {
  return value === null || value === undefined ? '–' : format(value);
}

function lineText(layer, place, format) {
  const value = layer.values[place];
  if (value === null || value === undefined) return '–';
  const interval = layer.low?.[place] !== undefined && layer.low?.[place] !== null ? ` (${format(layer.low[place])} – ${format(layer.high[place])})` : '';
  const of = layer.of ? ` ${t('chart.of', { count: number(layer.of[place]) })}` : '';
  return `${format(value)}${interval}${of}`;
}

function bars(layer, place, step) {
  const width = Math.max(1, step * (1 - GAP));
  const below = (layer.parts[0]?.values ?? []).map(() => 0);
  return layer.parts.map((part) => part.values.map((value, index) => {
    if (!value) return null;
    const bottom = place.y(below[index]);
    below[index] += value;
    const top = place.y(below[index]);
    return svg('rect', { class: `chart-bar chart-fill-${part.color}`, x: place.left(index) + (step - width) / 2, y: top, width, height: Math.max(0.5, bottom - top) });
  }));
}

function line(layer, place, step) {
  return runs(layer.values).map((run) => {
    const points = run.map((index) => `${place.middle(index)},${place.y(layer.values[index])}`);
    return [
      layer.low && band(layer, run, place, step),
      points.length > 1 && svg('polyline', { class: ['chart-line', `chart-stroke-${layer.color}`, layer.dashed && 'chart-dashed'], points: points.join(' ') }),
      (step >= FEWEST_PX || points.length === 1) && run.map((index) => svg('circle', { class: `chart-dot chart-fill-${layer.color}`, cx: place.middle(index), cy: place.y(layer.values[index]), r: Math.min(3.5, Math.max(2, step / 6)) })),
    ];
  });
}

function band(layer, run, place, step) {
  const edge = run.length === 1 ? Math.min(8, step / 2) : 0; // of one point alone: as wide as it may be
  const at = (index, value, aside) => `${place.middle(index) + aside},${place.y(value)}`;
  const upper = run.flatMap((index) => (edge ? [at(index, layer.high[index], -edge), at(index, layer.high[index], edge)] : [at(index, layer.high[index], 0)]));
  const lower = [...run].reverse().flatMap((index) => (edge ? [at(index, layer.low[index], edge), at(index, layer.low[index], -edge)] : [at(index, layer.low[index], 0)]));
  return svg('polygon', { class: `chart-band chart-fill-${layer.color}`, points: [...upper, ...lower].join(' ') });
}

/** The stretches of columns in which values are known. */
function runs(values) {
  const found = [];
  values.forEach((value, index) => {
    if (value === null || value === undefined) return;
    const last = found.at(-1);
    if (last && last.at(-1) === index - 1) last.push(index);
    else found.push([index]);
  });
  return found;
}
