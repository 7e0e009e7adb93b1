// Times as people read them: in the browser's own zone, by the server's clock.

import { language, t } from './texts.js';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
// ISO order in every language: it sorts, and no one takes the month for the day.
const DATE = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short' });
const CLOCK = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' });
const UNITS = {}; // dear to make, cheap to use
let ahead = 0; // of the server's clock, milliseconds

/** Milliseconds since 1970 by the server's clock, as far as the event stream told it. */
export function now() {
  return Date.now() + ahead;
}

/** The server's time at this moment, as text. */
export function serverTime(iso) {
  ahead = Date.parse(iso) - Date.now();
}

/** Seconds since that time; never negative. */
export function since(iso) {
  return Math.max(0, (now() - Date.parse(iso)) / 1000);
}

/** Local date and time: "2026-03-02 13:00:05"; a dash where there is none. */
export function clock(iso) {
  return iso ? CLOCK.format(new Date(iso)) : '–';
}

/** Local date: "2026-03-02". */
export function date(iso) {
  return iso ? DATE.format(new Date(iso)) : '–';
}

/** How long: "3 sec", "4 min", "5 hr", "6 days". */
export function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 2 * MINUTE) return unit('second', whole);
  if (whole < 2 * HOUR) return unit('minute', Math.floor(whole / MINUTE));
  if (whole < 2 * DAY) return unit('hour', Math.floor(whole / HOUR));
  return unit('day', Math.floor(whole / DAY));
}

/** How long ago: "3 sec ago". */
export function ago(seconds) {
  return t('time.ago', { span: span(seconds) });
}

/** What the API takes as a time, of a Date. */
export function iso(moment) {
  return moment.toISOString();
}

/** Call `fn` again and again, first after `ms`; the next wait begins when it is done. Ends with the signal. */
export function every(ms, fn, signal) {
  let timer = 0;
  const run = async () => {
    try {
      await fn();
    } catch (error) {
      if (error.name !== 'AbortError' && error.name !== 'Problem') reportError(error);
    }
    if (!signal?.aborted) timer = setTimeout(run, ms);
  };
  if (signal?.aborted) return;
  timer = setTimeout(run, ms);
  signal?.addEventListener('abort', () => clearTimeout(timer));
}

function unit(name, count) {
  UNITS[name] ??= new Intl.NumberFormat(language(), { style: 'unit', unit: name, unitDisplay: 'short' });
  return UNITS[name].format(count);
}
