// The panel that tries a rule on the past: which part, how far it is, and what would have happened.

import { follow } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { dateTime, select } from '../../core/form.js';
import { explain, number, t } from '../../core/texts.js';
import { now } from '../../core/time.js';
import { isOfFaces } from './fields.js';
import { outcome } from './outcome.js';

const DAY_MS = 86_400_000;
const SPANS = { day: 1, week: 7, month: 30 };

/**
 * `read()`: the rule as it stands in the fields; `saved`: as it is in force, or null. Gives back {element, changed()},
 * the latter for whenever the fields were changed.
 */
export function trying({ read, saved, cameras, signal }) {
  const part = period();
  const meter = progress();
  const told = h('div', { class: 'stack' });
  const old = h('p', { class: 'notice', hidden: true }, icon('info'), t('rules.try.changed'));
  const unfit = h('p', { class: 'notice', hidden: true }, icon('info'), t('rules.try.trouble'));
  const button = h('button', { type: 'button', class: 'button primary', on: { click: () => run() } }, icon('play'), t('rules.try.run'));
  const stop = h('button', { type: 'button', class: 'button', hidden: true, on: { click: () => running.abort() } }, icon('stop'), t('rules.try.cancel'));
  let running = null;
  let tried = '';

  function changed() {
    const rule = read();
    unfit.hidden = isOfFaces(rule);
    button.disabled = !unfit.hidden || Boolean(running);
    old.hidden = !tried || tried === JSON.stringify(rule);
    meter.element.hidden = stop.hidden = !running;
  }

  async function run() {
    const rule = read();
    running = new AbortController();
    tried = JSON.stringify(rule);
    put(told);
    changed();
    try {
      const both = await compared(rule, saved, part.value(), (data) => meter.show(data), AbortSignal.any([signal, running.signal]));
      put(told, outcome(...both, { cameras }));
    } catch (error) {
      tried = '';
      if (!signal.aborted) put(told, failure(error));
    }
    running = null;
    changed();
  }

  const element = h('section', { class: 'panel pad stack', 'aria-labelledby': 'rule-try' },
    h('h2', { id: 'rule-try' }, t('rules.try.title')), h('p', { class: 'muted' }, t('rules.try.about')), unfit,
    h('div', { class: 'filters' }, part, button, stop), meter, old, told);
  return { element, changed };
}

/** What the rule would have done and, where it says something else than the one in force, what that would have done. */
async function compared(rule, saved, asked, onProgress, signal) {
  const draft = await one('rules/test', { ...asked, rule: { ...rule, name: rule.name || t('rules.new') } }, onProgress, signal);
  const before = saved && differs(rule, saved) ? await one(`rules/${saved.id}/test`, asked, onProgress, signal) : null;
  return [draft, before];
}

async function one(path, body, onProgress, signal) {
  onProgress({ done: 0, all: 0 });
  for await (const { kind, data } of follow('POST', path, { body, signal })) {
    if (kind === 'result') return data;
    onProgress(data);
  }
  throw new DOMException('', 'AbortError'); // the server stopped
}

/** Which part of the past. Where nothing else is said it ends now, said as a time: both tests look at the same. */
function period() {
  const from = dateTime({ name: 'from', label: t('rules.try.from'), value: now() - 7 * DAY_MS });
  const to = dateTime({ name: 'to', label: t('rules.try.to'), value: now() });
  const own = h('div', { class: 'fields-pair', hidden: true }, from, to);
  const choose = () => { own.hidden = span.value !== 'own'; };
  const options = [...Object.keys(SPANS), 'own'].map((name) => [name, t(`rules.try.${name}`)]);
  const span = select({ name: 'span', label: t('rules.try.span'), value: 'week', options, on: { change: choose } });
  const value = () => {
    if (span.value === 'own') return { from: from.value, to: to.value };
    const end = now();
    return { from: new Date(end - SPANS[span.value] * DAY_MS).toISOString(), to: new Date(end).toISOString() };
  };
  return { element: h('div', { class: 'filters' }, span, own), value };
}

function progress() {
  const bar = h('progress', { max: 1, 'aria-label': t('rules.try.progress') });
  const words = h('span', { class: 'small muted' });
  const element = h('div', { class: 'row rule-progress', hidden: true }, bar, words);
  const show = ({ done, all }) => {
    if (all) bar.value = done / all;
    else bar.removeAttribute('value');
    words.textContent = all ? t('rules.try.done', { done: number(done), all: number(all) }) : '';
  };
  return { element, show };
}

function failure(error) {
  if (error.name === 'AbortError') return h('p', { class: 'muted' }, t('rules.try.cancelled'));
  if (error.name !== 'Problem') reportError(error);
  const wrong = error.errors?.map(({ message }) => message).join('; ');
  return h('p', { class: 'form-error', role: 'alert' }, wrong || explain(error));
}

/** Whether the fields say something else than the rule in force, as far as it can change what happens. */
function differs(rule, saved) {
  return Object.entries(rule).some(([name, value]) => name !== 'name' && name !== 'enabled' && JSON.stringify(value) !== JSON.stringify(saved[name]));
}
