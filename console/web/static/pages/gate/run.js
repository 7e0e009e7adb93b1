// The gate at work: a picture, an answer, the screen; one request at a time, for hours.

import { send } from '../../core/api.js';
import { put } from '../../core/dom.js';
import { openWebcam } from '../../core/webcam.js';
import { screen } from './screen.js';
import { START, backoff, pause, turn } from './turn.js';
import { stayAwake } from './wake.js';

const LONGEST = 960; // pixels of a picture: who stands at a gate is near
const ANSWER_MS = 15_000; // a request that hangs is given up

/** Until Escape, or until the page is left. Gives back why the webcam was refused at the beginning, else ''. */
export async function run(root, settings, signal) {
  const ended = new AbortController();
  const alive = AbortSignal.any([signal, ended.signal]);
  let camera;
  try {
    camera = await openWebcam({ device: settings.device, signal: alive });
  } catch (error) {
    if (error.name === 'NoWebcam') return error.reason;
    throw error;
  }
  const shown = screen(settings, { onEnd: () => ended.abort(), signal: alive });
  put(root, shown.element);
  shown.mirror(camera.video);
  shown.show(START);
  leaveBy(() => ended.abort(), alive);
  stayAwake(alive);
  try {
    await loop({ camera, settings, shown, alive });
  } finally {
    ended.abort();
  }
  return '';
}

async function loop({ camera, settings, shown, alive }) {
  let state = START;
  let failures = 0;
  while (!alive.aborted) {
    let wait;
    try {
      const answer = await ask(camera, settings, alive);
      failures = 0;
      state = turn(state, answer, { now: seconds(), hold: settings.hold });
      wait = pause(state, seconds());
    } catch (error) {
      if (alive.aborted) return;
      if (error.status === 401) return; // on the way to the login
      state = turn(state, { decision: 'away', reason: error.name === 'NoWebcam' ? 'camera' : 'server' }, { now: seconds(), hold: settings.hold });
      wait = backoff(failures++, error.retryAfter);
      if (error.name === 'NoWebcam') camera = await reopened(camera, settings, shown, alive);
    }
    shown.show(state);
    await rest(wait, alive);
  }
}

async function ask(camera, { variant }, alive) {
  const form = await camera.shot(LONGEST);
  // Not AbortSignal.any: some browsers keep a trace of each such signal for as long as the page lives.
  const asking = new AbortController();
  const giveUp = () => asking.abort();
  const timer = setTimeout(giveUp, ANSWER_MS);
  alive.addEventListener('abort', giveUp);
  try {
    return await send('POST', 'gate', { query: { variant }, form, signal: asking.signal });
  } finally {
    clearTimeout(timer);
    alive.removeEventListener('abort', giveUp);
  }
}

/** A camera that was unplugged comes back, maybe; the same one as long as it does not. */
async function reopened(camera, settings, shown, alive) {
  camera.close();
  try {
    const opened = await openWebcam({ device: settings.device, signal: alive });
    shown.mirror(opened.video);
    return opened;
  } catch (error) {
    if (error.name !== 'NoWebcam') throw error;
    return camera;
  }
}

/** Escape; in full screen the browser keeps that key for itself and only says that it has ended. */
function leaveBy(leave, signal) {
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape') leave(); }, { signal });
  document.addEventListener('fullscreenchange', () => { if (!document.fullscreenElement) leave(); }, { signal });
}

function rest(wait, signal) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, 1000 * wait);
    signal.addEventListener('abort', done);
  });
}

function seconds() {
  return performance.now() / 1000;
}
