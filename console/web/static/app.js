// The console in the browser: who is logged in, the frame, and the page that the address names.

import { layout } from './core/layout.js';
import { start as listen } from './core/live.js';
import { start } from './core/router.js';
import { load } from './core/session.js';
import { explain, language, t } from './core/texts.js';
import { h, put } from './core/dom.js';

// [address, folder of pages/, module in it ('page' where nothing else is said)]
export const ROUTES = [
  ['/', 'wall'],
  ['/login', 'login'],
  ['/cameras', 'cameras'],
  ['/cameras/new', 'cameras', 'new'],
  ['/cameras/:id', 'camera'],
  ['/cameras/:id/edit', 'cameras', 'edit'],
  ['/alerts', 'alerts'],
  ['/alerts/:id', 'alert'],
  ['/events', 'events'],
  ['/rules', 'rules'],
  ['/rules/new', 'rules', 'edit'],
  ['/rules/:id', 'rules', 'edit'],
  ['/receivers', 'receivers'],
  ['/silences', 'silences'],
  ['/statistics', 'statistics'],
  ['/try', 'try'],
  ['/gate', 'gate'],
  ['/models', 'models'],
  ['/system', 'system'],
  ['/people', 'people'],
  ['/audit', 'audit'],
  ['/account', 'account'],
  ['/privacy', 'privacy'],
];

const root = document.getElementById('app');
document.documentElement.lang = language();

if (location.pathname === '/login') {
  await start(ROUTES, { main: root, enter: () => {} });
} else {
  try {
    await load();
    const frame = layout(root);
    listen();
    await start(ROUTES, frame);
  } catch (error) {
    if (error.status !== 401) put(root, h('main', { class: 'content' }, h('p', { class: 'form-error', role: 'alert' }, explain(error) || t('failed.page'))));
  }
}
