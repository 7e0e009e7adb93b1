// /models : which versions answer, their cards and figures, and how they were made.

import { get } from '../../core/api.js';
import { h, put } from '../../core/dom.js';
import { t } from '../../core/texts.js';
import { every } from '../../core/time.js';
import { history } from './history.js';
import { serving } from './serving.js';
import { training } from './training.js';
import { versions } from './versions.js';

export const title = 'models.title';

const LOOK_MS = 3000; // a server takes a new version within two seconds

export default async function show(root, { signal }) {
  const parts = { serving: h('div'), versions: h('div', { class: 'stack' }), history: h('div') };
  const draw = async () => {
    const [models, now, changes] = await Promise.all(['models', 'models/serving', 'models/history'].map((path) => get(path, {}, signal)));
    put(parts.serving, serving(now, models.items));
    put(parts.versions, versions(models.items, draw));
    put(parts.history, history(changes.items));
  };
  await draw();
  root.append(
    h('h1', { class: 'title' }, t('models.title')), h('p', { class: 'muted' }, t('models.intro')),
    parts.serving, parts.versions, parts.history, await training(signal));
  every(LOOK_MS, async () => {
    const [models, now] = await Promise.all([get('models', {}, signal), get('models/serving', {}, signal)]);
    put(parts.serving, serving(now, models.items));
  }, signal);
}
