// Which cameras are shown; kept in the address.

import { h } from '../../core/dom.js';
import { select, text } from '../../core/form.js';
import { setQuery } from '../../core/router.js';
import { STATES, stateOf, word } from '../../core/sight.js';
import { t } from '../../core/texts.js';

/** Gives back {element, offer(cameras), includes(camera, sight)}. */
export function filters(query, changed) {
  const everything = ['', t('all')];
  const chosen = (name) => [everything, ...unique([query.get(name)])];
  const kept = { on: { input: apply } };
  const words = text({ name: 'q', label: t('cameras.filter.words'), type: 'search', value: query.get('q') ?? '', ...kept });
  const site = select({ name: 'site', label: t('cameras.filter.site'), value: query.get('site') ?? '', options: chosen('site'), ...kept });
  const tag = select({ name: 'tag', label: t('cameras.filter.tag'), value: query.get('tag') ?? '', options: chosen('tag'), ...kept });
  const state = select({ name: 'state', label: t('cameras.filter.state'), value: query.get('state') ?? '', options: [everything, ...Object.keys(STATES).map((one) => [one, word(one)])], ...kept });
  const fields = [words, site, tag, state];

  function apply() {
    setQuery(Object.fromEntries(fields.map((field) => [field.name, field.value])));
    changed();
  }

  /** What is chosen stays on offer, or it would vanish with its last camera. */
  function offer(cameras) {
    site.offer([everything, ...unique([...cameras.map((camera) => camera.site), site.value])]);
    tag.offer([everything, ...unique([...cameras.flatMap((camera) => camera.tags), tag.value])]);
  }

  function includes(camera, sight) {
    const said = [camera.name, camera.url, camera.site, camera.location, ...camera.tags].join('\n').toLowerCase();
    return said.includes(words.value.trim().toLowerCase()) && (!site.value || camera.site === site.value)
      && (!tag.value || camera.tags.includes(tag.value)) && (!state.value || (sight && stateOf(sight) === state.value));
  }

  return { element: h('div', { class: 'filters', role: 'search' }, fields), offer, includes };
}

function unique(words) {
  return [...new Set(words.filter(Boolean))].sort((one, other) => one.localeCompare(other));
}
