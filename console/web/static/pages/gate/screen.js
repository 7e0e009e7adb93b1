// The screen of the gate: a sign, few words, and the mirror. Shape, word and colour say the same.

import { h, icon, put, svg } from '../../core/dom.js';
import { language, t } from '../../core/texts.js';

// Each in a field of 100: a check in a circle, a bar in an octagon, an eye, a question, nobody.
const SIGNS = {
  allow: [['circle', { cx: 50, cy: 50, r: 44 }], ['path', { d: 'M29 52l15 15 29-32' }]],
  deny: [['path', { d: 'M31 6h38l25 25v38l-25 25H31L6 69V31z' }], ['path', { d: 'M28 50h44' }]],
  retry: [['path', { d: 'M6 50c14-24 30-33 44-33s30 9 44 33c-14 24-30 33-44 33S20 74 6 50z' }], ['circle', { cx: 50, cy: 50, r: 14 }]],
  idle: [['circle', { cx: 50, cy: 32, r: 18 }], ['path', { d: 'M14 94c0-26 16-36 36-36s36 10 36 36' }]],
  away: [['path', { d: 'M50 8l44 80H6z' }], ['path', { d: 'M50 36v24M50 74v.5' }]],
};

const TOUCHED_MS = 4000; // so long the way out is seen, where there is no Escape key

/** {element, show(state), mirror(video)}; `onEnd`: what the way out does, which is seen for a moment when it is touched. */
export function screen({ voice }, { onEnd, signal }) {
  const sign = h('div', { class: 'gate-sign', 'aria-hidden': 'true' });
  const word = h('p', { class: 'gate-word' });
  const why = h('p', { class: 'gate-why' });
  const glass = h('div', { class: 'gate-mirror', role: 'img', 'aria-label': t('gate.mirror') });
  const element = h('div', { class: 'gate', dataset: { shown: 'idle' } }, glass,
    h('div', { class: 'gate-words', role: 'status', 'aria-live': 'assertive' }, h('h1', { class: 'visually-hidden' }, t('gate.title')), sign, word, why), wayOut(onEnd));
  let timer = 0;
  const touched = () => {
    element.classList.add('is-touched');
    clearTimeout(timer);
    timer = setTimeout(() => element.classList.remove('is-touched'), TOUCHED_MS);
  };
  for (const event of ['pointerdown', 'pointermove', 'keydown']) document.addEventListener(event, touched, { signal });
  let said = '';
  const show = (state) => {
    const words = wordsOf(state);
    const now = `${state.shown} ${words.why}`;
    if (now === said) return;
    said = now;
    element.dataset.shown = state.shown;
    put(sign, svg('svg', { viewBox: '0 0 100 100' }, SIGNS[state.shown].map(([name, props]) => svg(name, props))));
    word.textContent = words.word;
    why.textContent = words.why;
    if (voice && ['allow', 'deny'].includes(state.shown)) speak(`${words.word}. ${words.why}`);
  };
  return { element, show, mirror: (video) => put(glass, video) };
}

function wayOut(onEnd) {
  return h('button', { type: 'button', class: 'gate-end icon-button', 'aria-label': t('gate.end'), on: { click: onEnd } }, icon('close'));
}

function wordsOf({ shown, face, reason }) {
  return { word: t(`gate.${shown}`), why: { allow: () => t('gate.allow.why'), deny: () => refusal(face), away: () => t(`gate.away.${reason}`) }[shown]?.() ?? t(`gate.${shown}.why`) };
}

function refusal(face) {
  if (!face || face.label === 'no_mask') return t('gate.deny.no_mask');
  const parts = face.uncovered.map((part) => t(`uncovered.${part}`)).join(t('gate.and'));
  return parts ? t('gate.deny.uncovered', { parts }) : t('gate.deny.wrong');
}

function speak(text) {
  const words = new SpeechSynthesisUtterance(text);
  words.lang = language() === 'zh' ? 'zh-CN' : 'en-GB';
  speechSynthesis.cancel(); // what was said of the one before is over
  speechSynthesis.speak(words);
}
