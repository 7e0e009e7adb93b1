// Forms: Enter sends, what is wrong stands beside its field, and the first wrong field gets the focus.

import { h } from './dom.js';
import { explain, t } from './texts.js';

export { checkbox, dateTime, field, group, multi, number_ as number, select, tags, text, textarea } from './fields.js';
export { schedule } from './schedule.js';

/**
 * `fields`: what the builders gave back, or nodes between them. `submit`: the button's word. `onSubmit(values)` may be
 * async; a Problem that it throws is shown. `cancel`: a function for a second button. `extra`: more buttons.
 * Gives back {element, fields (by name), values(), fail(problem)}.
 */
export function form({ fields, submit = t('save'), onSubmit, cancel = null, extra = [], danger = false }) {
  const inputs = fields.filter((one) => one && 'error' in one);
  const told = h('p', { class: 'form-error', role: 'alert', hidden: true });
  const button = h('button', { type: 'submit', class: ['button', danger ? 'danger' : 'primary'] }, submit);
  const back = cancel && h('button', { type: 'button', class: 'button', on: { click: cancel } }, t('cancel'));
  const element = h('form', { class: 'form', novalidate: true }, fields, told, h('div', { class: 'buttons' }, extra, back, button));
  const values = () => Object.fromEntries(inputs.map((one) => [one.name, one.value]));
  const fail = (problem) => show(problem, inputs, told);
  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    clear(inputs, told);
    if (!complete(element, inputs)) return;
    button.disabled = true;
    try {
      await onSubmit(values());
    } catch (error) {
      if (error.name !== 'AbortError') fail(error);
    } finally {
      button.disabled = false;
    }
  });
  return { element, values, fail, fields: Object.fromEntries(inputs.map((one) => [one.name, one])) };
}

function clear(inputs, told) {
  inputs.forEach((one) => one.error(null));
  told.hidden = true;
}

/** What the browser itself can tell: what is missing, or out of range. In its words, beside the field. */
function complete(element, inputs) {
  if (element.checkValidity()) return true;
  const wrong = inputs.map((one) => [one, one.element.querySelector(':invalid:not(fieldset)')]).filter(([, control]) => control);
  wrong.forEach(([one, control]) => one.error(control.validationMessage));
  wrong[0]?.[1].focus();
  return false;
}

function show(problem, inputs, told) {
  if (problem.name !== 'Problem') reportError(problem);
  const left = [];
  let first = null;
  for (const { field, message } of problem.errors ?? []) {
    const concerned = inputs.find((one) => one.name === field.split(/[.[]/)[0]);
    if (concerned) concerned.error(message);
    else left.push(`${field}: ${message}`);
    first ??= concerned;
  }
  const sentence = problem.errors?.length ? left.join('; ') : explain(problem);
  told.textContent = sentence;
  told.hidden = !sentence;
  first?.focus();
}
