// What changes by itself: one event stream per window.

import { get, url } from './api.js';
import { serverTime } from './time.js';

const KINDS = ['camera', 'prediction', 'event', 'alert', 'removed'];
const SILENT_MS = 15_000; // the server says something every few seconds: after this the connection is dead
const HIDDEN_MS = 5_000; // nobody looks: browsers allow six connections to a server, and each window would hold one
const AGAIN_MS = 3_000;

const listeners = new Map();
let source = null;
let heardAt = 0;
let isUp = null; // null: not known yet
let hidden = 0;

/**
 * Hear of 'camera', 'prediction', 'event', 'alert' (each with its JSON), or 'connection' (true, false) until the signal.
 * The stream tells the present state whenever it connects, not to whoever comes later: they ask the API first.
 */
export function on(kind, fn, signal) {
  if (signal?.aborted) return;
  if (!listeners.has(kind)) listeners.set(kind, new Set());
  listeners.get(kind).add(fn);
  signal?.addEventListener('abort', () => listeners.get(kind).delete(fn));
  if (kind === 'connection' && isUp !== null) fn(isUp);
}

/** Whether pictures and alerts arrive; null before the first answer. */
export function connected() {
  return isUp;
}

/** Begin; once, for whoever is logged in. */
export function start() {
  connect();
  setInterval(watch, 1000);
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hidden);
    if (document.hidden) hidden = setTimeout(disconnect, HIDDEN_MS);
    else if (!source) connect();
  });
  window.addEventListener('online', () => { if (!isUp) connect(); });
  window.addEventListener('offline', () => lost());
}

function connect() {
  disconnect();
  heardAt = Date.now();
  source = new EventSource(url('stream'));
  source.addEventListener('tick', (event) => {
    serverTime(JSON.parse(event.data).now);
    heard();
  });
  for (const kind of KINDS) {
    source.addEventListener(kind, (event) => {
      heard();
      tell(kind, JSON.parse(event.data));
    });
  }
  source.addEventListener('trouble', () => { // the server is there, but it cannot read what it stands on
    heardAt = Date.now();
    lost();
  });
  source.addEventListener('error', failed);
}

function disconnect() {
  source?.close();
  source = null;
}

async function failed() {
  lost();
  if (source?.readyState === EventSource.CLOSED) { // else the browser tries again by itself
    disconnect();
    setTimeout(() => { if (!source && !document.hidden) connect(); }, AGAIN_MS);
  }
  await get('me').catch(() => null); // a session that has ended leads to the login
}

function watch() {
  if (source && Date.now() - heardAt > SILENT_MS) {
    lost();
    connect();
  }
}

function heard() {
  heardAt = Date.now();
  if (isUp === true) return;
  isUp = true;
  tell('connection', true);
}

function lost() {
  if (isUp === false) return;
  isUp = false;
  tell('connection', false);
}

function tell(kind, body) {
  for (const fn of listeners.get(kind) ?? []) fn(body);
}
