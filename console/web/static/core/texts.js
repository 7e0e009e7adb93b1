// What people read, in their language. A page brings its own texts (pages/<page>/texts.js); the router adds them.

import en from './texts/en.js';
import zh from './texts/zh.js';

export const LANGUAGES = { en: 'English', zh: '中文' };
const KEPT = 'maskwatch.language';
const chosen = pick();
const book = new Map(Object.entries({ en, zh }[chosen]));
const plural = new Intl.PluralRules(chosen);

/** 'en' or 'zh': as it was chosen here, else as the browser says. */
export function language() {
  return chosen;
}

/** Choose another language; the page is loaded anew. */
export function setLanguage(name) {
  localStorage.setItem(KEPT, name);
  location.reload();
}

/** Add a page's texts: {en: {key: text}, zh: {...}}. A language that lacks one is an error, which tests see. */
export function add(texts) {
  const names = Object.keys(LANGUAGES).map((name) => Object.keys(texts[name]).sort().join());
  if (new Set(names).size > 1) console.error(`texts that not every language has: ${names.join(' | ')}`);
  for (const [key, text] of Object.entries(texts[chosen])) book.set(key, text);
}

/** Whether there is a text of that key. */
export function has(key) {
  return book.has(key);
}

/** The text of that key, with its {placeholders} filled in. A key that is missing is an error, which tests see. */
export function t(key, values = {}) {
  if (!book.has(key)) {
    console.error(`there is no text ${key} (${chosen})`);
    return key;
  }
  return book.get(key).replace(/\{(\w+)\}/g, (_, name) => {
    if (!(name in values)) console.error(`the text ${key} needs ${name}`);
    return values[name];
  });
}

/** The text `key.one`, `key.other` … for so many; {count} is filled in. */
t.n = (key, count, values = {}) => t(`${key}.${plural.select(count)}`, { count: number(count), ...values });

/** A number as one reads it; at most `digits` after the point. */
export function number(x, digits = 2) {
  if (x === null || x === undefined) return '–';
  return new Intl.NumberFormat(chosen, { maximumFractionDigits: digits }).format(x);
}

/** A share (0 … 1) in percent; a dash where there is none. */
export function percent(share, digits = 1) {
  if (share === null || share === undefined) return '–';
  return new Intl.NumberFormat(chosen, { style: 'percent', maximumFractionDigits: digits }).format(share);
}

/** What a label means: "Worn wrongly: nose". */
export function label(name, uncovered = []) {
  const text = t(`label.${name}`);
  if (name !== 'mask_incorrect' || !uncovered.length) return text;
  return t('label.uncovers', { label: text, parts: uncovered.map((part) => t(`uncovered.${part}`)).join(t('comma')) });
}

/** An error (see api.Problem) as a sentence in the reader's language; the server's own sentences are English. */
export function explain(error) {
  const key = `error.${error.code}`;
  if (error.code && (chosen !== 'en' || !error.message) && has(key)) return t(key);
  return error.message || t('error.unknown');
}

function pick() {
  const kept = localStorage.getItem(KEPT);
  if (kept in LANGUAGES) return kept;
  return navigator.language.startsWith('zh') ? 'zh' : 'en';
}
