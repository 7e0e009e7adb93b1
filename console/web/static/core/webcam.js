// The browser's own camera: opened when a person asks for it, closed with the page.

import { h } from './dom.js';

const ERRORS = {
  NotAllowedError: 'denied', SecurityError: 'denied', NotFoundError: 'missing', OverconstrainedError: 'missing',
  NotReadableError: 'busy', AbortError: 'busy',
};

/** Why there is no picture: `reason` is insecure, unsupported, denied, missing, busy or failed; texts: webcam.<reason>. */
export class NoWebcam extends Error {
  constructor(reason) {
    super(reason);
    Object.assign(this, { name: 'NoWebcam', reason });
  }
}

/** Whether it may be used without asking: this person said so before. */
export async function isAllowed() {
  try {
    return (await navigator.permissions.query({ name: 'camera' })).state === 'granted';
  } catch {
    return false; // a browser that does not tell
  }
}

/** The cameras there are, [{id, name}]; names are known once one was allowed. */
export async function webcams() {
  const devices = await (navigator.mediaDevices?.enumerateDevices() ?? []);
  return devices.filter((one) => one.kind === 'videoinput' && one.deviceId).map((one) => ({ id: one.deviceId, name: one.label }));
}

/**
 * Open it: {video, shot(longest, quality) -> Promise<Blob>, close()}. `video` is an element to be shown; `onEnd` is
 * called when the camera is unplugged or taken away. Closed by the signal, too. Throws NoWebcam.
 */
export async function openWebcam({ device = '', signal, onEnd = () => {} } = {}) {
  const stream = await ask(device);
  const video = h('video', { autoplay: true, playsinline: true, muted: true, srcObject: stream, disablepictureinpicture: true });
  const canvas = h('canvas');
  let isOpen = true;
  const close = () => {
    isOpen = false;
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
  stream.getVideoTracks()[0].addEventListener('ended', () => { if (isOpen) { close(); onEnd(); } });
  signal?.addEventListener('abort', close);
  if (signal?.aborted) close();
  await new Promise((resolve) => { if (video.videoWidth || !isOpen) resolve(); else video.addEventListener('loadedmetadata', resolve, { once: true }); });
  return { video, close, shot: (longest = 960, quality = 0.85) => draw(video, canvas, longest, quality) };
}

async function ask(device) {
  if (!window.isSecureContext) throw new NoWebcam('insecure');
  if (!navigator.mediaDevices?.getUserMedia) throw new NoWebcam('unsupported');
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  const which = device ? { deviceId: { ideal: device } } : { facingMode: 'user' };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...size, ...which } });
  } catch (error) {
    throw new NoWebcam(ERRORS[error.name] ?? 'failed');
  }
}

/** A JPEG of what it shows now, of at most so many pixels on its longer side. */
function draw(video, canvas, longest, quality) {
  const scale = Math.min(1, longest / Math.max(video.videoWidth, video.videoHeight));
  const width = Math.round(video.videoWidth * scale);
  const height = Math.round(video.videoHeight * scale);
  if (!width) return Promise.reject(new NoWebcam('failed'));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.getContext('2d').drawImage(video, 0, 0, width, height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new NoWebcam('failed'))), 'image/jpeg', quality);
  });
}
