// Was the model right about a face? Each word is an example to learn from.

import { post } from '../../core/api.js';
import { open } from '../../core/dialog.js';
import { h, icon } from '../../core/dom.js';
import { may } from '../../core/session.js';
import { explain, t } from '../../core/texts.js';
import { toast } from '../../core/toast.js';

const KINDS = ['mask_correct', 'mask_incorrect', 'no_mask', 'no_face'];

/** What was said of the face, and for operators the buttons to say it. */
export function judge(found, face, load) {
  const said = face.feedback && h('p', { class: 'small' }, icon('note'), ' ', t('alert.judged', { name: face.feedback.by, meant: t(`alert.meant.${face.feedback.meant}`) }));
  if (!may('operator')) return said;
  const path = `snapshots/${found.snapshot_id}/faces/${face.place}/feedback`;
  const right = face.label !== 'uncertain' && button('check', t('alert.right'), () => say(path, { verdict: 'right' }, load));
  return [said, h('div', { class: 'row' }, right, button('close', t('alert.wrong'), () => ask(t('alert.what_is_it'), face.label, (label) => say(path, { verdict: 'wrong', label }, load))))];
}

/** Ask what it really is; `answer(label)`. `unknown`: also offer to leave that open (then with null). */
export function ask(heading, known, answer, { unknown = false } = {}) {
  const choose = (label) => () => {
    close();
    answer(label);
  };
  const options = KINDS.filter((kind) => kind !== known).map((kind) => h('button', { type: 'button', class: 'button', on: { click: choose(kind) } }, t(`alert.meant.${kind}`)));
  if (unknown) options.push(h('button', { type: 'button', class: 'button', on: { click: choose(null) } }, t('alert.meant.unknown')));
  const close = open(heading, h('div', { class: 'stack' }, options), { kind: 'small' });
}

/** Send it, and read the alert anew. */
export async function say(path, body, load) {
  try {
    await post(path, body);
    toast(t('alert.thanks'), 'good');
    await load();
  } catch (error) {
    if (error.name !== 'AbortError') toast(explain(error), 'bad');
  }
}

function button(sign, words, click) {
  return h('button', { type: 'button', class: 'button', on: { click } }, icon(sign), words);
}
