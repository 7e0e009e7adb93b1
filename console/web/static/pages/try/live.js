// Oneself before the webcam: one picture after the other is looked at, as fast as answers come.

import { send } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { overlay } from '../../core/picture.js';
import { explain, t } from '../../core/texts.js';
import { every } from '../../core/time.js';
import { openWebcam } from '../../core/webcam.js';
import { facesList, facts, look } from './look.js';

const PAUSE_MS = 120;
const BUSY_MS = 2000;

/** Until the signal, or until the person stops it. */
export async function live(stage, options, signal) {
  put(stage, h('p', { class: 'empty' }, icon('waiting'), t('try.looking')));
  const ended = new AbortController();
  const while_ = AbortSignal.any([signal, ended.signal]);
  const stop = (words) => {
    ended.abort();
    put(stage, h('p', { class: words ? 'form-error' : 'empty', role: words && 'alert' }, words || t('try.nothing')));
  };
  let camera;
  try {
    camera = await openWebcam({ signal: while_, onEnd: () => stop(t('webcam.ended')) });
  } catch (error) {
    if (error.name !== 'NoWebcam') throw error;
    stop(t(`webcam.${error.reason}`));
    return;
  }
  if (signal.aborted) return;
  const boxes = h('div', { class: 'try-boxes' });
  const words = h('div', { class: 'stack' });
  const keep = async () => {
    const blob = await camera.shot();
    ended.abort();
    await look(stage, [{ name: t('try.webcam.alt'), blob }], options, signal);
  };
  const button = (name, label, click) => h('button', { type: 'button', class: 'button', on: { click } }, icon(name), label);
  camera.video.setAttribute('aria-label', t('try.webcam.alt'));
  put(stage, h('article', { class: 'panel try-card' }, h('div', { class: 'picture' }, camera.video, boxes),
    h('div', { class: 'pad stack' }, h('div', { class: 'buttons' }, button('picture', t('try.webcam.keep'), () => keep().catch(failed)), button('stop', t('try.webcam.stop'), () => stop(''))), words)));
  const once = async () => {
    const began = performance.now();
    const form = new FormData();
    form.append('images', await camera.shot(), 'webcam.jpg');
    try {
      const { results: [result] } = await send('POST', 'try', { query: options.query(), form, signal: while_ });
      put(boxes, overlay({ ...result, landmarks: options.landmarks() }));
      put(words, facesList(result.faces), facts(result, performance.now() - began));
    } catch (error) {
      if (error.name !== 'Problem' || ![429, 503].includes(error.status)) throw error;
      await new Promise((resolve) => setTimeout(resolve, BUSY_MS)); // others come first; the picture goes on
    }
  };
  const failed = (error) => {
    if (error.name === 'AbortError') return;
    if (error.name !== 'Problem') reportError(error);
    stop(explain(error));
  };
  every(PAUSE_MS, () => once().catch(failed), while_);
}
