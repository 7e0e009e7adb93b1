// A chart as a file: the drawing as PNG, made in the browser, and its table as CSV.

import { h, svg } from '../dom.js';
import { t } from '../texts.js';

const SCALE = 2; // pixels of the picture for one of the screen
const PAD = 16;
const LINE = 20;
// All of a style that a drawing here uses: an SVG that stands alone has no style sheet.
const STYLES = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-opacity', 'stroke-linejoin', 'opacity', 'font-family', 'font-size', 'font-weight', 'text-anchor'];

/** Save the drawing with its title, subtitle and legend. */
export async function savePng(drawing, about, name) {
  save(await toPng(drawing, about), name);
}

/** The same as a Blob. */
export async function toPng(drawing, about) {
  const whole = standalone(drawing, about);
  const address = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(whole)], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = h('canvas', { width: SCALE * whole.getAttribute('width'), height: SCALE * whole.getAttribute('height') });
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error(t('chart.no_png')))), 'image/png'));
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Save {head, rows} as CSV (RFC 4180), of which no spreadsheet takes a cell for a formula. */
export function saveCsv({ head, rows }, name) {
  const text = [head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n');
  save(new Blob([`\ufeff${text}\r\n`], { type: 'text/csv;charset=utf-8' }), name);
}

function cell(text) {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

function save(blob, name) {
  const address = URL.createObjectURL(blob);
  h('a', { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // the browser may ask first where to put it
}

function standalone(drawing, { title, subtitle, legend }) {
  const width = Number(drawing.getAttribute('width'));
  const height = Number(drawing.getAttribute('height'));
  const root = getComputedStyle(document.body);
  const words = { 'font-family': root.fontFamily, fill: root.color };
  const keys = keysOf(legend, width, words, drawing);
  const head = PAD + LINE * (subtitle ? 2 : 1) + keys.height + 10;
  const copy = drawing.cloneNode(true);
  inline(drawing, copy);
  copy.querySelector('.chart-cursor')?.remove();
  const placed = { x: PAD, y: head, width, height };
  for (const [name, value] of Object.entries(placed)) copy.setAttribute(name, value);
  const size = { width: width + 2 * PAD, height: head + height + PAD };
  return svg('svg', { xmlns: 'http://www.w3.org/2000/svg', ...size, viewBox: `0 0 ${size.width} ${size.height}` },
    svg('rect', { ...size, fill: getComputedStyle(drawing.closest('.chart')).backgroundColor }),
    svg('text', { ...words, x: PAD, y: PAD + 14, 'font-size': 16, 'font-weight': 600 }, title),
    subtitle && svg('text', { ...words, x: PAD, y: PAD + 14 + LINE, 'font-size': 12.5, opacity: 0.75 }, subtitle),
    svg('g', { transform: `translate(${PAD} ${PAD + LINE * (subtitle ? 2 : 1) + 4})` }, keys.nodes), copy);
}

/** The legend, in as many lines as it needs. */
function keysOf(legend, width, words, drawing) {
  let x = 0;
  let y = 0;
  const nodes = legend.map(({ name, color, kind }) => {
    const room = 34 + name.length * 8.5;
    if (x && x + room > width) [x, y] = [0, y + LINE];
    const shown = color && drawing.querySelector(`.chart-fill-${color}, .chart-stroke-${color}, .chart-${color}`);
    const style = shown && getComputedStyle(shown);
    const fill = style ? (style.fill === 'none' ? style.stroke : style.fill) : 'none';
    const node = [svg('rect', { x, y: y + (kind === 'bar' ? 2 : 6), width: 16, height: kind === 'bar' ? 12 : 4, fill, stroke: fill === 'none' ? words.fill : 'none', 'stroke-dasharray': '3 2' }),
      svg('text', { ...words, x: x + 22, y: y + 12, 'font-size': 12.5 }, name)];
    x += room;
    return node;
  });
  return { nodes, height: legend.length ? y + LINE : 0 };
}

function inline(from, to) {
  const style = getComputedStyle(from);
  for (const name of STYLES) to.setAttribute(name, from.getAttribute(name)?.startsWith('url(') ? from.getAttribute(name) : style.getPropertyValue(name));
  [...from.children].forEach((child, place) => inline(child, to.children[place]));
}
