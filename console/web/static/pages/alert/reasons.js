// A stage's reason in the reader's language and time zone. The analyzer writes English sentences (analyzer/alerting).

import { language, t } from '../../core/texts.js';
import { clock, span } from '../../core/time.js';

const TIME = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g;
const PATTERNS = {
  inhibited: /^held while (?<trouble>\w+) fires on the same camera$/,
  not_inhibited: /^no trouble of the camera explains it$/,
  silenced: /^silenced(?: by (?<by>.+?))? until (?<time>[-\d: ]+)(?:: (?<why>.+))?$/s,
  not_silenced: /^no silence covers it$/,
  snoozed: /^snoozed until (?<time>[-\d: ]+)$/,
  not_snoozed: /^not snoozed$/,
  on_its_way: /^a message of its group is on its way$/,
  free: /^its group has had no message lately$/,
  breaks: /^(?<count>\d+) people instead of (?<before>\d+) break the cooldown$/,
  breaks_elsewhere: /^more people than its group was told of break the cooldown$/,
  cooldown: /^its group was told at (?<told>.+); nothing more until (?<time>[-\d: ]+) unless more people are concerned$/,
  goes: /^goes to (?<names>.+)$/,
  off_duty: /^nobody is on duty: (?<names>.+)$/,
  disabled: /^every receiver of the rule is disabled$/,
  nobody: /^there is no receiver(?: of the rule's names)?$/,
  first: /^the first of its group$/,
  grouped: /^told together with (?<others>\d+) earlier of (?<place>.+)$/,
  added: /^added to the message of its group that is on its way$/,
  made: /^a message is made for (?<names>.+)$/,
  escalated: /^nobody acknowledged it for (?<seconds>[\d.e+]+) s: goes to (?<names>.+)$/,
  no_escalation: /^there is nobody to escalate to$/,
  over: /^it was over before anybody was told$/,
};

/** The sentence as the reader is told it; one that is not known stays as it is, but for its times. */
export function reason(sentence) {
  const local = sentence.replace(TIME, (time) => clock(`${time.slice(0, 19).replace(' ', 'T')}Z`));
  if (language() === 'en') return local;
  for (const [name, pattern] of Object.entries(PATTERNS)) {
    const found = pattern.exec(local);
    if (found) return t(`alert.said.${name}`, values(found.groups ?? {}));
  }
  return local;
}

function values({ trouble, by, why, seconds, ...others }) {
  return {
    ...others,
    trouble: trouble && t(`alerts.trouble.${trouble}`),
    by: by ? t('alert.said.by', { name: by }) : '',
    why: why ? t('alert.said.why', { why }) : '',
    span: seconds && span(Number(seconds)),
  };
}
