// Pages without reloading: the address decides, the page's folder is loaded when it is needed.

import { h, icon, put } from './dom.js';
import { add, explain, t } from './texts.js';

let routes = [];
let frame = null; // {main, enter(path, page)}: see layout.js
let leaving = new AbortController();
const styles = new Set();

/**
 * Begin. A route is [pattern, folder, module = 'page'], such as ['/cameras/:id', 'camera']; the first that matches
 * counts. pages/<folder> has texts.js, style.css and the module, which exports `title` (a text's key) and
 * `default async show(root, {params, query, signal})`; with `bare = true` it is shown without the frame.
 */
export function start(table, inside) {
  routes = table;
  frame = inside;
  window.addEventListener('popstate', () => show());
  return show();
}

/** Go to a page of ours. `replace`: the one that is left cannot be gone back to. */
export function navigate(path, { replace = false } = {}) {
  history[replace ? 'replaceState' : 'pushState']({}, '', path);
  window.scrollTo(0, 0);
  return show();
}

/** A link to a page of ours. */
export function link(path, ...children) {
  const props = { href: path };
  if (children.length && isProps(children[0])) Object.assign(props, children.shift());
  const element = h('a', props, children);
  element.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(element.getAttribute('href'));
  });
  return element;
}

/** The address's query as it is now. */
export function query() {
  return new URLSearchParams(location.search);
}

/** Keep filters in the address: empty values are removed, the page stays as it is. */
export function setQuery(values) {
  const asked = query();
  for (const [name, value] of Object.entries(values)) {
    asked.delete(name);
    for (const one of [value].flat()) {
      if (one !== null && one !== undefined && one !== '' && one !== false) asked.append(name, one);
    }
  }
  const tail = asked.toString();
  history.replaceState(history.state, '', location.pathname + (tail && `?${tail}`));
}

async function show() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const root = h('div', { class: 'page' });
  try {
    const { folder, module, params } = match(location.pathname);
    root.classList.add(`page-${folder}`);
    const page = await load(folder, module);
    if (signal.aborted) return;
    document.title = `${t(page.title)} · ${t('app')}`;
    frame.enter(location.pathname, page);
    put(frame.main, root);
    await page.default(root, { params, query: query(), signal });
    if (!signal.aborted) settle(root);
  } catch (error) {
    if (!signal.aborted && error.name !== 'AbortError') fail(root, error);
  }
}

function match(path) {
  const parts = path.replace(/\/+$/, '').split('/');
  for (const [pattern, folder, module = 'page'] of routes) {
    const params = compare(pattern.replace(/\/+$/, '').split('/'), parts);
    if (params) return { folder, module, params };
  }
  return { folder: 'not_found', module: 'page', params: {} };
}

function compare(wanted, parts) {
  if (wanted.length !== parts.length) return null;
  const params = {};
  for (const [place, part] of wanted.entries()) {
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(parts[place]);
    else if (part !== parts[place]) return null;
  }
  return params;
}

async function load(folder, module) {
  const [page, texts] = await Promise.all([
    import(`../pages/${folder}/${module}.js`), import(`../pages/${folder}/texts.js`), style(`/assets/pages/${folder}/style.css`),
  ]);
  add(texts.default);
  return page;
}

function style(href) {
  if (styles.has(href)) return null;
  return new Promise((resolve, reject) => {
    const sheet = h('link', { rel: 'stylesheet', href, on: {
      load: () => resolve(styles.add(href)),
      error: () => {
        sheet.remove();
        reject(new Error(`${href} could not be loaded`));
      },
    } });
    document.head.append(sheet);
  });
}

/** The heading gets the focus, so that a screen reader says where one is now; a field that asked for it keeps it. */
function settle(root) {
  if (root.contains(document.activeElement)) return;
  const wanted = root.querySelector('[autofocus]') ?? root.querySelector('h1');
  if (wanted?.tagName === 'H1') wanted.tabIndex = -1;
  wanted?.focus({ preventScroll: true });
}

function fail(root, error) {
  if (error.status === 401) return; // on the way to the login
  if (error.name !== 'Problem') reportError(error);
  const again = h('button', { type: 'button', class: 'button', on: { click: () => show() } }, icon('refresh'), t('again'));
  if (!root.isConnected) put(frame.main, root);
  put(root, h('h1', { class: 'title' }, t(error.code === 'not_found' ? 'failed.missing' : 'failed.title')),
    h('p', { role: 'alert', class: 'form-error' }, error.name === 'Problem' ? explain(error) : t('failed.page')), again);
  settle(root);
}

function isProps(child) {
  return child !== null && typeof child === 'object' && !(child instanceof Node) && !Array.isArray(child) && !('element' in child);
}
