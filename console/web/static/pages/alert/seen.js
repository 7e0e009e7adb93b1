// The picture with the faces concerned marked, and each of these large, with what is uncovered and whether that is right.

import { url } from '../../core/api.js';
import { h, icon } from '../../core/dom.js';
import { picture } from '../../core/picture.js';
import { may } from '../../core/session.js';
import { label, percent, t } from '../../core/texts.js';
import { clock } from '../../core/time.js';
import { place } from '../alerts/words.js';
import { judge } from './judging.js';

export function seen(alert, load) {
  const found = alert.picture;
  if (!alert.image || !found) return [alert.image ? plain(alert) : h('p', { class: 'empty' }, icon('picture'), t('alert.no_picture'))];
  const figure = picture({
    src: alert.image, alt: t('alert.picture', { place: place(alert), time: clock(found.captured_at) }),
    faces: found.faces, width: found.width, height: found.height,
  });
  figure.querySelectorAll('.face').forEach((box, index) => box.classList.toggle('aside', !found.faces[index].is_concerned));
  const concerned = found.faces.filter((face) => face.is_concerned);
  return [
    figure,
    h('p', { class: 'muted small' }, t('alert.picture', { place: place(alert), time: clock(found.captured_at) }),
      concerned.length < found.faces.length && ` · ${t('alert.aside')}`),
    concerned.length > 0 && h('ul', { class: 'alert-faces', 'aria-label': t('alert.faces') }, concerned.map((face) => closeUp(found, face, load))),
  ];
}

/** The face; where faces are blurred, the one that was kept apart for a while, for whoever may look at it. */
function closest(found, face, words) {
  const shown = url(`snapshots/${found.snapshot_id}/image.jpg`, { crop: face.place });
  const kept = may('operator') && found.crops?.find((one) => one.face === face.place)?.image;
  const image = h('img', { src: kept || shown, alt: t('alert.face', { label: words }), width: 120, height: 150, loading: 'lazy' });
  if (kept) image.addEventListener('error', () => { image.src = shown; }, { once: true }); // its time is over
  return image;
}

function plain(alert) {
  return picture({ src: alert.image, alt: t('alert.picture', { place: place(alert), time: clock(alert.fired_at) }) });
}

function closeUp(found, face, load) {
  const words = label(face.label, face.uncovered);
  return h('li', { class: 'panel alert-face' },
    closest(found, face, words),
    h('div', { class: 'stack' },
      h('p', { class: 'strong' }, h('span', { class: `line line-${face.label}` }), ' ', words),
      face.uncovered.length > 0 && h('p', { class: 'small' }, t('alert.uncovered', { parts: face.uncovered.map((part) => t(`uncovered.${part}`)).join(t('comma')) })),
      h('p', { class: 'muted small' }, t('alert.sure', { share: percent(face.probabilities[face.label] ?? Math.max(...Object.values(face.probabilities)), 0) })),
      judge(found, face, load)));
}
