// How the cameras do, in one line.

import { h } from '../../core/dom.js';
import { STATES, TROUBLED, word } from '../../core/sight.js';
import { t } from '../../core/texts.js';

/** {element, show(states)}: said again only when it is something else, for it is read out. */
export function summary() {
  const element = h('p', { class: 'wall-summary muted', role: 'status' });
  const show = (states) => {
    const watched = states.filter((state) => state !== 'disabled' && state !== 'paused');
    const parts = [watched.length ? t('wall.summary', { live: count(states, 'live'), watched: watched.length }) : ''];
    for (const state of Object.keys(STATES)) {
      if (TROUBLED.has(state) && count(states, state)) parts.push(`${count(states, state)} ${word(state)}`);
    }
    const said = parts.filter(Boolean).join(' · ');
    if (element.textContent !== said) element.textContent = said;
  };
  return { element, show };
}

function count(states, state) {
  return states.filter((one) => one === state).length;
}
