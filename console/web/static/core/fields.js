// One field each: a label, a control, a hint, and room for what is wrong with it.
// All builders give back {name, element, value (to read and to set), error(text), focus()}.

import { h, put } from './dom.js';
import { t } from './texts.js';

let number = 0;

/** One line. `type`: text, password, email, url, search, time …; other options become attributes of the input. */
export function text({ name, label, hint, value = '', type = 'text', on, ...attributes }) {
  const input = h('input', { type, name, value: value ?? '', autocomplete: 'off', on, ...attributes });
  return field({ name, label, hint, control: input, required: attributes.required });
}

/** A number; its value is null where nothing stands. `unit` is written behind it. */
export function number_({ name, label, hint, value = null, step = 'any', unit, on, ...attributes }) {
  const input = h('input', { type: 'number', name, value: value ?? '', step, inputmode: 'decimal', on, ...attributes });
  return field({
    name, label, hint, control: input, required: attributes.required,
    shown: unit && h('span', { class: 'with-unit' }, input, h('span', { class: 'unit' }, unit)),
    read: () => (input.value === '' ? null : Number(input.value)),
    write: (given) => { input.value = given ?? ''; },
  });
}

/** Several lines. */
export function textarea({ name, label, hint, value = '', rows = 4, on, ...attributes }) {
  const input = h('textarea', { name, rows, value: value ?? '', on, ...attributes });
  return field({ name, label, hint, control: input, required: attributes.required });
}

/** One of several. `options`: [[value, text], …] or plain strings; values may be of any type. */
export function select({ name, label, hint, value, options, on, ...attributes }) {
  let pairs = [];
  const control = h('select', { name, on, ...attributes });
  const offer = (given, kept) => {
    pairs = given.map(pair);
    put(control, pairs.map(([, words], place) => h('option', { value: String(place) }, words)));
    write(kept);
  };
  const write = (given) => { control.value = String(Math.max(0, pairs.findIndex(([one]) => one === given))); };
  offer(options, value);
  const read = () => pairs[Number(control.value)]?.[0];
  const made = field({ name, label, hint, control, required: attributes.required, read, write });
  /** Offer other options; what was chosen stays where it is still offered. */
  made.offer = (given) => offer(given, read());
  return made;
}

/** Any of several, as check boxes; the value is an array. */
export function multi({ name, label, hint, value = [], options, on }) {
  const boxes = new Map();
  const list = h('div', { class: 'choices' });
  const write = (given) => boxes.forEach((box, one) => { box.checked = given.includes(one); });
  const read = () => [...boxes].filter(([, box]) => box.checked).map(([one]) => one);
  const offer = (given, kept) => {
    boxes.clear();
    put(list, given.map(pair).map(([one, words]) => {
      const box = h('input', { type: 'checkbox', name, checked: kept.includes(one), on });
      boxes.set(one, box);
      return h('label', { class: 'choice' }, box, h('span', {}, words));
    }));
  };
  offer(options, value);
  const made = group({ name, label, hint, control: list, read, write, focus: () => boxes.values().next().value?.focus() });
  made.offer = (given) => offer(given, read());
  return made;
}

/** Yes or no. */
export function checkbox({ name, label, hint, value = false, on, ...attributes }) {
  const box = h('input', { type: 'checkbox', name, checked: value, on, ...attributes });
  const line = (id) => h('label', { class: 'choice', for: id }, box, h('span', {}, label));
  return field({ name, line, hint, control: box, read: () => box.checked, write: (given) => { box.checked = given; } });
}

/** Words separated by commas; the value is an array. `known` are proposed. */
export function tags({ name, label, hint = t('form.tags'), value = [], known = [], on, ...attributes }) {
  const list = known.length ? h('datalist', { id: `known-${++number}` }, known.map((one) => h('option', { value: one }))) : null;
  const input = h('input', { type: 'text', name, value: value.join(', '), list: list?.id, autocomplete: 'off', on, ...attributes });
  return field({
    name, label, hint, control: input, shown: [input, list],
    read: () => [...new Set(input.value.split(/[,，;]/).map((one) => one.trim()).filter(Boolean))],
    write: (given) => { input.value = given.join(', '); },
  });
}

/** A local date and time; the value is as the API takes it, or null. */
export function dateTime({ name, label, hint, value = null, on, ...attributes }) {
  const input = h('input', { type: 'datetime-local', name, on, ...attributes });
  const write = (given) => { input.value = given ? local(new Date(given)) : ''; };
  write(value);
  return field({
    name, label, hint, control: input, required: attributes.required, write,
    read: () => (input.value ? new Date(input.value).toISOString() : null),
  });
}

/** A field of one control of your own: `read` and `write` its value. */
export function field({ name, label, line, hint, control, shown = control, required, read, write }) {
  const id = `field-${++number}`;
  control.id = id;
  const words = line ? null : h('label', { for: id, class: 'label' }, label, required && h('span', { class: 'required', 'aria-hidden': 'true' }, ' *'));
  const element = h('div', { class: 'field' }, words, line ? line(id) : shown);
  return finish({
    name, element, hint, control,
    read: read ?? (() => control.value),
    write: write ?? ((given) => { control.value = given ?? ''; }),
    focus: () => control.focus(),
  });
}

/** A field of several controls, under one heading. */
export function group({ name, label, hint, control, read, write, focus }) {
  const element = h('fieldset', { class: 'field' }, h('legend', { class: 'label' }, label), control);
  return finish({ name, element, hint, control: element, read, write, focus });
}

function finish({ name, element, hint, control, read, write, focus }) {
  const about = h('p', { class: 'hint', id: `about-${++number}` }, hint);
  const wrong = h('p', { class: 'wrong', id: `wrong-${number}`, hidden: true });
  element.append(...(hint ? [about] : []), wrong);
  if (hint) control.setAttribute('aria-describedby', about.id);
  return {
    name, element, focus,
    get value() { return read(); },
    set value(given) { write(given); },
    error(message) {
      wrong.textContent = message ?? '';
      wrong.hidden = !message;
      if (message) {
        control.setAttribute('aria-invalid', 'true');
        control.setAttribute('aria-errormessage', wrong.id);
      } else {
        control.removeAttribute('aria-invalid');
      }
    },
  };
}

function pair(option) {
  return Array.isArray(option) ? option : [option, String(option)];
}

function local(moment) {
  return new Date(moment.getTime() - 60_000 * moment.getTimezoneOffset()).toISOString().slice(0, 16);
}
