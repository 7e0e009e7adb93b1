// The REST API under /api/v1. Whatever a page does goes through here, so a script can do it too.

import { t } from './texts.js';

const PREFIX = '/api/v1/';
const CSRF_COOKIE = /(?:^|; )maskwatch_csrf=([^;]*)/;

/** An answer that is an error: RFC 9457 as the server sends it. `errors`: [{field, message}]. */
export class Problem extends Error {
  constructor({ status, code, detail, errors = [], retryAfter = null }) {
    super(detail);
    Object.assign(this, { name: 'Problem', status, code, errors, retryAfter });
  }
}

/** The address of something under /api/v1, for pictures and downloads. Empty values are left out, lists repeated. */
export function url(path, query = {}) {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) {
      if (one !== null && one !== undefined && one !== '') asked.append(name, one);
    }
  }
  const tail = asked.toString();
  return PREFIX + path.replace(/^\//, '') + (tail && `?${tail}`);
}

export const get = (path, query, signal) => send('GET', path, { query, signal });
export const post = (path, body, signal) => send('POST', path, { body, signal });
export const patch = (path, body, signal) => send('PATCH', path, { body, signal });
export const remove = (path, signal) => send('DELETE', path, { signal });

/** Ask, and give back the JSON (null when there is none). `form`: a FormData or a Blob. Throws Problem, or AbortError. */
export async function send(method, path, options) {
  const answer = await open(method, path, options);
  return answer.status === 204 ? null : answer.json();
}

/**
 * Ask for long work: yields {kind, data} for each event that the server sends of it; a `problem` is thrown. Leaving the
 * loop, or the signal, cancels the work.
 */
export async function* follow(method, path, options = {}) {
  const answer = await open(method, path, { ...options, accept: 'text/event-stream' });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const parts = (rest + value).split('\n\n');
      rest = parts.pop();
      for (const part of parts) {
        const said = /^event: (\w+)\ndata: (.*)$/s.exec(part);
        if (said?.[1] === 'problem') throw new Problem(JSON.parse(said[2]));
        if (said) yield { kind: said[1], data: JSON.parse(said[2]) };
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** The same for an answer that is no JSON, or comes bit by bit: fetch's own, of status 2xx. */
export async function open(method, path, { query, body, form, accept = 'application/json', signal } = {}) {
  const headers = { Accept: accept, 'X-CSRF-Token': CSRF_COOKIE.exec(document.cookie)?.[1] ?? '' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const content = form ?? (body === undefined ? undefined : JSON.stringify(body));
  const answer = await ask(url(path, query), { method, headers, body: content, signal });
  if (answer.ok) return answer;
  const problem = await problemOf(answer);
  if (problem.code === 'not_logged_in') toLogin();
  throw problem;
}

/** The pages of a cursor list, each an array: `for await (const items of all('alerts', {state: 'firing'}))`. */
export async function* all(path, query = {}, signal) {
  let cursor = query.cursor;
  do {
    const page = await get(path, { ...query, cursor }, signal);
    yield page.items;
    cursor = page.next;
  } while (cursor);
}

/** All items of a cursor list at once: of what there are some hundred of, such as cameras and rules. */
export async function whole(path, query = {}, signal) {
  const found = [];
  for await (const items of all(path, { limit: 500, ...query }, signal)) found.push(...items);
  return found;
}

/** Leave for the login, and come back to this page afterwards. */
export function toLogin() {
  if (location.pathname === '/login') return;
  const here = location.pathname + location.search;
  location.assign(here === '/' ? '/login' : `/login?next=${encodeURIComponent(here)}`);
}

async function ask(address, options) {
  try {
    return await fetch(address, options);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem({ status: 0, code: 'offline', detail: t('error.offline') });
  }
}

async function problemOf(answer) {
  const said = await answer.json().catch(() => ({})); // a proxy's error page is no JSON
  return new Problem({
    status: answer.status,
    code: said.code ?? 'unknown',
    detail: said.detail ?? t('error.status', { status: answer.status }),
    errors: said.errors,
    retryAfter: Number(answer.headers.get('Retry-After')) || null,
  });
}
