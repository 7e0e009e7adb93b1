// What a person chooses for this browser: light or dark, and the language.

import { h } from './dom.js';
import { LANGUAGES, language, setLanguage, t } from './texts.js';

const KEPT = 'maskwatch.theme';
const THEMES = ['', 'light', 'dark']; // '': as the system says

/** Both choices, as radio buttons. */
export function preferences() {
  return h('div', { class: 'preferences' },
    choices('theme', t('theme'), THEMES.map((name) => [name, t(`theme.${name || 'system'}`)]), theme(), setTheme),
    choices('language', t('language'), Object.entries(LANGUAGES), language(), setLanguage));
}

/** 'light' or 'dark' as it was chosen here; empty: as the system says. */
export function theme() {
  return document.documentElement.dataset.theme ?? '';
}

/** Choose it, for this browser. */
export function setTheme(name) {
  if (name) {
    localStorage.setItem(KEPT, name);
    document.documentElement.dataset.theme = name;
  } else {
    localStorage.removeItem(KEPT);
    delete document.documentElement.dataset.theme;
  }
}

function choices(name, legend, options, chosen, choose) {
  return h('fieldset', { class: 'segments' }, h('legend', {}, legend),
    options.map(([value, words]) => h('label', { lang: name === 'language' && value },
      h('input', { type: 'radio', name, value, checked: value === chosen, on: { change: () => choose(value) } }), h('span', {}, words))));
}
