// One sentence that goes away by itself; read out by screen readers.

import { h, icon } from './dom.js';
import { t } from './texts.js';

const SECONDS = { good: 4, info: 5, bad: 10 };
const ICONS = { good: 'check', info: 'info', bad: 'error' };
let region = null;

/** Tell something. `kind`: 'good', 'info' or 'bad'; whoever points at it has it stay. */
export function toast(text, kind = 'info') {
  region ??= document.body.appendChild(h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite', popover: 'manual' }));
  const close = () => message.remove();
  const message = h('div', { class: `toast toast-${kind}` }, icon(ICONS[kind]), h('span', {}, text),
    h('button', { type: 'button', class: 'icon-button', 'aria-label': t('close'), on: { click: close } }, icon('close')));
  region.append(message);
  // The top layer, above an open dialog: shown anew, it comes to the front.
  if (region.matches(':popover-open')) region.hidePopover();
  region.showPopover();
  const leave = () => setTimeout(() => (message.matches(':hover') ? leave() : close()), 1000 * SECONDS[kind]);
  leave();
}
