// What stands around every chart: its caption, its legend, its table, and the buttons that save it.

import { h, icon, put } from '../dom.js';
import { explain, t } from '../texts.js';
import { toast } from '../toast.js';
import { key } from './cursor.js';
import { saveCsv, savePng, toPng } from './save.js';
import './words.js';

/**
 * `draw(width)` fills `drawing`, again whenever the width changes; `table()`: {head, rows} of texts; `height`:
 * what the drawing will take, so that nothing moves once it is there. */
export function frame({ caption, subtitle, file, csv, height, drawing, pointed, draw, legend, table }) {
  const area = h('div', { class: 'chart-area', tabindex: '0', role: 'group', 'aria-label': t('chart.area', { caption }) }, drawing, pointed.tip);
  area.style.setProperty('min-height', `${height}px`);
  pointed.attach(area, drawing);
  const behind = h('details', { class: 'chart-table' }, h('summary', {}, t('chart.table')));
  behind.addEventListener('toggle', () => { if (behind.open && behind.childElementCount === 1) behind.append(tableOf(caption, table())); });
  const about = { title: caption, subtitle, legend };
  const tools = h('div', { class: 'chart-tools' },
    button(t('chart.png'), () => savePng(drawing, about, `${file}.png`)),
    csv ? h('a', { class: 'button quiet', href: csv, download: '' }, icon('download'), t('chart.csv')) : button(t('chart.csv'), () => saveCsv(table(), `${file}.csv`)));
  const element = h('figure', { class: 'chart panel pad' },
    h('figcaption', { class: 'chart-head' }, h('h2', {}, caption), tools),
    legend.length > 0 && h('ul', { class: 'legend' }, legend.map((item) => h('li', {}, key(item), item.name))),
    area, pointed.said, behind);
  let width = 0;
  new ResizeObserver(() => {
    const wanted = Math.floor(area.clientWidth);
    if (!wanted || wanted === width) return;
    width = wanted;
    draw(wanted);
  }).observe(area);
  return { element, png: () => toPng(drawing, about) };
}

function tableOf(caption, { head, rows }) {
  const body = h('tbody');
  put(body, rows.map(([name, ...cells]) => h('tr', {}, h('th', { scope: 'row' }, name), cells.map((cell, place) => h('td', { class: 'numeric', 'data-label': head[place + 1] }, cell)))));
  return h('div', { class: 'table-panel' }, h('table', { class: 'table' }, h('caption', { class: 'visually-hidden' }, caption),
    h('thead', {}, h('tr', {}, head.map((name, place) => (place ? h('th', { scope: 'col', class: 'numeric' }, name) : h('td', {}))))), body));
}

function button(words, work) {
  const click = () => Promise.resolve(work()).catch((error) => toast(explain(error), 'bad'));
  return h('button', { type: 'button', class: 'button quiet', on: { click } }, icon('download'), words);
}
