// Which cameras stand on the wall, and how large. What is chosen is kept in the address, so that a wall can be sent or bookmarked.

import { h, icon } from '../../core/dom.js';
import { select, text } from '../../core/form.js';
import { query as asked, setQuery } from '../../core/router.js';
import { STATES, TROUBLED, word } from '../../core/sight.js';
import { t } from '../../core/texts.js';

const SIZES = ['large', 'medium', 'small'];
const KEPT = 'maskwatch.wall.size';
const NAMES = ['q', 'site', 'tag', 'state'];

/** The bar: {element, size, matches(tile), offer(sights), clear()}. `changed` is called when it is. */
export function filters(query, changed) {
  const chosen = { size: localStorage.getItem(KEPT) };
  for (const name of [...NAMES, 'size']) chosen[name] = query.get(name) ?? chosen[name] ?? '';
  if (!SIZES.includes(chosen.size)) chosen.size = 'medium';
  const choose = (name, value) => {
    chosen[name] = value;
    setQuery({ [name]: value });
    changed();
  };
  const fields = fieldsOf(chosen, choose);
  const bar = {
    element: h('form', { class: 'filters wall-filters', role: 'search', on: { submit: (event) => event.preventDefault() } },
      Object.values(fields), sizes(chosen, choose), fullScreen()),
    get size() { return chosen.size; },
    matches: ({ sight, state }) => holds(chosen, sight, state),
    offer: (sights) => offer(fields, sights),
    clear: () => {
      for (const name of NAMES) {
        chosen[name] = '';
        fields[name].value = '';
      }
      setQuery({ q: '', site: '', tag: '', state: '' });
      changed();
    },
  };
  return bar;
}

function fieldsOf(chosen, choose) {
  const pick = (name, label, options) => {
    const made = select({ name, label, options, value: chosen[name], on: { change: () => choose(name, made.value) } });
    return made;
  };
  const states = ['trouble', ...Object.keys(STATES)].map((name) => [name, name === 'trouble' ? t('sight.trouble') : word(name)]);
  const q = text({ name: 'q', label: t('wall.search'), type: 'search', placeholder: t('wall.search'), value: asked().get('q'), on: { input: () => choose('q', q.value.trim()) } });
  return {
    q,
    site: pick('site', t('wall.site'), [['', t('wall.all.site')], ...(chosen.site ? [chosen.site] : [])]),
    tag: pick('tag', t('wall.tag'), [['', t('wall.all.tag')], ...(chosen.tag ? [chosen.tag] : [])]),
    state: pick('state', t('wall.state'), [['', t('wall.all.state')], ...states]),
  };
}

/** Sites and tags that there are; what is chosen stays, or the choice would vanish with its last camera. */
function offer(fields, sights) {
  for (const [name, found] of [['site', sights.map((one) => one.site)], ['tag', sights.flatMap((one) => one.tags)]]) {
    const known = [...new Set([...found, fields[name].value])].filter(Boolean).sort((a, b) => a.localeCompare(b));
    const isSame = known.join('\n') === fields[name].known;
    fields[name].known = known.join('\n');
    if (!isSame) fields[name].offer([['', t(`wall.all.${name}`)], ...known]);
    fields[name].element.hidden = known.length === 0;
  }
}

function holds(chosen, sight, state) {
  if (chosen.site && sight.site !== chosen.site) return false;
  if (chosen.tag && !sight.tags.includes(chosen.tag)) return false;
  if (chosen.state === 'trouble' ? !TROUBLED.has(state) : chosen.state && state !== chosen.state) return false;
  const words = `${sight.name} ${sight.site} ${sight.location} ${sight.tags.join(' ')}`.toLowerCase();
  return chosen.q.toLowerCase().split(/\s+/).every((word) => words.includes(word));
}

function sizes(chosen, choose) {
  return h('fieldset', { class: 'segments wall-sizes' }, h('legend', {}, t('wall.size')), SIZES.map((size) =>
    h('label', { title: t(`wall.size.${size}`) },
      h('input', { type: 'radio', name: 'size', value: size, checked: chosen.size === size, 'aria-label': t(`wall.size.${size}`), on: { change: () => keep(size) } }), icon(size))));

  function keep(size) {
    localStorage.setItem(KEPT, size);
    choose('size', size);
  }
}

function fullScreen() {
  if (!document.fullscreenEnabled) return null;
  const toggle = () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
  return h('button', { type: 'button', class: 'icon-button wall-full', 'aria-label': t('wall.full'), title: t('wall.full'), on: { click: toggle } }, icon('full'));
}
