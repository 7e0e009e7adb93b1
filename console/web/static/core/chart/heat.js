// A heat map: shades of one colour in a grid of rows and columns.

import { put, svg } from '../dom.js';
import { number, t } from '../texts.js';
import { cursor } from './cursor.js';
import { frame } from './frame.js';

const LEFT = 44;
const TOP = 20;
const ROW = 26; // pixels
const ROOM_PX = 34; // for a number in a cell
const SHADES = 6;
const LABEL_PX = 26;

/**
 * `rows`, `columns`: names; `cells[row][column]`: {value, of} or null where nothing was counted. `format` writes a value,
 * `short` the same where there is little room. `low`, `high`: the values of the palest and the strongest shade, else the
 * least and the greatest there are. `name`: what the values are; the rest as in chart().
 */
export function heatMap({ caption, subtitle = '', rows, columns, cells, name, format, short = format, low, high, color = 'heat', file = 'heatmap', csv = null }) {
  const values = cells.flat().filter(Boolean).map((cell) => cell.value);
  const from = low ?? Math.min(...values, 0);
  const to = high ?? Math.max(...values, from + Number.EPSILON);
  const shade = (value) => Math.max(0, Math.min(SHADES - 1, Math.floor(((value - from) / (to - from || 1)) * SHADES)));
  const text = (cell) => (cell ? `${format(cell.value)}${cell.of === undefined ? '' : ` ${t('chart.of', { count: number(cell.of) })}`}` : t('chart.nothing'));
  const cellAt = (place) => cells[Math.floor(place / columns.length)][place % columns.length];
  const height = TOP + rows.length * ROW;
  const drawing = svg('svg', { class: 'chart-drawing', 'aria-hidden': 'true' });
  const pointed = cursor({
    count: rows.length * columns.length,
    tell: (place) => ({ title: `${rows[Math.floor(place / columns.length)]} ${columns[place % columns.length]}`, note: '', rows: [{ name, kind: 'none', text: text(cellAt(place)) }] }),
    move: (place, step) => place + (step.x ?? 0) + (step.y ?? 0) * columns.length,
  });

  function draw(width) {
    const step = (width - LEFT) / columns.length;
    const every = Math.ceil(LABEL_PX / step);
    for (const [key, value] of Object.entries({ viewBox: `0 0 ${width} ${height}`, width, height })) drawing.setAttribute(key, value);
    put(drawing,
      columns.map((column, index) => index % every === 0 && svg('text', { class: 'chart-text', x: LEFT + (index + 0.5) * step, y: TOP - 7, 'text-anchor': 'middle' }, column)),
      rows.map((row, index) => svg('text', { class: 'chart-text', x: LEFT - 8, y: TOP + (index + 0.66) * ROW, 'text-anchor': 'end' }, row)),
      cells.map((line, row) => line.map((cell, column) => square(cell, LEFT + column * step, TOP + row * ROW, step))),
      pointed.mark);
    const find = (x, y) => (x < LEFT || y < TOP || y >= height ? -1 : Math.floor((y - TOP) / ROW) * columns.length + Math.min(columns.length - 1, Math.floor((x - LEFT) / step)));
    pointed.lay(find, (place) => ({ x: LEFT + (place % columns.length) * step, y: TOP + Math.floor(place / columns.length) * ROW, width: step, height: ROW }));
  }

  function square(cell, x, y, step) {
    const kind = cell ? `chart-shade chart-${color}-${shade(cell.value)}` : 'chart-shade chart-unknown';
    return [
      svg('rect', { class: kind, x: x + 1, y: y + 1, width: Math.max(1, step - 2), height: ROW - 2, rx: 2 }),
      cell && step >= ROOM_PX && svg('text', { class: `chart-number chart-number-${shade(cell.value)}`, x: x + step / 2, y: y + ROW / 2 + 4, 'text-anchor': 'middle' }, short(cell.value)),
    ];
  }

  const legend = values.length ? [0, SHADES - 1].map((one) => ({ name: format(one ? to : from), kind: 'bar', color: `${color}-${one}` })) : [];
  return frame({
    caption, subtitle, file, csv, height, drawing, pointed, draw, legend: [...legend, { name: t('chart.nothing'), kind: 'unknown' }],
    // Hours below each other: a table of 24 columns is read by nobody.
    table: () => ({ head: ['', ...rows], rows: columns.map((column, place) => [column, ...cells.map((line) => text(line[place]))]) }),
  });
}
