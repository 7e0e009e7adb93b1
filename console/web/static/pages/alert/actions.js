// What a person does about it: take care, hear no more of it for a while, write down, call it a false alarm.

import { h, icon } from '../../core/dom.js';
import { open } from '../../core/dialog.js';
import { form, select, textarea } from '../../core/form.js';
import { post } from '../../core/api.js';
import { link } from '../../core/router.js';
import { may } from '../../core/session.js';
import { t } from '../../core/texts.js';
import { ask, say } from './judging.js';

const SNOOZES = [900, 3600, 4 * 3600, 86_400]; // seconds

/** Buttons, the note, and the form to write it. Viewers see the note only. */
export function actions(alert, load) {
  const path = `alerts/${alert.id}`;
  const note = alert.note && h('p', { class: 'note' }, alert.note);
  if (!may('operator')) return note;
  return [note, h('div', { class: 'row alert-do' },
    !alert.acknowledged_at && button('check', t('alerts.acknowledge'), () => say(`${path}/ack`, {}, load), 'primary'),
    button('note', t(alert.note ? 'alert.note.edit' : 'alert.note.write'), () => writeNote(alert, load)),
    alert.state === 'firing' && snoozeButton(alert, load),
    link(silencePath(alert), { class: 'button' }, icon('silences'), t('alert.silence')),
    alert.is_false_positive
      ? button('refresh', t('alert.not_false'), () => say(`${path}/false-positive`, { is_false_positive: false }, load))
      : button('close', t('alert.false'), () => ask(t('alert.what_was_it'), alert.definition?.condition.label, (label) => say(`${path}/feedback`, { verdict: 'wrong', label }, load), { unknown: true })))];
}

function snoozeButton(alert, load) {
  if (alert.snoozed_until && Date.parse(alert.snoozed_until) > Date.now()) {
    return button('alerts', t('alert.snooze.end'), () => say(`alerts/${alert.id}/snooze`, { seconds: 0 }, load));
  }
  return button('clock', t('alert.snooze'), () => snooze(alert, load));
}

function snooze(alert, load) {
  const fields = [select({ name: 'seconds', label: t('alert.snooze.for'), hint: t('alert.snooze.hint'), value: SNOOZES[1], options: SNOOZES.map((seconds) => [seconds, t(`alert.snooze.${seconds}`)]) })];
  const asked = form({ fields, submit: t('alert.snooze'), onSubmit: async (values) => {
    await post(`alerts/${alert.id}/snooze`, values);
    close();
    await load();
  } });
  const close = open(t('alert.snooze'), asked.element, { kind: 'small' });
}

function writeNote(alert, load) {
  const fields = [textarea({ name: 'note', label: t('alert.note'), value: alert.note, maxlength: 2000 })];
  const asked = form({ fields, onSubmit: async (values) => {
    await post(`alerts/${alert.id}/note`, values);
    close();
    await load();
  } });
  const close = open(t('alert.note'), asked.element, { kind: 'small' });
}

/** The page of silences, with its form filled in for this rule on this camera. */
function silencePath(alert) {
  return `/silences?${new URLSearchParams({ rule: alert.rule_id, camera: alert.camera_id })}`;
}

function button(sign, words, click, kind = '') {
  return h('button', { type: 'button', class: ['button', kind], on: { click } }, icon(sign), words);
}
