// /try : a picture, a video or oneself before the models. Nothing that is shown here is stored.

import { get } from '../../core/api.js';
import { h, put } from '../../core/dom.js';
import { explain, t } from '../../core/texts.js';
import { toast } from '../../core/toast.js';
import { input } from './input.js';
import { live } from './live.js';
import { look } from './look.js';
import { options } from './options.js';
import { report } from './report.js';

export const title = 'try.title';

export default async function show(root, { signal }) {
  const about = await get('try', {}, signal);
  const stage = h('section', { class: 'try-stage', 'aria-label': t('try.results'), 'aria-live': 'polite' },
    h('p', { class: 'empty' }, t('try.nothing')));
  let running = new AbortController(); // what is looked at now; something new ends it
  let again = () => {};
  const begin = (task) => {
    running.abort();
    running = new AbortController();
    task(AbortSignal.any([signal, running.signal])).catch((error) => {
      if (error.name === 'AbortError') return;
      if (error.name !== 'Problem') reportError(error);
      put(stage, h('p', { class: 'form-error', role: 'alert' }, explain(error)));
    });
  };
  const chosen = options(about, () => again());
  const source = input(about, signal, {
    onPictures: (pictures) => {
      again = () => begin((ended) => look(stage, pictures, chosen, ended));
      again();
    },
    onVideo: (video) => {
      again = () => {};
      begin((ended) => report(stage, video, chosen, ended));
    },
    onWebcam: () => {
      again = () => {};
      begin((ended) => live(stage, chosen, ended));
    },
    onWrong: (sentence) => toast(sentence, 'bad'),
  });
  root.append(
    h('div', { class: 'stack' }, h('h1', { class: 'title' }, t('try.title')), h('p', { class: 'muted' }, t('try.intro'))),
    h('div', { class: 'try' }, h('div', { class: 'stack' }, source, chosen.element), stage),
  );
}
