// How much goes, or went, in words.

import { t } from '../../core/texts.js';

/** "12 pictures · 3 faces · 1 alert"; a dash where nothing is gone yet. */
export function gone(counts) {
  const parts = Object.entries(counts).filter(([, count]) => count > 0).map(([name, count]) => t.n(`privacy.gone.${name}`, count));
  return parts.join(' · ') || '–';
}
