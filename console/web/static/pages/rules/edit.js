// /rules/new and /rules/{id}: one rule as fields and as a sentence, tried on the past before it is saved.

import { get, patch, post, remove } from '../../core/api.js';
import { confirm } from '../../core/dialog.js';
import { h, icon, put } from '../../core/dom.js';
import { form } from '../../core/form.js';
import { link, navigate } from '../../core/router.js';
import { may } from '../../core/session.js';
import { explain, t } from '../../core/texts.js';
import { toast } from '../../core/toast.js';
import { FRESH, ruleFields } from './fields.js';
import { ending, everything, fired, now } from './page.js';
import { trying } from './trying.js';
import { sentence, warning } from './words.js';

export const title = 'rules.edit.title';

const SETTLE_MS = 400; // after the last key, before the server is asked

export default async function show(root, { params, signal }) {
  if (!params.id && !may('admin')) {
    put(root, head(null), h('p', { class: 'form-error', role: 'alert' }, t('error.not_allowed')));
    return;
  }
  const saved = params.id ? await get(`rules/${params.id}`, {}, signal) : null;
  const cameras = await everything('cameras', signal);
  const receivers = may('admin') ? await everything('receivers', signal) : [];
  const byId = new Map(cameras.map((camera) => [camera.id, camera]));
  const said = h('p', { class: 'rule-says', 'aria-live': 'polite' });
  const fields = may('admin') && ruleFields(saved ?? FRESH, { cameras, receivers });
  const read = fields ? fields.read : () => plain(saved);
  const trial = may('operator') && trying({ read, saved, cameras: byId, signal });
  const odd = h('div', { 'aria-live': 'polite' }, oddities(saved?.warnings));
  let timer = 0;
  const tell = () => {
    put(said, sentence(read(), byId));
    if (trial) trial.changed();
    clearTimeout(timer);
    if (fields) timer = setTimeout(() => check(read(), odd, signal), SETTLE_MS);
  };
  signal.addEventListener('abort', () => clearTimeout(timer));
  const editor = fields && editForm(fields, saved, tell);
  put(root, head(saved),
    h('div', { class: ['rule-edit', !editor && 'rule-only'] }, editor && h('div', { class: 'panel pad' }, editor),
      h('div', { class: 'stack rule-side' },
        h('section', { class: 'panel pad stack', 'aria-labelledby': 'rule-meaning' }, h('h2', { id: 'rule-meaning' }, t('rules.meaning')), said, saved && h('div', { class: 'row' }, now(saved), h('span', { class: 'small muted' }, t('rules.column.fired'), ': ', fired(saved))), odd),
        trial)));
  tell();
}

/** Only what was said of it, without what is told besides. */
function plain({ id, warnings, state, ...rule }) {
  return rule;
}

function head(saved) {
  return h('div', { class: 'head' }, link('/rules', { class: 'icon-button', 'aria-label': t('rules.back') }, icon('back')),
    h('h1', { class: 'title' }, saved?.name ?? t('rules.new')),
    saved && may('admin') && h('div', { class: 'push' },
      h('button', { type: 'button', class: 'button', on: { click: () => drop(saved) } }, icon('remove'), t('remove'))));
}

function editForm(fields, saved, tell) {
  const made = form({
    fields: fields.list,
    submit: saved ? t('save') : t('rules.create'),
    cancel: () => navigate('/rules'),
    onSubmit: async () => {
      const rule = saved ? await patch(`rules/${saved.id}`, fields.read()) : await post('rules', fields.read());
      toast(rule.warnings.length ? t('rules.saved.odd') : t('saved'), 'good');
      await navigate(rule.warnings.length ? `/rules/${rule.id}` : '/rules');
    },
  });
  const changed = () => {
    fields.adapt();
    tell();
  };
  made.element.addEventListener('input', changed);
  made.element.addEventListener('change', changed);
  made.element.addEventListener('click', (event) => { if (event.target.closest('.schedule-more button')) tell(); });
  fields.adapt();
  return made.element;
}

/** What is odd about the rule as it stands in the fields; what is wrong with it is said beside them when it is saved. */
async function check(rule, place, signal) {
  try {
    const { warnings } = await post('rules/check', { ...rule, name: rule.name || t('rules.new') }, signal);
    put(place, oddities(warnings));
  } catch (error) {
    if (error.name !== 'AbortError') put(place);
  }
}

function oddities(warnings) {
  if (!warnings?.length) return null;
  return h('div', { class: 'notice notice-warn' }, icon('warning'), h('ul', {}, warnings.map((text) => h('li', {}, warning(text)))));
}

async function drop(rule) {
  if (!(await confirm(ending('rules.remove', rule), { danger: true, action: t('remove') }))) return;
  try {
    await remove(`rules/${rule.id}`);
    toast(t('removed'), 'good');
    await navigate('/rules');
  } catch (error) {
    toast(explain(error), 'bad');
  }
}
