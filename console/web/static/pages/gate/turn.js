// What the screen shows after each answer: a pure fold, so that it neither flickers nor lags. Times are in seconds.

export const START = Object.freeze({ shown: 'idle', face: null, since: 0, last: '', agreeing: 0 });

const AGREEING = 2; // answers in a row before the screen changes: one picture in between may be blurred
const DENY_SECONDS = 1.5; // a refusal is read before it goes
const EMPTY_SECONDS = 1.5; // without a face before the screen rests; somebody may have looked down

/**
 * The next state. `answer`: {decision, face} of POST /gate, or {decision: 'away', reason}; `hold`: how long an entrance
 * stands open for the one who was let in, whoever is seen meanwhile.
 */
export function turn(state, answer, { now, hold }) {
  const seen = kind(answer);
  const agreeing = seen === state.last ? state.agreeing + 1 : 1;
  const next = { ...state, last: seen, agreeing };
  const stood = now - state.since;
  if (seen === 'away') return show(next, 'away', answer, now);
  if (state.shown === 'allow' && stood < hold) return next;
  if (state.shown === 'deny' && seen !== 'allow' && stood < DENY_SECONDS) return next;
  if (seen === 'idle' && state.shown !== 'away' && stood < EMPTY_SECONDS) return next;
  if (agreeing < AGREEING && state.shown !== 'away') return next;
  return show(next, seen, answer, now);
}

/** How long to wait before the next picture: nobody there, and it need not hurry. */
export function pause(state, now) {
  return state.shown === 'idle' && now - state.since > 10 ? 0.8 : 0.15;
}

/** How long to wait after so many failures in a row; `asked`: as the server says. */
export function backoff(failures, asked, random = Math.random()) {
  return Math.max(asked ?? 0, Math.min(30, 2 ** Math.min(failures, 5)) * (0.5 + random / 2));
}

function kind({ decision, face }) {
  return decision === 'retry' && !face ? 'idle' : decision;
}

function show(state, shown, { face = null, reason = '' }, now) {
  const isSame = shown === state.shown;
  return { ...state, shown, face: face ?? (isSame ? state.face : null), reason, since: isSame && shown !== 'allow' ? state.since : now };
}
