// The fields of a rule, and the rule that they make.

import { h } from '../../core/dom.js';
import { checkbox, multi, number, schedule, select, text } from '../../core/form.js';
import { t } from '../../core/texts.js';

const LABELS = ['no_mask', 'mask_incorrect', 'mask_correct', 'uncertain'];
const TROUBLES = ['camera_down', 'camera_degraded', 'no_data', 'queue_lag'];
const OF_FACES = ['count', 'share'];

/** What a new rule begins with. */
export const FRESH = {
  name: '', condition: { label: 'no_mask', count: { '>=': 1 } }, cameras: [], sites: [], tags: [], zone: null, min_face_px: 0,
  for_seconds: 10, keep_firing_seconds: 10, schedule: null, severity: 'warning', receivers: [], group_by: 'camera',
  repeat_seconds: 300, escalate_seconds: null, escalate_to: [], enabled: true,
};

/** {list: what goes into the form, read(): the rule as the API takes it, adapt(): show what belongs to what is chosen}. */
export function ruleFields(rule, { cameras, receivers }) {
  const { condition } = rule;
  const seconds = (name, value, more = {}) => number({ name, label: t(`rules.field.${name}`), hint: t(`rules.hint.${name}`), value, min: 0, unit: t('rules.seconds'), ...more });
  const made = {
    name: text({ name: 'name', label: t('rules.field.name'), value: rule.name, required: true, maxlength: 100, autofocus: !rule.name }),
    condition: select({ name: 'condition', label: t('rules.field.condition'), value: kindOf(condition), options: [...OF_FACES, ...TROUBLES].map((kind) => [kind, t(`rules.kind.${kind}`)]) }),
    label: select({ name: 'label', label: t('rules.field.label'), value: condition.label ?? 'no_mask', options: LABELS.map((label) => [label, t(`label.${label}`)]) }),
    count: number({ name: 'count', label: t('rules.field.count'), value: condition.count?.['>='] ?? 1, min: 1, max: 10_000, step: 1, unit: t('rules.unit.people') }),
    share: number({ name: 'share', label: t('rules.field.share'), hint: t('rules.hint.share'), value: 100 * (condition.share?.['>'] ?? 0.2), min: 0, max: 99.9, unit: '%' }),
    seconds: seconds('seconds', condition.seconds?.['>'] ?? 60, { max: 86_400 }),
    cameras: multi({ name: 'cameras', label: t('rules.field.cameras'), hint: t('rules.hint.cameras'), value: rule.cameras, options: cameras.map((one) => [one.id, one.name]) }),
    sites: offered('sites', rule.sites, cameras.map((one) => one.site)),
    tags: offered('tags', rule.tags, cameras.flatMap((one) => one.tags)),
    zone: select({ name: 'zone', label: t('rules.field.zone'), value: rule.zone, options: zones(cameras, rule) }),
    min_face_px: number({ name: 'min_face_px', label: t('rules.field.min_face_px'), hint: t('rules.hint.min_face_px'), value: rule.min_face_px, min: 0, max: 10_000, step: 1, unit: 'px' }),
    for_seconds: seconds('for_seconds', rule.for_seconds, { max: 86_400 }),
    keep_firing_seconds: seconds('keep_firing_seconds', rule.keep_firing_seconds, { max: 86_400 }),
    schedule: schedule({ name: 'schedule', label: t('rules.field.schedule'), value: rule.schedule }),
    severity: select({ name: 'severity', label: t('rules.field.severity'), value: rule.severity, options: ['info', 'warning', 'critical'].map((one) => [one, t(`severity.${one}`)]) }),
    receivers: offered('receivers', rule.receivers, receivers.map((one) => one.name)),
    group_by: select({ name: 'group_by', label: t('rules.field.group_by'), value: rule.group_by, options: ['camera', 'site', 'rule'].map((one) => [one, t(`rules.group.${one}`)]) }),
    repeat_seconds: seconds('repeat_seconds', rule.repeat_seconds, { max: 604_800 }),
    escalate_seconds: seconds('escalate_seconds', rule.escalate_seconds, { min: 1, max: 604_800 }),
    escalate_to: offered('escalate_to', rule.escalate_to, receivers.map((one) => one.name)),
    enabled: checkbox({ name: 'enabled', label: t('rules.field.enabled'), value: rule.enabled }),
  };
  const heading = (key) => h('h2', { class: 'rule-part' }, t(`rules.part.${key}`));
  const list = [
    made.name, heading('what'), made.condition, made.label, made.count, made.share, made.seconds, made.for_seconds, made.keep_firing_seconds,
    heading('where'), made.cameras, made.sites, made.tags, made.zone, made.min_face_px,
    heading('when'), made.schedule,
    heading('who'), made.receivers, made.severity, made.group_by, made.repeat_seconds, made.escalate_seconds, made.escalate_to, made.enabled,
  ];
  return { list, read: () => read(made), adapt: () => adapt(made, cameras, rule) };
}

/** Whether a rule of that JSON looks at faces: only these can be tried on the past. */
export function isOfFaces(rule) {
  return !rule.condition.trouble;
}

function read(made) {
  const kind = made.condition.value;
  const values = Object.fromEntries(Object.entries(made).map(([name, field]) => [name, field.value]));
  const { label, count, share, seconds, ...rest } = values;
  const faces = OF_FACES.includes(kind);
  return {
    ...rest,
    condition: conditionOf(kind, { label, count, share, seconds }),
    zone: faces ? rest.zone : null,
    min_face_px: faces ? rest.min_face_px ?? 0 : 0,
    ...(kind === 'queue_lag' ? { cameras: [], sites: [], tags: [] } : {}),
    for_seconds: rest.for_seconds ?? 0,
    keep_firing_seconds: rest.keep_firing_seconds ?? 0,
    repeat_seconds: rest.repeat_seconds ?? 0,
  };
}

function conditionOf(kind, { label, count, share, seconds }) {
  if (kind === 'count') return { label, count: { '>=': count ?? 1 } };
  if (kind === 'share') return { label, share: { '>': Number(((share ?? 0) / 100).toFixed(6)) } };
  return { trouble: kind, seconds: { '>': seconds ?? 60 } };
}

function kindOf({ share, trouble }) {
  return trouble ?? (share ? 'share' : 'count');
}

/** Only the fields that the chosen condition has, and the zones of the cameras that are chosen. */
function adapt(made, cameras, rule) {
  const kind = made.condition.value;
  const isSeen = OF_FACES.includes(kind);
  const shown = {
    label: isSeen, count: kind === 'count', share: kind === 'share', seconds: !isSeen, zone: isSeen, min_face_px: isSeen,
    cameras: kind !== 'queue_lag', sites: kind !== 'queue_lag', tags: kind !== 'queue_lag',
  };
  for (const [name, is] of Object.entries(shown)) made[name].element.hidden = !is;
  const chosen = { cameras: made.cameras.value, sites: made.sites.value, tags: made.tags.value };
  made.zone.offer(zones(cameras.filter((camera) => watches(chosen, camera)), { zone: made.zone.value ?? rule.zone }));
}

function watches({ cameras, sites, tags }, camera) {
  if (!cameras.length && !sites.length && !tags.length) return true;
  return cameras.includes(camera.id) || sites.includes(camera.site) || camera.tags.some((tag) => tags.includes(tag));
}

function zones(cameras, { zone }) {
  const names = cameras.flatMap((camera) => camera.zones.filter((one) => one.mode !== 'ignore').map((one) => one.name));
  return [[null, t('rules.zone.any')], ...distinct(names, zone ? [zone] : []).map((name) => [name, name])];
}

/** Check boxes of what there is, and of what the rule names though it is not there. */
function offered(name, value, there) {
  const options = distinct(there, value);
  const field = multi({ name, label: t(`rules.field.${name}`), hint: options.length ? t(`rules.hint.${name}`) : t(`rules.none.${name}`), value, options });
  return field;
}

function distinct(...lists) {
  return [...new Set(lists.flat().filter(Boolean))].sort((one, other) => one.localeCompare(other));
}
