// What is chosen for this browser, and remembered.

import { checkbox, number, select } from '../../core/form.js';
import { t } from '../../core/texts.js';
import { webcams } from '../../core/webcam.js';

const KEPT = 'maskwatch.gate';
const DEFAULTS = { device: '', variant: '', hold: 4, voice: false };

/** {device, variant, hold (seconds), voice}. */
export function kept() {
  return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEPT) ?? '{}') };
}

/** Remember them. */
export function keep(settings) {
  localStorage.setItem(KEPT, JSON.stringify(settings));
}

/** The fields of the form. */
export async function fields(about, chosen) {
  const devices = (await webcams()).map(({ id, name }, place) => [id, name || t('gate.device.number', { number: place + 1 })]);
  const variants = [['', t('gate.variant.own', { name: about.variant })], ...about.variants.map((one) => [one, t(`gate.variant.${one}`)])];
  return [
    select({ name: 'device', label: t('gate.device'), value: chosen.device, options: [['', t('gate.device.any')], ...devices] }),
    select({ name: 'variant', label: t('gate.variant'), value: chosen.variant, options: variants }),
    number({ name: 'hold', label: t('gate.hold'), value: chosen.hold, min: 1, max: 30, step: 0.5, unit: t('gate.seconds'), required: true }),
    checkbox({ name: 'voice', label: t('gate.voice'), value: chosen.voice }),
  ];
}
