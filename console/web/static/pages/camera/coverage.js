// How well it was watched: coverage by hour, and the interval that was really kept beside the one that is wanted.

import { get } from '../../core/api.js';
import { coverageBars } from '../../core/coverage.js';
import { h, icon, put, svg } from '../../core/dom.js';
import { table } from '../../core/table.js';
import { explain, number, percent, t } from '../../core/texts.js';
import { clock, iso, now } from '../../core/time.js';

const DAYS = [1, 7, 30];
const DAY_MS = 86_400_000;
const OUTCOMES = ['predicted', 'taken', 'skipped', 'rejected', 'failed', 'expired', 'dead_lettered'];
const WIDTH = 10; // of an hour
const HEIGHT = 100;
const LOWEST = 2; // times the wanted interval, at the top of the chart
const HIGHEST = 6; // one bad hour must not flatten all others

export function coverage(camera, signal) {
  const place = h('div', { class: 'stack', 'aria-live': 'polite' });
  const choose = async (days, button) => {
    buttons.forEach((one) => one.setAttribute('aria-pressed', String(one === button)));
    try {
      const from = iso(new Date(now() - days * DAY_MS));
      put(place, drawn(await get(`cameras/${camera.id}/history`, { from }, signal)));
    } catch (error) {
      if (error.name !== 'AbortError') put(place, h('p', { class: 'form-error' }, explain(error)));
    }
  };
  const buttons = DAYS.map((days) => {
    const button = h('button', { type: 'button', class: 'button' }, t.n('camera.span', days));
    button.addEventListener('click', () => choose(days, button));
    return button;
  });
  choose(DAYS[0], buttons[0]);
  return h('section', { class: 'panel pad stack camera-section', 'aria-label': t('camera.coverage') },
    h('div', { class: 'head' }, h('h2', {}, t('camera.coverage')), h('div', { class: 'row push', role: 'group', 'aria-label': t('camera.coverage.span') }, buttons)), place);
}

function drawn(history) {
  return [
    tiles(history),
    h('div', { class: 'history-chart' }, h('h3', {}, t('camera.coverage.bars')), coverageBars(history, { words: false, kind: 'large' }), axis(history)),
    h('div', { class: 'history-chart' }, h('h3', {}, t('camera.coverage.interval')), intervals(history), axis(history)),
    h('details', {}, h('summary', {}, t('camera.coverage.numbers')), numbers(history)),
  ];
}

function tiles(history) {
  const isStretched = history.effective_interval_seconds > 1.01 * history.desired_interval_seconds;
  const shots = OUTCOMES.filter((name) => history.shots[name]).map((name) => t('camera.outcome.count', { count: number(history.shots[name]), outcome: t(`camera.outcome.${name}`) }));
  return h('dl', { class: 'facts' },
    fact('camera.coverage.share', percent(history.coverage)),
    fact('camera.coverage.wanted', t('camera.every', { seconds: number(history.desired_interval_seconds) })),
    fact('camera.coverage.now', h('span', { class: isStretched && 'camera-stretched' }, t('camera.every', { seconds: number(history.effective_interval_seconds, 1) }))),
    fact('camera.coverage.shots', shots.join(t('comma')) || '–'));
}

function fact(key, value) {
  return h('div', {}, h('dt', {}, t(key)), h('dd', {}, value));
}

/** Seconds from picture to picture as steps; the wanted interval is the dashed line, what is off the scale is at its top. */
function intervals(history) {
  const kept = history.hours.map((hour) => hour.seconds_per_picture).filter(Boolean);
  const wanted = history.desired_interval_seconds;
  const top = Math.min(HIGHEST * wanted, Math.max(LOWEST * wanted, ...kept));
  const y = (seconds) => HEIGHT * (1 - (0.96 * Math.min(seconds, top)) / top);
  const width = WIDTH * history.hours.length;
  const steps = history.hours.map((hour, place) => hour.seconds_per_picture
    && svg('line', { class: ['interval-step', hour.seconds_per_picture > top && 'interval-over'], x1: place * WIDTH, x2: (place + 1) * WIDTH, y1: y(hour.seconds_per_picture), y2: y(hour.seconds_per_picture) },
      svg('title', {}, t('camera.coverage.step', { hour: clock(hour.start).slice(0, 16), seconds: number(hour.seconds_per_picture, 1) }))));
  return h('div', { class: 'interval-chart' },
    svg('svg', { class: 'interval-lines', viewBox: `0 0 ${width} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': t('camera.coverage.interval') },
      svg('line', { class: 'interval-wanted', x1: 0, x2: width, y1: y(wanted), y2: y(wanted) }), steps),
    h('p', { class: 'small muted interval-legend' }, icon('clock'), t('camera.coverage.legend', { seconds: number(wanted), top: number(top, 0) })));
}

function axis(history) {
  const { hours } = history;
  const marks = [hours[0], hours[Math.floor(hours.length / 2)], hours.at(-1)];
  return h('div', { class: 'history-axis small muted', 'aria-hidden': 'true' }, marks.map((hour) => h('span', {}, clock(hour.start).slice(5, 16))));
}

function numbers(history) {
  const columns = [
    { label: t('camera.coverage.hour'), head: true, cell: (hour) => clock(hour.start).slice(0, 16) },
    { label: t('camera.coverage.share'), numeric: true, cell: (hour) => percent(hour.coverage) },
    { label: t('camera.coverage.kept'), numeric: true, cell: (hour) => number(hour.seconds_per_picture, 1) },
    ...OUTCOMES.map((name) => ({ label: t(`camera.outcome.${name}`), numeric: true, cell: (hour) => number(hour.shots[name]) })),
  ];
  return table(columns, [...history.hours].reverse(), { caption: t('camera.coverage') });
}
