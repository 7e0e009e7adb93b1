// The dialog of one receiver. Its address is a secret: it is written, never shown again.

import { patch, post } from '../../core/api.js';
import { open } from '../../core/dialog.js';
import { h, put } from '../../core/dom.js';
import { checkbox, form, number, schedule, select, text } from '../../core/form.js';
import { t } from '../../core/texts.js';
import { toast } from '../../core/toast.js';

const KINDS = ['mail', 'messenger', 'webhook', 'alertmanager', 'mqtt'];
// What an address looks like; capitals stand for one's own.
const EXAMPLES = {
  mail: ['mailto://USER:PASSWORD@mail.example.org?to=guard@example.org', 'mailtos://USER:PASSWORD@mail.example.org:587?to=guard@example.org'],
  messenger: ['tgram://BOT_TOKEN/CHAT_ID', 'slack://TOKEN_A/TOKEN_B/TOKEN_C/CHANNEL', 'discord://WEBHOOK_ID/WEBHOOK_TOKEN', 'msteams://TOKEN_A/TOKEN_B/TOKEN_C', 'matrixs://USER:PASSWORD@matrix.example.org/ROOM', 'ntfys://ntfy.example.org/TOPIC', 'gotifys://gotify.example.org/TOKEN', 'signal://signal.example.org/FROM_NUMBER/TO_NUMBER', 'wecombot://BOT_KEY', 'dingtalk://TOKEN', 'feishu://TOKEN'],
  webhook: ['https://example.org/hooks/maskwatch'],
  alertmanager: ['https://alertmanager.example.org:9093'],
  mqtt: ['mqtt://USER:PASSWORD@broker.example.org:1883', 'mqtts://USER:PASSWORD@broker.example.org:8883'],
};
const NEW = { kind: 'apprise', name: '', url: '', language: 'en', with_picture: true, per_minute: 0, digest: 'never', digest_hour: 8, schedule: null, enabled: true };

/** Add one (null) or change it; `done` is called afterwards. */
export function edit(receiver, done) {
  const given = receiver ?? { ...NEW, timezone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC' };
  const help = h('div', { class: 'receiver-help' });
  const made = fields(given, Boolean(receiver), () => adapt());
  const adapt = () => {
    const kind = made.kind.value;
    made.secret.element.hidden = kind !== 'webhook';
    made.with_picture.element.hidden = !['mail', 'messenger'].includes(kind);
    made.digest.element.hidden = kind === 'alertmanager';
    made.digest_hour.element.hidden = kind === 'alertmanager' || made.digest.value === 'never';
    put(help, h('p', { class: 'hint' }, t(`receivers.help.${kind}`)), h('ul', {}, EXAMPLES[kind].map((one) => h('li', { class: 'mono' }, one))));
  };
  const list = Object.values(made);
  list.splice(list.indexOf(made.url) + 1, 0, help);
  const dialog = form({
    fields: list,
    submit: receiver ? t('save') : t('receivers.create'),
    cancel: () => close(),
    onSubmit: async (values) => {
      const body = read(values, receiver);
      if (receiver) await patch(`receivers/${receiver.id}`, body);
      else await post('receivers', body);
      close();
      toast(t('saved'), 'good');
      await done();
    },
  });
  const close = open(receiver ? t('receivers.edit.of', { name: receiver.name }) : t('receivers.add'), dialog.element);
  adapt();
}

function fields(given, isSaved, adapt) {
  const kept = isSaved ? { hint: t('receivers.hint.kept', { place: given.host ? `${given.url.split('://')[0]}://…${given.host}` : given.url.replace('***', '…') }) } : { required: true };
  return {
    name: text({ name: 'name', label: t('receivers.field.name'), value: given.name, required: true, maxlength: 100 }),
    kind: select({ name: 'kind', label: t('receivers.field.kind'), value: shownKind(given), options: KINDS.map((one) => [one, t(`receivers.choice.${one}`)]), on: { change: adapt } }),
    url: text({ name: 'url', label: t('receivers.field.url'), spellcheck: 'false', maxlength: 2000, ...kept }),
    secret: text({ name: 'secret', type: 'password', label: t('receivers.field.secret'), hint: given.has_secret ? t('receivers.hint.secret.kept') : t('receivers.hint.secret'), autocomplete: 'new-password', maxlength: 500 }),
    language: select({ name: 'language', label: t('receivers.field.language'), value: given.language, options: [['en', 'English'], ['zh', '中文']] }),
    with_picture: checkbox({ name: 'with_picture', label: t('receivers.field.with_picture'), value: given.with_picture }),
    per_minute: number({ name: 'per_minute', label: t('receivers.field.per_minute'), hint: t('receivers.hint.per_minute'), value: given.per_minute, min: 0, max: 1000 }),
    digest: select({ name: 'digest', label: t('receivers.field.digest'), value: given.digest, options: ['never', 'daily', 'weekly'].map((one) => [one, t(`receivers.digest.${one}`)]), on: { change: adapt } }),
    digest_hour: number({ name: 'digest_hour', label: t('receivers.field.digest_hour'), value: given.digest_hour, min: 0, max: 23, step: 1 }),
    timezone: text({ name: 'timezone', label: t('receivers.field.timezone'), hint: t('receivers.hint.timezone'), value: given.timezone, required: true }),
    schedule: schedule({ name: 'schedule', label: t('receivers.field.schedule'), value: given.schedule }),
    enabled: checkbox({ name: 'enabled', label: t('receivers.field.enabled'), value: given.enabled }),
  };
}

/** Mail and messengers are one kind to the server. */
function shownKind({ kind, url }) {
  if (kind !== 'apprise') return kind;
  return !url || url.startsWith('mailto') ? 'mail' : 'messenger';
}

function read({ kind, url, secret, per_minute: most, digest_hour: hour, digest, ...rest }, receiver) {
  const body = {
    ...rest, kind: ['mail', 'messenger'].includes(kind) ? 'apprise' : kind, per_minute: most ?? 0, digest_hour: hour ?? 8,
    digest: kind === 'alertmanager' ? 'never' : digest,
  };
  if (url || !receiver) body.url = url;
  if (secret) body.secret = secret;
  return body;
}
