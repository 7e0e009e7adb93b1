// /gate : a full screen for an entrance. First its settings; then it runs for as long as the tab is open.

import { get } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { form } from '../../core/form.js';
import { link, query } from '../../core/router.js';
import { t } from '../../core/texts.js';
import { isAllowed } from '../../core/webcam.js';
import { run } from './run.js';
import { fields, keep, kept } from './settings.js';

export const title = 'gate.title';
export const bare = true;

export default async function show(root, { signal }) {
  const about = await get('try', {}, signal);
  await enter(root, about, signal);
  if (query().has('start') && (await isAllowed())) begin(root, about, signal);
}

/** What stands here before and after: why there is no picture, the settings, the button. */
async function enter(root, about, signal, reason = '') {
  const start = form({
    fields: await fields(about, kept()),
    submit: t('gate.start'),
    onSubmit: async (chosen) => {
      keep(chosen);
      await document.documentElement.requestFullscreen?.().catch(() => {}); // a browser that may not: the tab is enough
      begin(root, about, signal);
    },
  });
  put(root, h('div', { class: 'gate-start' },
    h('section', { class: 'panel gate-card stack' },
      h('h1', { class: 'title' }, icon('gate'), ' ', t('gate.title')), h('p', {}, t('gate.intro')),
      reason && h('p', { class: 'form-error', role: 'alert' }, t(`webcam.${reason}`)),
      start, h('p', { class: 'hint' }, t('gate.hint')),
      link('/', { class: 'row' }, icon('back'), t('gate.back')))));
}

async function begin(root, about, signal) {
  const reason = await run(root, kept(), signal);
  if (document.fullscreenElement) await document.exitFullscreen();
  if (!signal.aborted) await enter(root, about, signal, reason);
}
