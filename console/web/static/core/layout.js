// The frame around every page: where one can go, who one is, and whether what is shown is still true.

import { post } from './api.js';
import { h, icon, put } from './dom.js';
import { on } from './live.js';
import { preferences } from './preferences.js';
import { link } from './router.js';
import { may, mayAll, me } from './session.js';
import { explain, t } from './texts.js';
import { clock, now } from './time.js';
import { toast } from './toast.js';

// [path, its text and icon, who sees it: a role, or 'all' for administrators of everything]
const PLACES = {
  watch: [['/', 'wall', 'viewer'], ['/alerts', 'alerts', 'viewer'], ['/events', 'events', 'viewer'], ['/statistics', 'statistics', 'viewer']],
  setup: [['/cameras', 'cameras', 'viewer'], ['/rules', 'rules', 'viewer'], ['/silences', 'silences', 'viewer'], ['/receivers', 'receivers', 'all']],
  models: [['/try', 'try', 'viewer'], ['/gate', 'gate', 'viewer'], ['/models', 'models', 'all']],
  house: [['/system', 'system', 'viewer'], ['/people', 'people', 'all'], ['/audit', 'audit', 'all'], ['/privacy', 'privacy', 'all']],
};
const THUMB = 4; // of them at the thumb on a telephone; the rest is behind the menu

/** Draw the frame into `root`; the router fills `main` and calls `enter` for each page. */
export function layout(root) {
  const main = h('main', { id: 'content', class: 'content', tabindex: '-1' });
  const links = new Map();
  const side = navigation(links);
  const phone = thumbs(links, side);
  const body = h('div', { class: 'body' }, side);
  const parts = [
    h('a', { class: 'skip', href: '#content', on: { click: skip(main) } }, t('skip')),
    bar(), lostBar(), body, phone,
  ];
  let isBare = null;
  const enter = (path, page) => {
    if (isBare !== Boolean(page.bare)) {
      put(root, page.bare ? main : parts);
      if (!page.bare) body.append(main);
    }
    isBare = Boolean(page.bare);
    root.classList.toggle('bare', isBare);
    mark(links, path);
    if (side.matches(':popover-open')) side.hidePopover();
  };
  return { main, enter };
}

function skip(main) {
  return (event) => {
    event.preventDefault();
    main.focus();
  };
}

function bar() {
  return h('header', { class: 'bar' },
    link('/', { class: 'brand' }, h('img', { src: '/assets/logo.svg', alt: '', width: '28', height: '28' }), t('app')),
    h('div', { class: 'bar-end' }, userMenu()));
}

function userMenu() {
  const { name, role } = me();
  const menu = h('div', { class: 'menu panel', popover: true, id: 'user-menu' },
    h('p', { class: 'menu-who' }, h('strong', {}, name), h('span', { class: 'muted' }, t(`role.${role}`))),
    preferences(),
    link('/account', { class: 'menu-item' }, icon('account'), t('nav.account')),
    h('a', { class: 'menu-item', href: '/docs' }, icon('link'), t('nav.api')),
    h('button', { type: 'button', class: 'menu-item', on: { click: logOut } }, icon('logout'), t('nav.logout')));
  menu.addEventListener('click', (event) => { if (event.target.closest('a')) menu.hidePopover(); });
  return [h('button', { type: 'button', class: 'user', popovertarget: 'user-menu', 'aria-label': t('nav.user', { name }) },
    icon('account'), h('span', { class: 'user-name' }, name), icon('chevron')), menu];
}

async function logOut() {
  try {
    await post('logout');
    location.assign('/login');
  } catch (error) {
    toast(explain(error), 'bad');
  }
}

function navigation(links) {
  const groups = Object.entries(PLACES).map(([name, places]) => {
    const shown = places.filter(([, , need]) => (need === 'all' ? mayAll() : may(need)));
    if (!shown.length) return null;
    return h('div', { class: 'nav-group' }, h('p', { class: 'nav-title', id: `nav-${name}` }, t(`nav.group.${name}`)),
      h('ul', { 'aria-labelledby': `nav-${name}` }, shown.map((place) => h('li', {}, entry(place, links)))));
  });
  return h('nav', { class: 'side', id: 'side', 'aria-label': t('nav.label') }, groups);
}

/** On a telephone: the first places at the bottom, all of them behind a button. */
function thumbs(links, side) {
  const opener = h('button', { type: 'button', class: 'nav-link', on: { click: () => { side.popover = 'auto'; side.showPopover(); } } },
    icon('menu'), h('span', {}, t('nav.menu')));
  side.addEventListener('toggle', (event) => { if (event.newState === 'closed') side.popover = null; });
  return h('nav', { class: 'thumbs', 'aria-label': t('nav.short') }, PLACES.watch.slice(0, THUMB).map((place) => entry(place, links)), opener);
}

function entry([path, name], links) {
  const element = link(path, { class: 'nav-link' }, icon(name), h('span', {}, t(`nav.${name}`)));
  links.set(element, path);
  return element;
}

function mark(links, path) {
  for (const [element, place] of links) {
    const isHere = place === '/' ? path === '/' : path === place || path.startsWith(`${place}/`);
    if (isHere) element.setAttribute('aria-current', 'page');
    else element.removeAttribute('aria-current');
  }
}

/** "The connection is lost since …": nothing on the page can be trusted to be of now. */
function lostBar() {
  const words = h('span');
  const element = h('div', { class: 'lost', role: 'alert', hidden: true }, icon('disconnected'), words);
  on('connection', (isUp) => {
    if (!isUp) words.textContent = t('connection.lost', { time: clock(now()) });
    element.hidden = isUp;
    document.documentElement.classList.toggle('disconnected', !isUp);
  });
  return element;
}
