// How to look: which detector, from which score on, with what beside it.

import { h } from '../../core/dom.js';
import { checkbox, number, select } from '../../core/form.js';
import { number as written, t } from '../../core/texts.js';

const KEPT = 'maskwatch.try';
const WAIT_MS = 250; // a threshold that is being moved asks once

/** {element, query(), everySeconds(), landmarks()}; `onChange` is called when another answer is to be expected. */
export function options(about, onChange) {
  const kept = JSON.parse(localStorage.getItem(KEPT) ?? '{}');
  let timer = 0;
  const changed = () => {
    localStorage.setItem(KEPT, JSON.stringify({ variant: variant.value, score: score.value, fit: fit.value, landmarks: landmarks.value }));
    clearTimeout(timer);
    timer = setTimeout(onChange, WAIT_MS);
  };
  const variants = [['', t('try.variant.own', { name: about.variant })], ...about.variants.map((one) => [one, t(`try.variant.${one}`)])];
  const variant = select({ name: 'variant', label: t('try.variant'), value: kept.variant ?? '', options: variants, on: { change: changed } });
  const score = threshold(kept.score ?? 0, changed);
  const fit = checkbox({ name: 'fit', label: t('try.fit.on'), value: kept.fit ?? true, on: { change: changed } });
  const landmarks = checkbox({ name: 'landmarks', label: t('try.landmarks'), value: kept.landmarks ?? true, on: { change: changed } });
  const every = number({ name: 'every', label: t('try.every'), value: 1, min: 0.1, max: 60, step: 0.1 });
  return {
    element: h('section', { class: 'panel pad stack try-options' }, h('h2', {}, t('try.options')), variant, score, fit, landmarks, every),
    query: () => ({ variant: variant.value, min_score: score.value || null, fit: fit.value }),
    videoQuery: () => ({ variant: variant.value, min_score: score.value || null, every_seconds: Math.min(60, Math.max(0.1, every.value || 1)) }),
    landmarks: () => landmarks.value,
  };
}

/** 0: the model's own. */
function threshold(value, changed) {
  const told = h('output', { class: 'numeric' });
  const range = h('input', { type: 'range', id: 'try-score', min: 0, max: 0.95, step: 0.05, value });
  const tell = () => {
    const score = Number(range.value);
    told.textContent = score ? written(score) : t('try.score.own');
    range.setAttribute('aria-valuetext', told.textContent);
  };
  tell();
  range.addEventListener('input', () => {
    tell();
    changed();
  });
  const label = h('div', { class: 'row' }, h('label', { class: 'label', for: 'try-score' }, t('try.score')), h('span', { class: 'push' }, told));
  return { element: h('div', { class: 'field' }, label, range), get value() { return Number(range.value); } };
}
