// /cameras/new: from an address to a watched camera, in five steps. Nothing is saved before the last.

import { all, post } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { form } from '../../core/form.js';
import { link, navigate } from '../../core/router.js';
import { explain, t } from '../../core/texts.js';
import { iso, now } from '../../core/time.js';
import { zones } from '../../core/zones.js';
import { findStep } from './find.js';
import { findOut, stillOf } from './finding.js';
import { NEW, isBarred, paceFields, placeFields, privacyFields, section } from './settings.js';
import { summary } from './summary.js';

export const title = 'cameras.wizard.title';

const STEPS = [['find', find], ['test', test], ['zones', draw], ['settings', settle], ['summary', finish]];
const FIND_FIELDS = ['url', 'username', 'password'];

export default async function show(root, { signal }) {
  if (isBarred(root, t(title))) return;
  const known = [];
  for await (const page of all('cameras', { limit: 500 }, signal)) known.push(...page);
  const wizard = { draft: { ...NEW }, finding: null, known, problem: null, signal };
  const trail = h('ol', { class: 'steps', 'aria-label': t('cameras.wizard.steps') });
  const heading = h('h2', { tabindex: '-1' });
  const body = h('div', { class: 'wizard-body stack' });
  wizard.go = (name) => {
    const place = STEPS.findIndex(([one]) => one === name);
    put(trail, STEPS.map(([one], number) => stepMark(one, number, place)));
    heading.textContent = t(`cameras.wizard.${name}`);
    const step = STEPS[place][1](wizard);
    put(body, step);
    heading.focus();
    if (wizard.problem) step.fail?.(wizard.problem);
    wizard.problem = null;
  };
  put(root, h('div', { class: 'head' }, h('h1', { class: 'title' }, t('cameras.wizard.title')), link('/cameras', { class: 'button push' }, t('cancel'))), trail, heading, body);
  wizard.go('find');
}

function stepMark(name, number, place) {
  const kind = number < place ? 'is-done' : number === place ? 'is-here' : '';
  return h('li', { class: kind, 'aria-current': number === place && 'step' },
    h('span', { class: 'step-mark', 'aria-hidden': 'true' }, number < place ? icon('check') : String(number + 1)), t(`cameras.wizard.${name}`));
}

function find(wizard) {
  return findStep(wizard.draft, (fields) => {
    const { name, ...address } = fields;
    wizard.draft = { ...wizard.draft, password: undefined, ...address, name: wizard.draft.name || freeName(name ?? '', wizard.known) };
    wizard.finding = null;
    wizard.go('test');
  }, wizard.signal);
}

function test(wizard) {
  const place = h('div', { class: 'finding-place' });
  const next = h('button', { type: 'button', class: 'button primary', on: { click: () => wizard.go('zones') } }, t('cameras.wizard.next'));
  const again = h('button', { type: 'button', class: 'button', on: { click: () => run() } }, icon('refresh'), t('cameras.test.again'));
  const element = h('div', { class: 'panel pad stack' }, h('p', { class: 'mono' }, wizard.draft.url), place, h('div', { class: 'buttons' }, backTo(wizard, 'find'), again, next));
  async function run() {
    again.disabled = next.disabled = true;
    try {
      wizard.finding = await findOut('cameras/test', asked(wizard.draft), place, wizard.signal);
      next.textContent = t(wizard.finding.ok ? 'cameras.wizard.next' : 'cameras.wizard.anyway');
      next.classList.toggle('primary', wizard.finding.ok);
      again.disabled = next.disabled = false;
    } catch (error) {
      if (error.name !== 'AbortError') sendBack(wizard, error, place);
    }
  }
  run();
  return { element };
}

/** Fields that are wrong are shown where they are typed; whatever else went wrong, here. */
function sendBack(wizard, error, place) {
  const isOfAddress = error.errors?.some(({ field }) => FIND_FIELDS.includes(field));
  if (isOfAddress) {
    wizard.problem = error;
    wizard.go('find');
  } else {
    put(place, h('p', { class: 'form-error', role: 'alert' }, explain(error)));
  }
}

function draw(wizard) {
  const still = wizard.finding?.ok ? stillOf(wizard.finding) : null;
  return stepForm(wizard, [zones({ name: 'zones', label: t('cameras.zones'), value: wizard.draft.zones, still })], 'test', 'settings');
}

function settle(wizard) {
  const { draft, known } = wizard;
  const groups = [['place', placeFields(draft, known)], ['pace', paceFields(draft)], ['privacy', privacyFields(draft)]];
  return stepForm(wizard, groups.flatMap(([, fields]) => fields), 'zones', 'summary', groups);
}

/** A step that is a form: what is in it goes into the draft, forwards and backwards. */
function stepForm(wizard, fields, before, after, groups = null) {
  const made = form({
    fields, submit: t('cameras.wizard.next'),
    extra: [h('button', { type: 'button', class: 'button', on: { click: () => leave(before) } }, icon('back'), t('back'))],
    onSubmit: () => leave(after),
  });
  const leave = (name) => {
    Object.assign(wizard.draft, made.values());
    wizard.go(name);
  };
  if (groups) {
    made.element.prepend(h('div', { class: 'columns' }, groups.map(([name, inside]) => section(t(`cameras.section.${name}`), inside))));
  }
  return made;
}

function finish(wizard) {
  const told = h('p', { class: 'form-error', role: 'alert', hidden: true });
  const save = h('button', { type: 'button', class: 'button primary', on: { click: add } }, icon('check'), t('cameras.wizard.save'));
  async function add() {
    save.disabled = true;
    try {
      const since = iso(new Date(now()));
      const camera = await post('cameras', asked(wizard.draft), wizard.signal);
      await navigate(`/cameras/${camera.id}?since=${encodeURIComponent(since)}`, { replace: true });
    } catch (error) {
      if (error.name === 'AbortError') return;
      save.disabled = false;
      refuse(error);
    }
  }
  function refuse(error) {
    const [first] = error.errors ?? [];
    if (!first && error.code !== 'conflict') {
      told.textContent = explain(error);
      told.hidden = false;
      return;
    }
    wizard.problem = error;
    const name = first?.field.split(/[.[]/)[0];
    wizard.go(FIND_FIELDS.includes(name) ? 'find' : name === 'zones' ? 'zones' : 'settings');
  }
  const element = h('div', { class: 'stack' }, summary(wizard.draft, wizard.finding), told, h('div', { class: 'buttons' }, backTo(wizard, 'settings'), save));
  return { element };
}

function backTo(wizard, name) {
  return h('button', { type: 'button', class: 'button', on: { click: () => wizard.go(name) } }, icon('back'), t('back'));
}

/** What the API takes; to be tested, a camera needs a name like any other. */
function asked(draft) {
  const fields = { ...draft, name: draft.name || t('cameras.wizard.nameless') };
  if (!fields.password) delete fields.password;
  return fields;
}

function freeName(wanted, known) {
  const names = new Set(known.map((camera) => camera.name));
  let name = wanted;
  for (let number = 2; names.has(name); number += 1) name = `${wanted} ${number}`;
  return name;
}
