// A secret that is shown once, and copied by a button.

import { open } from '../../core/dialog.js';
import { h, icon, put } from '../../core/dom.js';
import { t } from '../../core/texts.js';

/** Show it until the dialog is closed. */
export function tellOnce(title, secret, advice) {
  const shown = h('output', { class: 'secret mono', tabindex: '0' }, secret);
  const copier = h('button', { type: 'button', class: 'button', autofocus: true, on: { click: copy } }, icon('copy'), t('people.copy'));
  async function copy() {
    try {
      await navigator.clipboard.writeText(secret);
      put(copier, icon('check'), t('people.copied'));
    } catch { // without HTTPS browsers have no clipboard: it is marked, to be copied by hand
      getSelection().selectAllChildren(shown);
      put(copier, icon('info'), t('people.copy.byhand'));
    }
  }
  const close = open(title, [
    h('p', {}, advice), h('div', { class: 'row secret-line' }, shown, copier),
    h('p', { class: 'notice notice-warn' }, icon('warning'), t('people.once')),
    h('div', { class: 'buttons' }, h('button', { type: 'button', class: 'button primary', on: { click: () => close() } }, t('close'))),
  ]);
}
