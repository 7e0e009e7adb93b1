// Which days, of what, compared with what; all of it is in the address.

import { h } from '../../core/dom.js';
import { select, text } from '../../core/form.js';
import { setQuery } from '../../core/router.js';
import { t } from '../../core/texts.js';
import { ownZone, partsIn, zones } from '../../core/timezone.js';
import { RANGES } from './range.js';

const DEFAULTS = { range: 'week', first: '', last: '', zone: '', compare: 'before', compared: '', camera: '', site: '', zone_name: '', tag: '', places: 'camera', week: 'no_mask' };
const COMPARED = ['before', 'none', 'own'];

const KNOWN = { range: RANGES, compare: COMPARED, places: ['camera', 'site', 'zone'], week: ['no_mask', 'compliance'] };
const DAYS = ['first', 'last', 'compared'];

/** What the address asks for; the defaults where it says nothing, or nothing that can be understood. */
export function read(query) {
  const chosen = Object.fromEntries(Object.entries(DEFAULTS).map(([name, value]) => [name, query.get(name) || value]));
  for (const [name, values] of Object.entries(KNOWN)) if (!values.includes(chosen[name])) chosen[name] = DEFAULTS[name];
  for (const name of DAYS) if (!isDay(chosen[name])) chosen[name] = '';
  return { ...chosen, zone: isZone(chosen.zone) ? chosen.zone : ownZone() };
}

/** Keep it there. */
export function keep(chosen) {
  const own = { ...DEFAULTS, zone: ownZone() };
  setQuery(Object.fromEntries(Object.entries(chosen).map(([name, value]) => [name, value === own[name] ? '' : value])));
}

/** The controls; `onChange(what changed)`. `cameras`: those that one may see; `dates`: {first, last} as they are now. */
export function controls(chosen, cameras, dates, onChange) {
  const any = ['', t('all')];
  const one = (name, options) => {
    const field = select({ name, label: t(`statistics.${name}`), value: chosen[name], options, on: { change: () => onChange({ [name]: field.value }) } });
    return field;
  };
  const day = (name, value) => {
    const field = text({ name, type: 'date', label: t(`statistics.${name}`), value, on: { change: () => field.value && onChange({ range: name === 'compared' ? chosen.range : 'own', first: dates.first, last: dates.last, [name]: field.value }) } });
    return field;
  };
  const names = (list) => [any, ...[...new Set(list)].sort().map((name) => [name, name])];
  return h('div', { class: 'panel pad filters', role: 'search', 'aria-label': t('statistics.controls') },
    one('range', RANGES.map((name) => [name, t(`statistics.range.${name}`)])),
    day('first', dates.first), day('last', dates.last),
    one('zone', [...new Set([...zones(), chosen.zone])]),
    one('compare', COMPARED.map((name) => [name, t(`statistics.compare.${name}`)])),
    chosen.compare === 'own' && day('compared', chosen.compared),
    one('camera', [any, ...cameras.map((camera) => [camera.id, camera.name])]),
    one('site', names(cameras.map((camera) => camera.site).filter(Boolean))),
    one('zone_name', names(cameras.flatMap((camera) => camera.zones.filter((zone) => zone.mode === 'watch').map((zone) => zone.name)))),
    one('tag', names(cameras.flatMap((camera) => camera.tags))));
}

function isDay(text) {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
}

function isZone(name) {
  try {
    return name !== '' && partsIn(0, name).date !== '';
  } catch {
    return false;
  }
}
