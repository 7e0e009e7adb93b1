// All that was counted: numbers, charts, the week, the places.

import { h, put } from '../../core/dom.js';
import { explain, t } from '../../core/texts.js';
import { toast } from '../../core/toast.js';
import { readPlaces } from './numbers.js';
import { overTime } from './over_time.js';
import { places } from './places.js';
import { tiles } from './tiles.js';
import { week } from './week.js';

/** What to show of `found` (see numbers.read). `onChoose({week} or {places})`: what a part shows was changed. */
export function answer(found, chosen, { subtitle, at, onChoose, signal }) {
  return [
    tiles(found), overTime(found, chosen, subtitle, at),
    part('week', chosen.week, onChoose, async (kind, choose) => week(found, { ...chosen, week: kind }, subtitle, choose)),
    part('places', chosen.places, onChoose, async (kind, choose) => {
      const asked = { ...chosen, places: kind };
      const rows = kind === chosen.places ? found.places : await readPlaces(asked, found.span, signal);
      return places({ ...found, places: rows }, asked, choose, signal);
    }),
    h('p', { class: 'muted small' }, t('statistics.explained')),
  ];
}

/** A part that shows one of several things: choosing another draws only itself anew, and the choice keeps the focus. */
function part(name, kind, onChoose, make) {
  const box = h('div');
  async function show(wanted) {
    put(box, await make(wanted, choose));
  }
  async function choose(wanted) {
    onChoose({ [name]: wanted });
    try {
      await show(wanted);
      box.querySelector(`input[name="${name}"]:checked`).focus({ preventScroll: true });
    } catch (error) {
      if (error.name !== 'AbortError') toast(explain(error), 'bad');
    }
  }
  show(kind);
  return box;
}
