// What stands at an address that leads nowhere.

import { h } from '../../core/dom.js';
import { link } from '../../core/router.js';
import { t } from '../../core/texts.js';

export const title = 'not_found.title';

export default async function show(root) {
  root.append(
    h('h1', { class: 'title' }, t('not_found.title')),
    h('p', {}, t('not_found.detail', { path: location.pathname })),
    h('p', {}, link('/', { class: 'button' }, t('not_found.wall'))),
  );
}
