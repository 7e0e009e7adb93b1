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

/** `read()`: the rule as it stands in the fields; `saved`: as it is in force, or null. */
export function trying({ read, saved, cameras, signal }) {
  const span = select({ name: 'span', label: t('rules.try.span'), value: 'week', options: [...Object.keys(SPANS), 'own'].map((one) => [one, t(`rules.try.${one}`)]), on: { change: () => choose() } });
  const from = dateTime({ name: 'from', label: t('rules.try.from'), value: now() - 7 * DAY_MS });
  const to = dateTime({ name: 'to', label: t('rules.try.to'), value: now() });
  const own = h('div', { class: 'fields-pair' }, from, to);
  const button = h('button', { type: 'button', class: 'button primary', on: { click: () => run() } }, icon('play'), t('rules.try.run'));
  const stop = h('button', { type: 'button', class: 'button', hidden: true, on: { click: () => running?.abort() } }, icon('stop'), t('rules.try.cancel'));
  const meter = progress();
  const told = h('div', { class: 'stack' });
  const old = h('p', { class: 'notice', hidden: true }, icon('info'), t('rules.try.changed'));
  const unfit = h('p', { class: 'notice', hidden: true }, icon('info'), t('rules.try.trouble'));
  let running = null;
  let tried = '';

  const choose = () => { own.hidden = span.value !== 'own'; };

  function changed() {
    const given = JSON.stringify(read());
    unfit.hidden = isOfFaces(read());
    button.disabled = !unfit.hidden || Boolean(running);
    old.hidden = !tried || tried === given;
  }

  async function run() {
    const rule = read();
    running = new AbortController();
    const both = AbortSignal.any([signal, running.signal]);
    tried = JSON.stringify(rule);
    busy(true);
    put(told);
    try {
      const asked = period();
      const draft = await one('rules/test', { ...asked, rule: { ...rule, name: rule.name || t('rules.new') } }, both);
      const before = saved && differs(rule, saved) ? await one(`rules/${saved.id}/test`, asked, both) : null;
      put(told, outcome(draft, before, { cameras }));
    } catch (error) {
      tried = '';
      if (signal.aborted) return;
      put(told, error.name === 'AbortError' ? h('p', { class: 'muted' }, t('rules.try.cancelled')) : failure(error));
    } finally {
      running = null;
      busy(false);
    }
  }

  /** Where nothing else is said, up to now: both tests look at the same part of the past. */
  function period() {
    if (span.value === 'own') return { from: from.value, to: to.value };
    const end = now();
    return { from: new Date(end - SPANS[span.value] * DAY_MS).toISOString(), to: new Date(end).toISOString() };
  }

  async function one(path, body, both) {
    for await (const { kind, data } of follow('POST', path, { body, signal: both })) {
      if (kind === 'result') return data;
      meter.show(data);
    }
    throw new DOMException('', 'AbortError'); // the server stopped
  }

  function busy(is) {
    meter.element.hidden = stop.hidden = !is;
    if (is) meter.show({ done: 0, all: 0 });
    changed();
  }

  choose();
  const element = h('section', { class: 'panel pad stack', 'aria-labelledby': 'rule-try' },
    h('h2', { id: 'rule-try' }, t('rules.try.title')), h('p', { class: 'muted' }, t('rules.try.about')), unfit,
    h('div', { class: 'filters' }, span, own, button, stop), meter, old, told);
  return { element, changed };
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
  if (error.name !== 'Problem') reportError(error);
  const wrong = (error.errors ?? []).map(({ message }) => message).join('; ');
  return h('p', { class: 'form-error', role: 'alert' }, wrong || explain(error));
}

/** Whether the fields say something else than the rule in force, as far as it can change what happens. */
function differs(rule, saved) {
  return Object.entries(rule).some(([name, value]) => name !== 'name' && name !== 'enabled' && JSON.stringify(value) !== JSON.stringify(saved[name]));
}
