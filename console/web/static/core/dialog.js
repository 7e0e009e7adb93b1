// Dialogs: the browser's own, which keep the focus inside, close by Escape and give the focus back.

import { h, icon } from './dom.js';
import { t } from './texts.js';

let number = 0;

/**
 * Show something in a dialog; gives back what closes it. `kind`: 'small', 'medium' or 'wide'; `onClose` is called
 * however it was closed.
 */
export function open(title, content, { kind = 'medium', onClose = () => {}, role } = {}) {
  const id = `dialog-${++number}`;
  const close = () => dialog.close();
  const head = h('header', { class: 'dialog-head' }, h('h2', { id }, title),
    h('button', { type: 'button', class: 'icon-button', 'aria-label': t('close'), on: { click: close } }, icon('close')));
  const dialog = h('dialog', { class: `dialog dialog-${kind}`, 'aria-labelledby': id, role }, head,
    h('div', { class: 'dialog-body' }, content));
  dialog.addEventListener('close', () => {
    dialog.remove();
    onClose();
  });
  window.addEventListener('popstate', close, { once: true }); // a dialog belongs to its page
  document.body.append(dialog);
  dialog.showModal();
  (dialog.querySelector('[autofocus]') ?? dialog.querySelector('.dialog-body :is(input, select, textarea, button)'))?.focus();
  return close;
}

/** Ask before something is done: true when it is wanted. `danger`: it cannot be taken back. `action`: the button's word. */
export function confirm(text, { danger = false, action = t('ok'), title = t('confirm.title') } = {}) {
  return new Promise((resolve) => {
    let answer = false;
    const say = (value) => () => {
      answer = value;
      close();
    };
    const buttons = h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'button', autofocus: danger, on: { click: say(false) } }, t('cancel')),
      h('button', { type: 'button', class: ['button', danger ? 'danger' : 'primary'], autofocus: !danger, on: { click: say(true) } }, action));
    const close = open(title, [h('p', {}, text), buttons], { kind: 'small', role: 'alertdialog', onClose: () => resolve(answer) });
  });
}
