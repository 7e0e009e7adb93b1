// What to make of a camera's picture, by the browser's own clock: an old one never looks live, whether a message comes or not.

import { h, icon } from './dom.js';
import { connected } from './live.js';
import { add, has, language, t } from './texts.js';
import texts from './texts/sights.js';
import { since, span } from './time.js';

add(texts);

const STALE_INTERVALS = 3; // as console/sights.py has it
const STALE_SECONDS = 15;

/** State -> icon. */
export const STATES = {
  live: 'live', degraded: 'blurred', stale: 'clock', down: 'camera_off', waiting: 'waiting', paused: 'moon', disabled: 'off', unknown: 'disconnected',
};
/** Those that somebody should look after. */
export const TROUBLED = new Set(['degraded', 'stale', 'down', 'unknown']);

/**
 * The state now of a sight as GET /wall or the stream's 'camera' tells it. `shownAt`: when the picture that stands there
 * was captured, where that is another than the newest.
 */
export function stateOf(sight, shownAt = sight.captured_at) {
  const isSeen = sight.state === 'live' || sight.state === 'stale';
  if (connected() === false && sight.state !== 'disabled') return 'unknown';
  if (!isSeen || !shownAt) return sight.state;
  return since(shownAt) > staleAfter(sight) ? 'stale' : 'live';
}

/** From how many seconds on its picture is old. */
export function staleAfter(sight) {
  return Math.max(STALE_INTERVALS * sight.effective_interval_seconds, STALE_SECONDS);
}

/** Why it is so, and what to do, in a sentence; empty while live. */
export function reason(sight, state = stateOf(sight)) {
  if (state === 'live') return '';
  const isTold = (state === 'down' || state === 'degraded') && sight.code;
  if (isTold && language() === 'en' && sight.detail) return sight.detail;
  if (isTold && advice(sight.code)) return advice(sight.code);
  if ((state === 'stale' || state === 'waiting') && !sight.grabber) return t('sight.why.unwatched');
  return t(`sight.why.${state}`);
}

/** What a stream's error means and what to do, in the reader's language; empty for a code nobody knows. */
export function advice(code) {
  return has(`stream.${code}`) ? t(`stream.${code}`) : '';
}

/** Where the interval is stretched under overload, the sentence that says so; else empty. */
export function stretched(sight) {
  const { desired_interval_seconds: wanted, effective_interval_seconds: now } = sight;
  return now > 1.05 * wanted ? t('sight.stretched', { now: span(now), wanted: span(wanted) }) : '';
}

/** The state in a word, with its icon. */
export function chip(state) {
  return h('span', { class: `chip chip-${state}` }, icon(STATES[state]), word(state));
}

/** The state in a word. */
export function word(state) {
  return t(state === 'unknown' ? 'sight.unknown' : `state.${state}`);
}
