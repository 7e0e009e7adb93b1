// A table whose rows become cards on a telephone.

import { h, put } from './dom.js';
import { explain, t } from './texts.js';
import { toast } from './toast.js';

/**
 * `columns`: [{label, cell: (row) => child, numeric, class}]; a first column with `head: true` names its row.
 * `rows`: null while they are asked for, which is not the same as none. `caption` is read out, and seen with
 * `showCaption`; `empty`: what stands there when there is no row; `more`: an iterator of further rows such as api.all(…),
 * taken by a button. Gives back {element, show(rows), add(rows)}.
 */
export function table(columns, rows, { caption, empty = t('table.empty'), more = null, showCaption = false, rowClass } = {}) {
  const body = h('tbody');
  const nothing = h('p', { class: 'empty' }, empty);
  const head = h('tr', {}, columns.map((column) => h('th', { scope: 'col', class: classes(column) }, column.label)));
  const element = h('div', { class: 'table-panel panel' },
    h('table', { class: 'table' }, h('caption', { class: showCaption ? 'caption' : 'visually-hidden' }, caption), h('thead', {}, head), body),
    nothing);
  const add = (found) => {
    body.append(...found.map((row) => rowOf(columns, row, rowClass)));
    nothing.hidden = body.childElementCount > 0;
  };
  const show = (found) => {
    put(body);
    add(found);
  };
  if (rows) show(rows);
  else nothing.hidden = true;
  if (more) element.append(moreButton(more, add));
  return { element, show, add };
}

function rowOf(columns, row, rowClass) {
  return h('tr', { class: rowClass?.(row) }, columns.map((column) =>
    h(column.head ? 'th' : 'td', { scope: column.head && 'row', class: classes(column), 'data-label': column.label }, column.cell(row))));
}

function classes(column) {
  return [column.numeric && 'numeric', column.class];
}

function moreButton(more, add) {
  const button = h('button', { type: 'button', class: 'button more', on: { click: take } }, t('table.more'));
  async function take() {
    button.disabled = true;
    try {
      const { value, done } = await more.next();
      if (value) add(value);
      if (done || !value?.length) button.remove();
    } catch (error) {
      toast(explain(error), 'bad');
    }
    button.disabled = false;
  }
  return button;
}
