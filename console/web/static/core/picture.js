// A camera's picture with what was found in it: boxes differ in colour, in line and in their text.

import { h, svg } from './dom.js';
import { label } from './texts.js';

/**
 * A figure. `width`, `height`: of the picture that the faces' boxes and landmarks are in, which may be larger than what
 * `src` shows; zones are in shares of it. `blur`: ask the server for blurred faces.
 */
export function picture({ src, alt, faces = [], width = 16, height = 9, zones = [], blur = false, lazy = false, landmarks = false }) {
  const address = blur ? `${src}${src.includes('?') ? '&' : '?'}blur=1` : src;
  const image = h('img', { src: address, alt, width, height, decoding: 'async', loading: lazy && 'lazy' });
  return h('figure', { class: 'picture' }, image, overlay({ faces, width, height, zones, landmarks }));
}

/** Only the drawing, to be laid over a picture of the same shape. `lines`: of text that would fill it; 0: no text. */
export function overlay({ faces = [], width, height, zones = [], landmarks = false, lines = 24 }) {
  return svg('svg', { class: 'overlay', viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' },
    zones.map((zone) => zoneOf(zone, width, height)),
    faces.map((face) => boxOf(face, width, lines ? height / lines : 0)),
    landmarks && faces.map((face) => (face.landmarks ?? []).map(([x, y]) => svg('circle', { class: 'landmark', cx: x, cy: y, r: height / 240 }))));
}

function zoneOf(zone, width, height) {
  const points = zone.polygon.map(([x, y]) => `${x * width},${y * height}`).join(' ');
  const [x, y] = zone.polygon[0];
  return svg('g', { class: `zone zone-${zone.mode ?? 'watch'}` },
    svg('polygon', { points }),
    svg('text', { x: x * width + height / 90, y: y * height + height / 22, 'font-size': height / 26 }, zone.name));
}

function boxOf(face, width, size) {
  const [left, top, right, bottom] = face.box;
  const box = svg('rect', { class: 'box', x: left, y: top, width: right - left, height: bottom - top });
  if (!size) return svg('g', { class: `face face-${face.label}` }, box);
  const words = label(face.label, face.uncovered);
  const room = size * (0.6 + [...words].reduce((sum, letter) => sum + (letter > '\u2e80' ? 1 : 0.56), 0)); // as wide as most fonts are
  const x = Math.max(0, Math.min(left, width - room));
  const y = top >= size * 1.35 ? top - size * 1.35 : top; // no room above: inside of the box
  return svg('g', { class: `face face-${face.label}` }, box,
    svg('rect', { class: 'caption', x, y, width: room, height: size * 1.35 }),
    svg('text', { x: x + size * 0.3, y: y + size, 'font-size': size, textLength: room - size * 0.6, lengthAdjust: 'spacingAndGlyphs' }, words));
}
