// A card's Markdown as elements: headings, paragraphs, lists, tables, code. Whatever else stands in it stays text.

import { h } from '../../core/dom.js';

/** The elements of a text; its headings begin at h3. */
export function markdown(text) {
  return text.replaceAll('\r\n', '\n').split(/\n{2,}/).flatMap((block) => sections(block.split('\n').filter((line) => line.trim())));
}

/** A heading ends its block without an empty line. */
function sections(lines) {
  if (!lines.length) return [];
  const heading = /^(#{1,6})\s+(.*)$/.exec(lines[0]);
  if (heading) return [h(heading[1].length === 1 ? 'h3' : 'h4', {}, inline(heading[2])), ...sections(lines.slice(1))];
  const at = lines.findIndex((line, place) => place > 0 && /^(#{1,6}\s|[-*]\s)/.test(line) && !/^[-*]\s/.test(lines[0]));
  if (at > 0) return [...sections(lines.slice(0, at)), ...sections(lines.slice(at))];
  if (lines.length > 1 && lines[0].startsWith('|') && /^\|[\s:|-]+\|?$/.test(lines[1])) return [rows(lines)];
  if (/^[-*]\s/.test(lines[0])) return [h('ul', {}, items(lines).map((item) => h('li', {}, inline(item))))];
  return [h('p', {}, inline(lines.join(' ')))];
}

function items(lines) {
  return lines.reduce((found, line) => {
    if (/^[-*]\s/.test(line)) return [...found, line.slice(2)];
    return [...found.slice(0, -1), `${found.at(-1)} ${line.trim()}`];
  }, []);
}

function rows(lines) {
  const cells = (line) => line.replace(/^\||\|\s*$/g, '').split('|').map((cell) => inline(cell.trim()));
  const [head, , ...body] = lines;
  return h('div', { class: 'table-panel' }, h('table', { class: 'models-card-table' },
    h('thead', {}, h('tr', {}, cells(head).map((cell) => h('th', { scope: 'col' }, cell)))),
    h('tbody', {}, body.map((line) => h('tr', {}, cells(line).map((cell) => h('td', {}, cell)))))));
}

/** `code` and **strong**. */
function inline(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.length > 2 && part.startsWith('`')) return h('code', { class: 'mono' }, part.slice(1, -1));
    if (part.length > 4 && part.startsWith('**')) return h('strong', {}, part.slice(2, -2));
    return part;
  });
}
