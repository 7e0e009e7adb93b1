// All cameras as they look now, for whatever page asks: read once, and from then on kept by the event stream.

import { get } from './api.js';
import { on } from './live.js';

let known = null; // Map by camera, each as GET /wall has it; null: nobody has asked yet
let isWhole = false; // false after a break: what was removed meanwhile was told to nobody
let asking = null;

/** The sights, newest prediction included, by camera. At once, except for the first time and after a break. */
export async function sights() {
  if (!isWhole) {
    asking ??= read().finally(() => { asking = null; });
    await asking;
  }
  return known;
}

/** What is known of one camera without asking: enough to begin with. Null where nothing is. */
export function glimpse(id) {
  return known?.get(id) ?? null;
}

async function read() {
  const { items } = await get('wall');
  known = new Map(items.map((sight) => [sight.camera_id, sight]));
  isWhole = true;
}

on('camera', (sight) => {
  if (known) known.set(sight.camera_id, { ...sight, prediction: known.get(sight.camera_id)?.prediction });
});
on('prediction', (said) => {
  const sight = known?.get(said.camera_id);
  if (sight) known.set(said.camera_id, { ...sight, prediction: said, snapshot_id: said.snapshot_id, captured_at: said.captured_at });
});
on('removed', ({ camera_id: id }) => known?.delete(id));
on('connection', (isUp) => { if (!isUp) isWhole = false; });
