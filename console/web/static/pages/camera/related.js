// What goes on at this camera, and which rules look at it.

import { get } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { on } from '../../core/live.js';
import { link } from '../../core/router.js';
import { explain, t } from '../../core/texts.js';
import { clock } from '../../core/time.js';

const NEWEST = 8;

export function related(camera, signal) {
  const lists = {
    events: box('events', async () => {
      const open = await Promise.all(['firing', 'pending'].map((state) => get('events', { camera: camera.id, state, limit: NEWEST }, signal)));
      return open.flatMap((page) => page.items).map((event) => [
        h('span', { class: ['chip', event.state === 'firing' ? 'chip-bad' : 'chip-warning'] }, icon('events'), t(`camera.event.${event.state}`)),
        h('span', {}, t('camera.event.since', { time: clock(event.started_at) })), link(`/rules/${event.rule_id}`, t('camera.rule'))]);
    }),
    alerts: box('alerts', async () => (await get('alerts', { camera: camera.id, limit: NEWEST }, signal)).items.map((alert) => [
      h('span', { class: ['chip', alert.state === 'firing' && `chip-${alert.severity}`] }, icon('alerts'), t(`severity.${alert.severity}`)),
      link(`/alerts/${alert.id}`, alert.summary), h('span', { class: 'small muted push' }, clock(alert.fired_at))])),
    rules: box('rules', async () => (await rulesOf(camera, signal)).map((rule) => [
      link(`/rules/${rule.id}`, rule.name), rule.enabled === false && h('span', { class: 'chip' }, t('state.disabled'))])),
  };
  const load = (name) => lists[name].load(signal);
  Object.keys(lists).forEach(load);
  for (const [kind, name] of [['event', 'events'], ['alert', 'alerts']]) {
    on(kind, (said) => { if (said.camera_id === camera.id) load(name); }, signal);
  }
  return h('div', { class: 'columns' }, Object.values(lists).map((one) => one.element));
}

function box(name, read) {
  const list = h('ul', { class: 'related' });
  const element = h('section', { class: 'panel pad stack' }, h('h2', {}, t(`camera.${name}`)), list);
  const load = async (signal) => {
    try {
      const rows = await read();
      put(list, rows.length ? rows.map((row) => h('li', { class: 'row' }, row)) : h('li', { class: 'muted' }, t(`camera.${name}.none`)));
    } catch (error) {
      if (!signal.aborted) put(list, h('li', { class: 'muted' }, explain(error)));
    }
  };
  return { element, load };
}

/** Those that name it, one of its tags or its site, or no camera at all. */
async function rulesOf(camera, signal) {
  const { items } = await get('rules', { limit: 500 }, signal);
  return items.filter(({ condition, cameras, tags, sites }) => condition.trouble !== 'queue_lag' // of the installation
    && (!(cameras.length || tags.length || sites.length) || cameras.includes(camera.id) || sites.includes(camera.site) || tags.some((tag) => camera.tags.includes(tag))));
}
