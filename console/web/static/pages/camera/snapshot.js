// One picture of the past, large, face by face; whoever may says what the model got right and wrong.

import { post, url } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { open } from '../../core/dialog.js';
import { picture } from '../../core/picture.js';
import { may } from '../../core/session.js';
import { explain, label as labelText, percent, t } from '../../core/texts.js';
import { clock } from '../../core/time.js';
import { toast } from '../../core/toast.js';

const CLASSES = ['no_mask', 'mask_incorrect', 'mask_correct'];
const WRONG = [...CLASSES, 'no_face'];

/** `snapshots`: what can be paged through by arrow keys and buttons, newest first. */
export function openSnapshot(camera, snapshots, place) {
  const body = h('div', { class: 'snapshot stack' });
  let here = place;
  const go = (step) => {
    if (!snapshots[here + step]) return;
    here += step;
    draw();
  };
  const newer = turn('back', 'camera.snapshot.newer', () => go(-1));
  const older = turn('forward', 'camera.snapshot.older', () => go(1));
  const time = h('p', { class: 'strong', 'aria-live': 'polite' });
  const draw = () => {
    const snapshot = snapshots[here];
    newer.disabled = here === 0;
    older.disabled = here === snapshots.length - 1;
    time.textContent = clock(snapshot.captured_at ?? snapshot.scheduled_at);
    put(body, large(camera, snapshot), faces(snapshot));
  };
  const content = h('div', { class: 'stack', on: { keydown: (event) => turnByKey(event, go) } }, h('div', { class: 'row' }, newer, time, older), body);
  draw();
  open(camera.name, content, { kind: 'wide' });
}

function turn(picture, key, act) {
  return h('button', { type: 'button', class: 'icon-button', 'aria-label': t(key), title: t(key), on: { click: act } }, icon(picture));
}

function turnByKey(event, go) {
  if (event.target.matches('input, select, textarea')) return;
  if (event.key === 'ArrowLeft') go(-1);
  if (event.key === 'ArrowRight') go(1);
}

function large(camera, snapshot) {
  if (!snapshot.image) return h('p', { class: 'empty' }, icon('picture'), t('camera.snapshot.gone'));
  return picture({
    src: url(`snapshots/${snapshot.id}/image.jpg`), alt: t('camera.picture', { name: camera.name, time: clock(snapshot.captured_at) }),
    faces: snapshot.prediction?.faces ?? [], width: snapshot.width, height: snapshot.height, zones: camera.zones, landmarks: true,
  });
}

function faces(snapshot) {
  const found = snapshot.prediction?.faces;
  if (!found) return h('p', { class: 'muted' }, t('camera.snapshot.unpredicted'));
  if (!found.length) return h('p', { class: 'muted' }, t('camera.snapshot.nobody'));
  return h('ul', { class: 'faces' }, found.map((face, place) => h('li', { class: 'face-card panel' }, faceOf(snapshot, face, place))));
}

function faceOf(snapshot, face, place) {
  return [
    snapshot.image && crop(snapshot, place),
    h('div', { class: 'stack face-text' },
      h('p', { class: 'row' }, h('span', { class: `line line-${face.label}`, 'aria-hidden': 'true' }), h('span', { class: 'strong' }, labelText(face.label, face.uncovered)),
        h('span', { class: 'small muted' }, t('camera.face.score', { score: percent(face.score, 0) }))),
      h('dl', { class: 'probabilities' }, CLASSES.map((name) => probability(name, face.probabilities[name] ?? 0))),
      may('operator') && judging(snapshot, face, place)),
  ];
}

/** The face; where faces are blurred, the one that was kept apart for a while, for whoever may judge it. */
function crop(snapshot, place) {
  const blurred = url(`snapshots/${snapshot.id}/image.jpg`, { crop: place });
  const kept = may('operator') && snapshot.crops?.find((one) => one.face === place)?.image;
  const image = h('img', { class: 'face-crop', src: kept || blurred, alt: t('camera.face.alt', { number: place + 1 }), loading: 'lazy' });
  if (kept) image.addEventListener('error', () => { image.src = blurred; }, { once: true }); // its time is over
  return image;
}

function probability(name, share) {
  const meter = h('meter', { min: 0, max: 1, value: share, 'aria-label': labelText(name) });
  return [h('dt', {}, labelText(name)), h('dd', {}, meter, h('span', {}, percent(share, 0)))];
}

/** Right, or wrong and then what it is. */
function judging(snapshot, face, place) {
  const answer = h('p', { class: 'small', role: 'status' });
  const say = async (verdict, label) => {
    try {
      const said = await post(`snapshots/${snapshot.id}/faces/${place}/feedback`, { verdict, label });
      put(answer, icon('check'), ' ', t('camera.face.said', { meant: labelOf(said.meant) }));
    } catch (error) {
      toast(explain(error), 'bad');
    }
  };
  const options = WRONG.filter((name) => name !== face.label);
  const choice = h('select', { 'aria-label': t('camera.face.is', { number: place + 1 }), on: { change: () => say('wrong', options[choice.selectedIndex - 1]) } },
    h('option', { value: '', disabled: true }, t('camera.face.wrong')), options.map((name) => h('option', { value: name }, labelOf(name))));
  choice.value = '';
  const right = face.label !== 'uncertain' && h('button', { type: 'button', class: 'button', on: { click: () => say('right') } }, icon('check'), t('camera.face.right'));
  return [h('div', { class: 'row judging' }, right, choice), answer];
}

function labelOf(name) {
  return name === 'no_face' ? t('camera.face.none') : labelText(name);
}
