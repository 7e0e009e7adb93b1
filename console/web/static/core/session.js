// Who is logged in, and what they may do. Only what is shown depends on it: the server checks again.

import { get } from './api.js';
import { serverTime } from './time.js';

const RANKS = { viewer: 1, operator: 2, admin: 3 };
let who = null;

/** Ask the server once, before the first page. Throws Problem. */
export async function load() {
  const { server_time: time, csrf_token: _, ...said } = await get('me');
  serverTime(time);
  who = Object.freeze({ sites: [], tags: [], is_limited: false, ...said });
}

/** {id, name, role, sites, tags, is_limited}; null on the login page. */
export function me() {
  return who;
}

/** Whether the role includes this one: 'viewer', 'operator' or 'admin'. */
export function may(role) {
  return who !== null && RANKS[who.role] >= RANKS[role];
}

/** Whether they are an administrator of everything, not of some sites or tags only. */
export function mayAll() {
  return may('admin') && !who.is_limited;
}
