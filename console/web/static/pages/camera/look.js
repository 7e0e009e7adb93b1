// The newest picture, large, with what was found in it; each layer can be switched off.

import { get, url } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { picture } from '../../core/picture.js';
import { t } from '../../core/texts.js';
import { clock } from '../../core/time.js';

const LAYERS = ['boxes', 'zones', 'landmarks'];

/** Gives back {element, show(snapshot id or null), take(prediction of the stream), mark(state), shownAt()}. */
export function look(camera, signal) {
  const place = h('div', { class: 'look-picture' });
  const stamp = h('p', { class: 'small muted look-stamp' });
  const shown = new Set(['boxes', 'zones']);
  let snapshot = null;
  const switches = LAYERS.map((name) => {
    const button = h('button', { type: 'button', class: 'button', 'aria-pressed': String(shown.has(name)) }, t(`camera.layer.${name}`));
    button.addEventListener('click', () => {
      shown[shown.has(name) ? 'delete' : 'add'](name);
      button.setAttribute('aria-pressed', String(shown.has(name)));
      draw();
    });
    return button;
  });
  const full = h('button', { type: 'button', class: 'icon-button push', 'aria-label': t('camera.full'), title: t('camera.full'), on: { click: () => place.requestFullscreen() } }, icon('full'));
  const element = h('section', { class: 'look panel', 'aria-label': t('camera.now') }, place, h('div', { class: 'row look-tools' }, switches, stamp, full));

  function draw() {
    if (!snapshot) {
      put(place, h('p', { class: 'empty' }, icon('waiting'), t('camera.nothing')));
      return;
    }
    const faces = shown.has('boxes') ? snapshot.faces : [];
    put(place, picture({
      src: url(`snapshots/${snapshot.id}/image.jpg`), alt: t('camera.picture', { name: camera.name, time: clock(snapshot.captured_at) }),
      width: snapshot.width || undefined, height: snapshot.height || undefined, faces, zones: shown.has('zones') ? camera.zones : [], landmarks: shown.has('landmarks'),
    }));
    stamp.textContent = clock(snapshot.captured_at);
  }

  async function show(id) {
    if (id) {
      const { width, height, captured_at, prediction } = await get(`snapshots/${id}`, {}, signal);
      snapshot = { id, width, height, captured_at, faces: prediction?.faces ?? [] };
    }
    draw();
  }

  async function take({ snapshot_id: id, captured_at, width, height, faces }) {
    const next = new Image();
    next.src = url(`snapshots/${id}/image.jpg`);
    const hasCome = await next.decode().then(() => true, () => false);
    if (!hasCome) return; // the one before stays, and grows old
    if (signal.aborted || (snapshot && captured_at < snapshot.captured_at)) return;
    snapshot = { id, captured_at, width, height, faces };
    draw();
  }

  /** What to make of the picture: an old one does not look like one of now. */
  function mark(state) {
    element.dataset.state = state;
  }

  return { element, show, take, mark, shownAt: () => snapshot?.captured_at };
}
