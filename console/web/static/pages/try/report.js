// A video to its report: progress, where somebody wore no mask on a timeline, the people, the JSON.

import { open, Problem } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { table } from '../../core/table.js';
import { label, number, t } from '../../core/texts.js';
import { events } from './events.js';
import { json } from './json.js';
import { player } from './player.js';
import { minutes, timeline } from './timeline.js';

const MEGABYTE = 1_000_000;

/** Look at a video, {name, blob}, and show what came of it. The signal ends the work on the server, too. */
export async function report(stage, { name, blob }, options, signal) {
  const stopped = new AbortController();
  const told = progress(name, blob.size, () => stopped.abort());
  put(stage, told.element);
  const form = new FormData();
  form.append('video', blob, name);
  try {
    const both = AbortSignal.any([signal, stopped.signal]);
    const answer = await open('POST', 'try/video', { query: options.videoQuery(), form, accept: 'text/event-stream', signal: both });
    const found = await follow(answer, told.show);
    if (!signal.aborted) show(stage, found, { name, blob, signal });
  } catch (error) {
    if (!stopped.signal.aborted || signal.aborted) throw error;
    put(stage, h('p', { class: 'empty' }, t('try.video.stopped')));
  }
}

async function follow(answer, onProgress) {
  for await (const [kind, body] of events(answer)) {
    if (kind === 'progress') onProgress(body);
    else if (kind === 'report') return body;
    else if (kind === 'problem') throw new Problem(body);
  }
  throw new Problem({ status: 0, code: 'cut_off', detail: t('try.video.ended') });
}

function progress(name, bytes, onStop) {
  const bar = h('progress', { max: 1, 'aria-label': name });
  const words = h('p', { class: 'muted' }, t('try.video.sending', { size: `${number(bytes / MEGABYTE, 1)} MB` }));
  const stop = h('button', { type: 'button', class: 'button', on: { click: onStop } }, icon('stop'), t('try.video.stop'));
  const show = (news) => {
    if (news.planned_frames) bar.value = news.frames / news.planned_frames;
    const values = { seconds: minutes(news.seconds), total: minutes(news.total_seconds), frames: number(news.frames) };
    put(words, news.state === 'waiting' ? t('try.video.waiting') : t('try.video.running', values));
  };
  return { element: h('article', { class: 'panel pad stack' }, h('h2', {}, name), bar, h('div', { class: 'row' }, words, h('span', { class: 'push' }, stop))), show };
}

function show(stage, found, { name, blob, signal }) {
  const film = player(blob, name, signal);
  const { video, summary, segments, people } = found;
  const values = { people: t.n('try.video.people_count', summary.people), frames: number(video.frames_looked_at), seconds: number(video.seconds, 1), took: number(found.took_seconds, 1) };
  put(stage, h('article', { class: 'panel pad stack' },
    h('h2', {}, name),
    found.error && h('p', { class: 'notice notice-warn' }, icon('warning'), t('try.video.damaged', { error: found.error })),
    h('p', { class: 'muted' }, t('try.video.summary', values)),
    film.element,
    segments.length ? timeline(segments, video.seconds, film) : h('p', { class: 'notice notice-good' }, icon('check'), t('try.video.clear')),
    people.length ? persons(people, film) : null,
    json(found, name)));
}

function persons(people, film) {
  const at = (seconds) => h('button', { type: 'button', class: 'button quiet', on: { click: () => film.seek(seconds) } }, minutes(seconds));
  const columns = [
    { label: t('try.video.people'), head: true, cell: (one) => t('try.video.person', { number: one.id }) },
    { label: t('try.video.label'), cell: (one) => h('span', { class: 'row' }, h('span', { class: `line line-${one.label}`, 'aria-hidden': 'true' }), label(one.label)) },
    { label: t('try.video.seen'), cell: (one) => [at(one.first_seconds), ' – ', at(one.last_seconds)] },
    { label: t('try.video.sightings'), numeric: true, cell: (one) => number(one.sightings) },
    { label: t('try.video.wrong'), numeric: true, cell: (one) => t('try.video.seconds', { seconds: number(wrongSeconds(one), 1) }) },
  ];
  return table(columns, people, { caption: t('try.video.people'), showCaption: true }).element;
}

function wrongSeconds(person) {
  return person.segments.reduce((sum, one) => sum + one.end_seconds - one.start_seconds, 0);
}
