// The wizard's first step: an address that is typed, or a camera that answers in the network.

import { post } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { form, tags, text } from '../../core/form.js';
import { t } from '../../core/texts.js';
import { addressFields, sent } from './settings.js';

const KINDS = ['rtsp', 'onvif', 'http', 'hls', 'go2rtc', 'mediamtx', 'file'];
const SECONDS = 3; // how long the network is listened to

/** `choose(fields)`: an address was chosen, with a login and perhaps a name. */
export function findStep(draft, choose, signal) {
  const address = form({ fields: addressFields(draft), submit: t('cameras.find.submit'), onSubmit: (values) => choose(sent(values)) });
  const element = h('div', { class: 'columns' },
    h('section', { class: 'panel pad stack' }, h('h3', {}, t('cameras.find.address')), address, kinds()),
    h('section', { class: 'panel pad stack' }, h('h3', {}, t('cameras.find.network')), h('p', { class: 'hint' }, t('cameras.find.network.hint')), network(choose, signal)));
  return { element, fail: address.fail };
}

function kinds() {
  return h('details', { class: 'kinds' }, h('summary', {}, t('cameras.kinds')),
    h('dl', {}, KINDS.map((kind) => [h('dt', {}, t(`cameras.kind.${kind}`)), h('dd', {}, h('code', { class: 'mono' }, t(`cameras.kind.${kind}.like`)), h('p', { class: 'hint' }, t(`cameras.kind.${kind}.about`)))])));
}

function network(choose, signal) {
  const found = h('div', { class: 'stack', 'aria-live': 'polite' });
  const asked = form({
    fields: [tags({ name: 'hosts', label: t('cameras.find.hosts'), hint: t('cameras.find.hosts.hint'), placeholder: '192.168.1.0/24' })],
    submit: t('cameras.find.search'),
    onSubmit: async ({ hosts }) => {
      put(found, h('p', { class: 'notice' }, icon('search'), t('cameras.find.searching')));
      try {
        const said = await post('cameras/discover', { hosts, seconds: SECONDS }, signal);
        put(found, said.items.length ? h('ul', { class: 'found' }, said.items.map((one) => card(one, choose, signal))) : h('p', { class: 'empty' }, t('cameras.find.nothing')));
      } catch (error) {
        put(found);
        throw error;
      }
    },
  });
  return [asked.element, found];
}

/** A camera that answered: it shows its streams to whoever can log in. */
function card(camera, choose, signal) {
  const streams = h('div', { class: 'stack', 'aria-live': 'polite' });
  const heading = camera.name || camera.hardware || camera.host;
  const asked = form({
    fields: [
      text({ name: 'username', label: t('cameras.username'), autocapitalize: 'none', spellcheck: 'false', required: true }),
      text({ name: 'password', label: t('cameras.password'), type: 'password', autocomplete: 'new-password' }),
    ],
    submit: t('cameras.find.streams'),
    onSubmit: async (login) => put(streams, streamsOf(await look(camera, login, signal), camera, login, choose)),
  });
  return h('li', { class: 'found-camera panel pad stack' },
    h('div', { class: 'row' }, h('span', { class: 'found-picture' }, icon('cameras')),
      h('div', {}, h('p', { class: 'strong' }, heading), h('p', { class: 'small muted' }, [camera.hardware, camera.host].filter(Boolean).join(' · '))),
      camera.is_added && h('span', { class: 'chip chip-good push' }, icon('check'), t('cameras.find.added'))),
    h('details', {}, h('summary', {}, t('cameras.find.login')), asked, streams));
}

/** Only this camera is asked: the login goes to no other. */
async function look(camera, login, signal) {
  const host = camera.url.replace(/^onvif:\/\//, '');
  const said = await post('cameras/discover', { hosts: [host], seconds: SECONDS, multicast: false, ...login }, signal);
  return said.items.find((one) => one.host === camera.host) ?? { profiles: [], problem: t('cameras.find.silent') };
}

function streamsOf(found, camera, login, choose) {
  const use = (url) => () => choose({ url, ...sent(login), name: camera.name || camera.hardware });
  if (!found.profiles.length) return h('p', { class: 'notice notice-bad' }, icon('error'), found.problem || t('cameras.find.streamless'));
  return h('ul', { class: 'stack' }, found.profiles.map((profile) => h('li', { class: 'row' },
    h('span', {}, profile.name, ' ', h('span', { class: 'small muted' }, described(profile))),
    h('button', { type: 'button', class: 'button push', on: { click: use(profile.url) } }, t('cameras.find.use')))));
}

function described({ codec, width, height }) {
  return [codec, width && t('cameras.fact.pixels', { width, height })].filter(Boolean).join(' · ');
}
