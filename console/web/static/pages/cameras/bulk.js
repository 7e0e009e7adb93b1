// What is done to all chosen cameras: one request each, so one that is refused keeps no other back.

import { patch, remove } from '../../core/api.js';
import { h, icon } from '../../core/dom.js';
import { confirm, open } from '../../core/dialog.js';
import { form, tags } from '../../core/form.js';
import { explain, t } from '../../core/texts.js';
import { toast } from '../../core/toast.js';

const AT_ONCE = 4;

/** `list`: {cameras, shown, chosen}. Gives back {element, draw()}. */
export function bulkBar(list, { reload, drawn }) {
  const count = h('span', { class: 'strong', 'aria-live': 'polite' });
  const everyone = h('button', { type: 'button', class: 'button quiet', on: { click: chooseShown } }, t('cameras.bulk.all'));
  const nobody = h('button', { type: 'button', class: 'button quiet', on: { click: chooseNone } }, t('cameras.bulk.none'));
  const button = (picture, key, act) => h('button', { type: 'button', class: 'button', on: { click: act } }, icon(picture), t(key));
  const actions = h('div', { class: 'row' },
    button('play', 'cameras.bulk.enable', () => apply(() => ({ enabled: true }))),
    button('off', 'cameras.bulk.disable', () => disable()),
    button('tag', 'cameras.bulk.tag', () => openTags()),
    button('remove', 'cameras.bulk.remove', () => removeChosen()));
  const element = h('div', { class: 'bulk panel', role: 'group', 'aria-label': t('cameras.bulk') }, count, everyone, nobody, h('span', { class: 'spacer' }), actions);
  const chosen = () => list.cameras.filter((camera) => list.chosen.has(camera.id));

  function draw() {
    count.textContent = t.n('cameras.bulk.count', list.chosen.size);
    actions.hidden = nobody.hidden = list.chosen.size === 0;
    count.hidden = list.chosen.size === 0;
    element.classList.toggle('is-idle', list.chosen.size === 0);
    element.hidden = !list.cameras.length;
  }

  function chooseShown() {
    list.shown.forEach((camera) => list.chosen.add(camera.id));
    drawn();
  }

  function chooseNone() {
    list.chosen.clear();
    drawn();
  }

  async function apply(fieldsOf) {
    await forEach(chosen(), (camera) => patch(`cameras/${camera.id}`, fieldsOf(camera)));
    await reload();
  }

  async function disable() {
    const text = t.n('cameras.bulk.disable.sure', list.chosen.size);
    if (await confirm(text, { action: t('cameras.bulk.disable') })) await apply(() => ({ enabled: false }));
  }

  async function removeChosen() {
    const text = `${t.n('cameras.bulk.remove.sure', list.chosen.size)} ${t('cameras.remove.detail')}`;
    if (!await confirm(text, { danger: true, action: t('remove') })) return;
    await forEach(chosen(), (camera) => remove(`cameras/${camera.id}`));
    await reload();
  }

  function openTags() {
    const known = [...new Set(list.cameras.flatMap((camera) => camera.tags))];
    const asked = form({
      fields: [tags({ name: 'add', label: t('cameras.bulk.tag.add'), known }), tags({ name: 'drop', label: t('cameras.bulk.tag.drop'), known })],
      onSubmit: async ({ add, drop }) => {
        close();
        await apply((camera) => ({ tags: [...new Set([...camera.tags.filter((tag) => !drop.includes(tag)), ...add])] }));
      },
      cancel: () => close(),
    });
    const close = open(t('cameras.bulk.tag'), asked, { kind: 'small' });
  }

  return { element, draw };
}

/** A few at a time; says how many were done, and why the others were not. */
async function forEach(cameras, act) {
  const waiting = [...cameras];
  const refused = [];
  const work = async () => {
    for (let camera = waiting.shift(); camera; camera = waiting.shift()) {
      try {
        await act(camera);
      } catch (error) {
        if (error.name !== 'Problem') throw error;
        refused.push(t('cameras.bulk.refused', { name: camera.name, why: explain(error) }));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const done = cameras.length - refused.length;
  if (done) toast(t.n('cameras.bulk.done', done), 'good');
  if (refused.length) toast(refused.slice(0, 3).join(' '), 'bad');
}
