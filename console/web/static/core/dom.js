// The DOM without strings of HTML: elements are made, never parsed, so that no text can become markup.

import { ICONS } from './icons.js';

const SVG = 'http://www.w3.org/2000/svg';
// What a person changes afterwards; as attributes they would only be the values to go back to.
const LIVE = new Set(['value', 'checked', 'selected', 'indeterminate', 'muted', 'srcObject']);

/**
 * An element. `props`: attributes (null, undefined and false: left out; true: empty), `class`, `dataset: {}`,
 * `on: {event: fn}`. Children: strings, numbers, nodes, things with an `element`, arrays of these; null and false are skipped.
 */
export function h(name, props, ...children) {
  return fill(document.createElement(name), props, children);
}

/** The same for SVG. */
export function svg(name, props, ...children) {
  return fill(document.createElementNS(SVG, name), props, children);
}

/** Replace what is in a node. */
export function put(node, ...children) {
  node.replaceChildren();
  append(node, children);
  return node;
}

/** A decorative picture from core/icons.js: whoever needs words for it writes them beside it. */
export function icon(name) {
  const paths = ICONS[name];
  if (!paths) throw new Error(`there is no icon ${name}`);
  const props = { class: `icon icon-${name}`, viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false' };
  return svg('svg', props, paths.map((d) => svg('path', { d })));
}

function fill(node, props, children) {
  append(node, children); // before the props: a select's value is one of its options
  for (const [name, value] of Object.entries(props ?? {})) set(node, name, value);
  return node;
}

function set(node, name, value) {
  if (name === 'style' || (name.startsWith('on') && name !== 'on')) throw new Error(`${name}: the policy forbids it`);
  if (value === null || value === undefined) return;
  if (name === 'on') {
    for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  } else if (name === 'dataset') {
    Object.assign(node.dataset, value);
  } else if (LIVE.has(name)) {
    node[name] = value;
  } else if (value === true) {
    node.setAttribute(name, '');
  } else if (value !== false) {
    node.setAttribute(name, Array.isArray(value) ? value.filter(Boolean).join(' ') : value);
  }
}

function append(node, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(node, child);
    else node.append(child.element ?? child);
  }
}
