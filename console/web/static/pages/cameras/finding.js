// What a test of a camera found: its picture and what the stream costs, or what is wrong and what to do.

import { post } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { advice } from '../../core/sight.js';
import { language, number, t } from '../../core/texts.js';

const WAIT_SECONDS = 10; // most streams open sooner; what fails by timeout takes about as long

/** Ask for a test and show it in `place`: {ok, still, …} or {ok: false, code, detail}. Throws Problem for wrong fields. */
export async function findOut(path, body, place, signal) {
  put(place, h('p', { class: 'notice', role: 'status' }, icon('waiting'), t('cameras.test.wait', { seconds: WAIT_SECONDS })));
  try {
    const finding = await post(path, body, signal);
    put(place, findingOf(finding, body.interval_seconds ?? 5));
    return finding;
  } catch (error) {
    put(place);
    throw error;
  }
}

/** The still as what zones are drawn on. */
export function stillOf(finding) {
  return { src: finding.still, alt: t('cameras.still'), width: finding.width, height: finding.height };
}

function findingOf(finding, interval) {
  return finding.ok ? good(finding, interval) : bad(finding);
}

function bad({ code, detail }) {
  const known = language() === 'en' ? '' : advice(code); // the server's own sentence says more, in English
  return h('div', { class: 'notice notice-bad', role: 'alert' }, icon('error'), h('div', { class: 'stack' },
    h('p', { class: 'strong' }, known || detail),
    known && h('p', { class: 'small' }, t('cameras.probe.said', { detail })),
    h('code', { class: 'small' }, code)));
}

function good(finding, interval) {
  const perCore = finding.shot_cpu_ms > 0 ? Math.floor((interval * 1000) / finding.shot_cpu_ms) : null;
  const facts = [
    ['codec', finding.codec.toUpperCase()],
    ['size', t('cameras.fact.pixels', { width: finding.width, height: finding.height })],
    ['fps', finding.fps && number(finding.fps)],
    ['keyframes', finding.keyframe_interval_seconds && t('cameras.fact.every', { seconds: number(finding.keyframe_interval_seconds) })],
    ['traffic', finding.bytes_per_second && t('cameras.fact.megabits', { rate: number((8 * finding.bytes_per_second) / 1e6) })],
    ['opened', t('cameras.seconds', { seconds: number(finding.open_seconds, 1) })],
    ['cost', t('cameras.fact.milliseconds', { time: number(finding.shot_cpu_ms, 0) })],
    ['cores', perCore && t.n('cameras.fact.percore', perCore, { seconds: number(interval) })],
  ].filter(([, value]) => value);
  return h('div', { class: 'finding finding-good', role: 'status' },
    h('figure', { class: 'picture' }, h('img', { src: finding.still, alt: t('cameras.still'), width: finding.width, height: finding.height })),
    h('div', { class: 'stack' }, h('p', {}, h('span', { class: 'chip chip-good' }, icon('check'), t('cameras.works'))),
      h('dl', { class: 'finding-facts' }, facts.map(([name, value]) => [h('dt', {}, t(`cameras.fact.${name}`)), h('dd', {}, value)])),
      finding.keyframe_interval_seconds > interval && h('p', { class: 'notice notice-warn' }, icon('warning'), t('cameras.fact.sparse'))));
}
