// An answer as scripts get it: to read, to copy, to download.

import { h, icon } from '../../core/dom.js';
import { t } from '../../core/texts.js';
import { toast } from '../../core/toast.js';

/** A part that opens; `name`: of what the answer is about. */
export function json(answer, name) {
  const text = JSON.stringify(answer, null, 2);
  const details = h('details', { class: 'try-json' }, h('summary', {}, t('try.json')));
  details.addEventListener('toggle', () => fill(details, text, name), { once: true }); // large ones cost nothing unseen
  return details;
}

function fill(details, text, name) {
  details.append(
    h('div', { class: 'buttons' },
      h('button', { type: 'button', class: 'button', on: { click: () => copy(text) } }, icon('copy'), t('try.json.copy')),
      h('button', { type: 'button', class: 'button', on: { click: () => save(text, name) } }, icon('download'), t('try.json.download'))),
    h('pre', { class: 'mono', tabindex: '0', 'aria-label': t('try.json') }, text));
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t('try.json.copied'), 'good');
  } catch {
    toast(t('try.json.failed'), 'bad'); // insecure pages have no clipboard
  }
}

function save(text, name) {
  const href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  h('a', { href, download: `${name.replace(/\.[^.]*$/, '')}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}
