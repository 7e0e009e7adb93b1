// / : the latest picture of every camera, and whether it can be trusted.

import { get } from '../../core/api.js';
import { h } from '../../core/dom.js';
import { link } from '../../core/router.js';
import { t } from '../../core/texts.js';

export const title = 'wall.title';

export default async function show(root, { signal }) {
  const { items } = await get('wall', {}, signal);
  root.append(
    h('h1', { class: 'title' }, t('wall.title')),
    h('ul', { class: 'wall' }, items.map((sight) => h('li', {}, link(`/cameras/${sight.camera_id}`, sight.name), ' ',
      h('span', { class: `chip chip-${sight.state}` }, t(`state.${sight.state}`))))),
  );
}
