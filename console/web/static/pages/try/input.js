// Where pictures and videos come from: dropped, chosen, pasted, of a camera, or of the webcam.

import { get, open as ask } from '../../core/api.js';
import { h, icon } from '../../core/dom.js';
import { open } from '../../core/dialog.js';
import { explain, number, t } from '../../core/texts.js';

const MEGABYTE = 1_000_000;

/** The panel. `on…`: what to do with [{name, blob}], with {name, blob}, without anything, and with a sentence. */
export function input(about, signal, { onPictures, onVideo, onWebcam, onWrong }) {
  const { limits } = about;
  const take = (files) => {
    const given = sort([...files], limits, onWrong);
    if (given.video) onVideo(given.video);
    else if (given.pictures.length) onPictures(given.pictures);
  };
  const picker = h('input', { type: 'file', class: 'visually-hidden', id: 'try-files', accept: 'image/*,video/*', multiple: true, tabindex: '-1', 'aria-hidden': 'true' });
  picker.addEventListener('change', () => {
    take(picker.files);
    picker.value = ''; // so that the same file can be chosen again
  });
  const size = (bytes) => `${number(bytes / MEGABYTE, 0)} MB`;
  const zone = h('section', { class: 'panel pad try-drop', 'aria-label': t('try.drop') },
    icon('upload'), h('h2', {}, t('try.drop')),
    h('p', { class: 'hint' }, t('try.limits', { count: limits.pictures, picture: size(limits.picture_bytes), video: size(limits.video_bytes) })),
    h('div', { class: 'row' },
      button('picture', t('try.choose'), () => picker.click(), 'primary'),
      button('live', t('try.webcam'), onWebcam),
      button('cameras', t('try.sample'), () => sample(onPictures, onWrong, signal))),
    picker);
  acceptDrops(zone, take, signal);
  document.addEventListener('paste', (event) => {
    if (event.clipboardData?.files.length) take(event.clipboardData.files);
  }, { signal });
  return zone;
}

function button(name, words, click, kind = '') {
  return h('button', { type: 'button', class: ['button', kind], on: { click } }, icon(name), words);
}

/** Anywhere on the page: who misses the zone by a little must not lose the page to the browser's own viewer. */
function acceptDrops(zone, take, signal) {
  const mark = (event, is) => {
    event.preventDefault();
    zone.classList.toggle('is-over', is);
  };
  document.addEventListener('dragover', (event) => mark(event, true), { signal });
  document.addEventListener('dragleave', (event) => mark(event, event.relatedTarget !== null), { signal });
  document.addEventListener('drop', (event) => {
    mark(event, false);
    take(event.dataTransfer.files);
  }, { signal });
}

/** {pictures: [{name, blob}], video}; what is of no use is told, and left out. */
function sort(files, limits, onWrong) {
  const given = { pictures: [], video: null };
  for (const file of files) {
    const isVideo = file.type.startsWith('video/') || /\.(mkv|avi|flv|ts|mts)$/i.test(file.name);
    const most = isVideo ? limits.video_bytes : limits.picture_bytes;
    if (!isVideo && !file.type.startsWith('image/')) onWrong(t('try.wrong_kind', { name: file.name }));
    else if (file.size > most) onWrong(t('try.too_large', { name: file.name, limit: `${number(most / MEGABYTE, 0)} MB` }));
    else if (isVideo) given.video ??= { name: file.name, blob: file };
    else given.pictures.push({ name: file.name, blob: file });
  }
  if (given.pictures.length > limits.pictures) onWrong(t('try.too_many', { count: limits.pictures }));
  given.pictures = given.pictures.slice(0, limits.pictures);
  return given;
}

/** The newest picture of a camera, as this person may see it. */
async function sample(onPictures, onWrong, signal) {
  try {
    const { items } = await get('wall', {}, signal);
    const seen = items.filter((sight) => sight.snapshot_id);
    if (!seen.length) {
      onWrong(t('try.sample.none'));
    } else if (seen.length === 1) {
      await takeOf(seen[0]);
    } else {
      const rows = seen.map((sight) => h('li', {}, button('cameras', sight.name, () => {
        close();
        takeOf(sight).catch((error) => onWrong(explain(error)));
      })));
      const close = open(t('try.sample.pick'), h('ul', { class: 'try-cameras' }, rows), { kind: 'small' });
    }
  } catch (error) {
    if (error.name !== 'AbortError') onWrong(explain(error));
  }

  async function takeOf(sight) {
    const answer = await ask('GET', `cameras/${sight.camera_id}/latest.jpg`, { accept: 'image/jpeg', signal });
    onPictures([{ name: sight.name, blob: await answer.blob() }]);
  }
}
