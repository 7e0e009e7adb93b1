// The person's own video, played from where it lies: it was never stored anywhere else.

import { h, put } from '../../core/dom.js';
import { t } from '../../core/texts.js';

const WIDTH = 160; // of a thumbnail

/** {element, seek(seconds), thumbnail(seconds) -> element}; where the browser cannot play it, words stand instead. */
export function player(blob, name, signal) {
  const src = URL.createObjectURL(blob);
  signal.addEventListener('abort', () => URL.revokeObjectURL(src));
  const video = h('video', { class: 'try-film', src, controls: true, muted: true, playsinline: true, preload: 'metadata', 'aria-label': name });
  const element = h('div', {}, video);
  const wanted = [];
  let isPlayable = true;
  video.addEventListener('error', () => {
    isPlayable = false;
    wanted.forEach(({ canvas }) => canvas.remove());
    put(element, h('p', { class: 'muted small' }, t('try.video.unplayable')));
  });
  const seek = (seconds) => {
    if (!isPlayable) return;
    video.currentTime = seconds;
    video.scrollIntoView({ block: 'nearest' });
  };
  const thumbnail = (seconds) => {
    const canvas = h('canvas', { class: 'try-thumbnail', width: WIDTH, height: Math.round(WIDTH * 0.5625), 'aria-hidden': 'true' });
    wanted.push({ canvas, seconds });
    if (wanted.length === 1) queueMicrotask(() => draw(src, wanted, signal));
    return canvas;
  };
  return { element, seek, thumbnail };
}

/** One after the other, by a second player that nobody sees. */
async function draw(src, wanted, signal) {
  const video = h('video', { src, muted: true, preload: 'auto', playsinline: true });
  try {
    await once(video, 'loadeddata', signal);
    for (const { canvas, seconds } of wanted) {
      video.currentTime = Math.min(seconds, Math.max(0, video.duration - 0.05));
      await once(video, 'seeked', signal);
      canvas.height = Math.round((WIDTH * video.videoHeight) / video.videoWidth);
      canvas.getContext('2d').drawImage(video, 0, 0, canvas.width, canvas.height);
    }
  } catch {
    wanted.forEach(({ canvas }) => canvas.remove()); // the words beside them say enough
  } finally {
    video.removeAttribute('src');
    video.load();
  }
}

function once(video, name, signal) {
  return new Promise((resolve, reject) => {
    video.addEventListener(name, resolve, { once: true, signal });
    video.addEventListener('error', reject, { once: true, signal });
    signal.addEventListener('abort', reject, { once: true });
  });
}
