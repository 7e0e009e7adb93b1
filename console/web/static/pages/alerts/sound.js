// A short sound for new alerts; off until somebody wants it, and kept in this browser.

const KEPT = 'maskwatch.alert_sound';
const TONES = [[880, 0], [660, 0.18]]; // Hz, seconds from now
const SECONDS = 0.16;
const LOUDNESS = 0.12;
let context = null;

/** Whether new alerts are heard here. */
export function isOn() {
  return localStorage.getItem(KEPT) === 'on';
}

/** Switch it; switching it on sounds once, which browsers also need before they let a page be heard. */
export function setOn(wanted) {
  localStorage.setItem(KEPT, wanted ? 'on' : 'off');
  if (wanted) ring();
}

/** Sound, where it is on. */
export function ring() {
  if (!isOn()) return;
  context ??= new AudioContext();
  for (const [frequency, after] of TONES) tone(frequency, context.currentTime + after);
}

function tone(frequency, at) {
  const oscillator = new OscillatorNode(context, { frequency });
  const volume = new GainNode(context, { gain: LOUDNESS });
  volume.gain.setTargetAtTime(0, at + SECONDS / 2, SECONDS / 5); // without a click at its end
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + SECONDS);
}
