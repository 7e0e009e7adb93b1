// What there is no room for on a telephone, behind a button.

import { h, icon } from './dom.js';

const NARROW = '(max-width: 760px)'; // as in console.css

/** The content; on a narrow screen folded behind `words`. */
export function fold(words, content, sign = 'filter') {
  if (!matchMedia(NARROW).matches) return content;
  return h('details', { class: 'fold stack' }, h('summary', { class: 'button' }, icon(sign), words), content);
}
