// Messages of a queue that were given up: why, of which camera, and trying them again.

import { get, post } from '../../core/api.js';
import { confirm } from '../../core/dialog.js';
import { h, icon, put } from '../../core/dom.js';
import { link, setQuery } from '../../core/router.js';
import { table } from '../../core/table.js';
import { explain, number, t } from '../../core/texts.js';
import { ago, clock } from '../../core/time.js';
import { toast } from '../../core/toast.js';

const MOST = 200; // listed; "all" means all of the queue

/** {element, open(queue)}; `done` is called when something was changed. */
export function deadLetters(query, signal, done) {
  const element = h('section', { class: 'stack system-dead', hidden: true, 'aria-labelledby': 'dead-title' });
  let queue = '';

  async function open(name) {
    queue = name;
    setQuery({ queue });
    await draw();
    element.querySelector('h2')?.focus();
  }

  async function draw() {
    const { items } = await get(`queues/${queue}/dead-letters`, { limit: MOST }, signal);
    element.hidden = false;
    const of = t(`system.queue.${queue}`);
    put(element,
      h('div', { class: 'head' }, h('h2', { id: 'dead-title', tabindex: '-1' }, t('system.dead.title', { queue: of })),
        h('div', { class: 'row push' },
          items.length > 0 && button('refresh', t('system.dead.replay.all'), () => act('replay', null)),
          items.length > 0 && button('remove', t('system.dead.purge.all'), () => act('purge', null)),
          h('button', { type: 'button', class: 'icon-button', 'aria-label': t('close'), on: { click: close } }, icon('close')))),
      h('p', { class: 'muted' }, t('system.dead.about')),
      table(columns(), items, { caption: t('system.dead.title', { queue: of }), empty: t('system.dead.none') }));
  }

  function close() {
    element.hidden = true;
    setQuery({ queue: '' });
  }

  function columns() {
    return [
      { label: t('system.dead.at'), head: true, cell: (one) => h('time', { datetime: one.at, title: clock(one.at) }, one.age_seconds === null ? '–' : ago(one.age_seconds)) },
      { label: t('system.dead.reason'), cell: (one) => h('span', { class: 'system-reason' }, one.reason) },
      { label: t('system.dead.camera'), cell: (one) => (one.camera ? link(`/cameras/${one.camera_id}`, one.camera) : one.camera_id ?? '–') },
      { label: t('system.dead.picture'), cell: (one) => (one.image ? h('a', { href: one.image, target: '_blank', rel: 'noopener' }, icon('picture'), ' ', t('system.dead.look')) : '–') },
      { label: t('system.dead.message'), cell: (one) => h('details', {}, h('summary', {}, t('system.dead.message')), h('pre', { class: 'mono system-body' }, one.body)) },
      { label: t('system.dead.actions'), class: 'actions', cell: (one) => h('div', { class: 'row system-acts' },
        button('refresh', t('system.dead.replay'), () => act('replay', [one.id])), button('remove', t('system.dead.purge'), () => act('purge', [one.id]))) },
    ];
  }

  async function act(what, ids) {
    const danger = what === 'purge';
    if ((danger || !ids) && !(await confirm(t(`system.dead.${what}.${ids ? 'ask' : 'ask.all'}`), { danger, action: t(`system.dead.${what}`) }))) return;
    try {
      const { count } = await post(`queues/${queue}/dead-letters/${what}`, { ids });
      toast(t(`system.dead.${what}.done`, { count: number(count) }), 'good');
      await draw();
      await done();
    } catch (error) {
      toast(explain(error), 'bad');
    }
  }

  return { element, open: (name) => open(name).catch((error) => toast(explain(error), 'bad')) };
}

function button(sign, words, click) {
  return h('button', { type: 'button', class: 'button', on: { click } }, icon(sign), words);
}
