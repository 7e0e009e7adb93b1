// Firings over time, a track for each camera: pending hatched, firing full; below it, thin, the rule in force.

import { h, icon, put, svg } from '../../core/dom.js';
import { navigate } from '../../core/router.js';
import { language, t } from '../../core/texts.js';
import { clock, span } from '../../core/time.js';
import { moment } from './words.js';

const TOP = 26; // pixels for the times
const TRACK = 50; // for one camera: its name, then its spans
const LEAST = 60_000; // milliseconds to be seen at least
const STEPS = [10, 30, 60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800].map((seconds) => 1000 * seconds);
const MOST_TRACKS = 40;

/** A figure that is zoomed by its buttons, the wheel and the keyboard. */
export function timeline(draft, before, cameras) {
  const whole = { from: Date.parse(draft.from), to: Date.parse(draft.to) };
  const tracks = tracksOf(draft, before, cameras);
  const canvas = h('div', { class: 'rule-canvas', tabindex: '0', role: 'group', 'aria-label': t('rules.timeline.label', { from: clock(draft.from), to: clock(draft.to) }) });
  const read = h('p', { class: 'small muted rule-read', 'aria-live': 'off' }, t('rules.timeline.help'));
  let view = { ...whole };
  const draw = () => put(canvas, drawing(tracks.slice(0, MOST_TRACKS), view, canvas.clientWidth || 640, { say: (words) => { read.textContent = words; } }));
  const look = (from, to) => {
    const length = Math.min(Math.max(to - from, LEAST), whole.to - whole.from);
    const begin = Math.min(Math.max(from, whole.from), whole.to - length);
    view = { from: begin, to: begin + length };
    draw();
  };
  /** Around the firing next to the middle, which moves towards it: a few times, and one sees it. */
  const zoom = (factor) => {
    const middle = nearest(draft.firings, view) ?? (view.from + view.to) / 2;
    const half = (factor * (view.to - view.from)) / 2;
    look(middle - half, middle + half);
  };
  const move = (share) => look(view.from + share * (view.to - view.from), view.to + share * (view.to - view.from));
  const acts = {
    in: () => zoom(1 / 3), out: () => zoom(3), left: () => move(-0.4), right: () => move(0.4), all: () => look(whole.from, whole.to),
  };
  canvas.addEventListener('keydown', (event) => {
    const act = { '+': 'in', '=': 'in', '-': 'out', ArrowLeft: 'left', ArrowRight: 'right', 0: 'all', Home: 'all' }[event.key];
    if (!act || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    acts[act]();
  });
  new ResizeObserver(draw).observe(canvas);
  return h('figure', { class: 'rule-timeline' },
    h('div', { class: 'row' }, legend(before), h('div', { class: 'row push' }, buttons(acts))), canvas, read,
    tracks.length > MOST_TRACKS && h('p', { class: 'hint' }, t('rules.timeline.more', { count: tracks.length - MOST_TRACKS })));
}

/** The time of the firing in view that is nearest to its middle; null where there is none. */
function nearest(firings, { from, to }) {
  const times = firings.map((one) => Date.parse(one.fired_at)).filter((time) => time >= from && time <= to);
  const off = (time) => Math.abs(time - (from + to) / 2);
  return times.length ? times.reduce((one, other) => (off(other) < off(one) ? other : one)) : null;
}

/** Cameras that fired, the most often first. */
function tracksOf(draft, before, cameras) {
  const tracks = new Map();
  const add = (firings, kind) => firings.forEach((one) => {
    if (!tracks.has(one.camera_id)) tracks.set(one.camera_id, { name: one.camera ?? cameras.get(one.camera_id)?.name ?? one.camera_id, draft: [], before: [] });
    tracks.get(one.camera_id)[kind].push(one);
  });
  add(draft.firings, 'draft');
  add(before?.firings ?? [], 'before');
  return [...tracks.values()].sort((one, other) => other.draft.length - one.draft.length || other.before.length - one.before.length);
}

function drawing(tracks, view, width, { say }) {
  const height = TOP + TRACK * tracks.length + 4;
  const scale = (time) => ((time - view.from) / (view.to - view.from)) * width;
  return svg('svg', { class: 'rule-tracks', width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' },
    svg('defs', {}, svg('pattern', { id: 'rule-hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' }, svg('rect', { width: 3, height: 6 }))),
    ticks(view, scale, height, width),
    tracks.map((track, place) => {
      const top = TOP + place * TRACK;
      return svg('g', {},
        svg('text', { class: 'rule-camera', x: 2, y: top + 14 }, track.name),
        svg('rect', { class: 'rule-lane', x: 0, y: top + 19, width, height: 16 }),
        track.before.map((one) => spans(one, scale, view, { top: top + 38, height: 6, kind: 'before', say })),
        track.draft.map((one) => spans(one, scale, view, { top: top + 19, height: 16, kind: 'draft', say })));
    }));
}

function spans(one, scale, view, { top, height, kind, say }) {
  const [started, fired, over] = [one.started_at, one.fired_at, one.resolved_at].map((at) => (at ? Date.parse(at) : view.to));
  if (over < view.from || started > view.to) return null;
  const box = (from, to, name, least) => svg('rect', { class: `rule-${name} rule-${kind}`, x: scale(from), y: top, width: Math.max(scale(to) - scale(from), least), height });
  const words = told(one, kind);
  const tell = () => say(words);
  return svg('g', { class: 'rule-span', on: { pointerenter: tell, click: () => navigate(moment(one)) } },
    svg('title', {}, words), box(started, fired, 'pending', 0), box(fired, over, 'firing', kind === 'draft' ? 5 : 3));
}

function told(one, kind) {
  const lasted = one.resolved_at ? span(one.seconds) : t('rules.firing.open');
  return t(`rules.timeline.${kind}`, { camera: one.camera ?? one.camera_id, at: clock(one.fired_at), lasted, people: t.n('rules.people', one.people) });
}

/** About one for every 110 pixels, at times that people say. */
function ticks(view, scale, height, width) {
  const wanted = ((view.to - view.from) * 110) / width;
  const step = STEPS.find((each) => each >= wanted) ?? STEPS.at(-1);
  const offset = 60_000 * new Date(view.from).getTimezoneOffset(); // days begin at local midnight
  const first = Math.ceil((view.from - offset) / step) * step + offset;
  const style = step >= 86_400_000 ? { month: 'short', day: 'numeric' } : step >= 60_000 ? { weekday: 'short', hour: '2-digit', minute: '2-digit' } : { timeStyle: 'medium' };
  const format = new Intl.DateTimeFormat(language(), { ...style, ...('timeStyle' in style ? {} : { hourCycle: 'h23' }) });
  const made = [];
  for (let time = first; time < view.to; time += step) {
    const x = scale(time);
    made.push(svg('line', { class: 'rule-tick', x1: x, x2: x, y1: TOP - 6, y2: height }));
    if (x < width - 70) made.push(svg('text', { class: 'rule-time', x: x + 3, y: TOP - 10 }, format.format(time)));
  }
  return made;
}

function legend(before) {
  const entry = (name) => h('li', {}, svg('svg', { class: 'rule-sample', width: 22, height: 12, 'aria-hidden': 'true' }, svg('rect', { class: name, width: 22, height: 12 })), t(`rules.legend.${name.split(' ')[0].slice(5)}`));
  return h('ul', { class: 'legend' }, entry('rule-pending rule-draft'), entry('rule-firing rule-draft'),
    before && h('li', {}, svg('svg', { class: 'rule-sample', width: 22, height: 6, 'aria-hidden': 'true' }, svg('rect', { class: 'rule-firing rule-before', width: 22, height: 6 })), t('rules.legend.before')));
}

function buttons(acts) {
  const signs = { left: icon('back'), right: icon('forward'), out: '−', in: '+', all: icon('full') };
  return Object.entries(signs).map(([act, sign]) =>
    h('button', { type: 'button', class: 'icon-button', 'aria-label': t(`rules.timeline.${act}`), title: t(`rules.timeline.${act}`), on: { click: acts[act] } }, sign));
}
