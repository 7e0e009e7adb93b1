// Bytes, and room for more, in words.

import { number, t } from '../../core/texts.js';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** "3.4 GB": powers of ten, as disks are sold. */
export function bytes(count) {
  const power = count < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(count) / 3));
  const value = count / 1000 ** power;
  return `${number(value, value < 10 && power ? 1 : 0)} ${UNITS[power]}`;
}

/** [the figure, the sentence] of GET /system's `headroom`. */
export function room({ cameras, limit, wanted_rate: wanted, capacities, stretch, allowed_rate: allowed, interval_seconds: seconds }) {
  if (cameras === null) return ['–', t('system.room.unknown')];
  const values = { limit: t(`system.limit.${limit}`), capacity: number(capacities[limit], 1), wanted: number(wanted, 1), seconds: number(seconds), stretch: number(stretch, 1), cameras: number(Math.abs(cameras)) };
  if (allowed !== null) return [t('system.room.over', values), t('system.room.overload', values)];
  return cameras > 0 ? [t('system.room.more', values), t('system.room.some', values)] : ['0', t('system.room.full', values)];
}
