// Days and clocks of other time zones than the browser's.

const FORMATS = new Map();

/** What clocks there show at that moment (milliseconds): {date: '2026-03-02', hour: 13, time: '13:00'}. */
export function partsIn(at, zone) {
  if (!FORMATS.has(zone)) {
    FORMATS.set(zone, new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }));
  }
  const [date, time] = FORMATS.get(zone).format(at).split(' ');
  return { date, time, hour: Number(time.slice(0, 2)) };
}

/** When that day ('2026-03-02') begins there, in milliseconds: at midnight, or where that is skipped, right after. */
export function startOfDay(date, zone) {
  const wanted = Date.parse(`${date}T00:00:00Z`);
  let at = wanted - ahead(wanted, zone);
  at = wanted - ahead(at, zone); // clocks may be changed between the two
  return partsIn(at, zone).date < date ? at + 3_600_000 : at;
}

/** The day after it. */
export function dayAfter(date, days = 1) {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The browser's own. */
export function ownZone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** All that the browser knows, UTC first. */
export function zones() {
  return [...new Set(['UTC', ownZone(), ...Intl.supportedValuesOf('timeZone')])];
}

function ahead(at, zone) {
  const { date, time } = partsIn(at, zone);
  return Date.parse(`${date}T${time}:00Z`) - Math.floor(at / 60_000) * 60_000;
}
