// The dialog that erases: it says how much would go before anything does.

import { post } from '../../core/api.js';
import { confirm, open } from '../../core/dialog.js';
import { h, icon, put } from '../../core/dom.js';
import { dateTime, form, select, text } from '../../core/form.js';
import { explain, t } from '../../core/texts.js';
import { toast } from '../../core/toast.js';
import { gone } from './gone.js';

const SETTLE_MS = 300; // who types a time is asked for once

/** `done` is called once it is asked for. */
export function erasing({ cameras, done }) {
  const preview = h('div', { class: 'erase-preview', 'aria-live': 'polite' });
  const made = fields(cameras);
  const dialog = form({
    fields: [h('p', {}, t('privacy.erase.about')), ...Object.values(made), preview],
    submit: t('privacy.erase'),
    danger: true,
    cancel: () => close(),
    onSubmit: async () => {
      const counted = await post('privacy/erasures/preview', read(made));
      if (!(await confirm(t('privacy.erase.sure', { gone: gone(counted) }), { danger: true, action: t('privacy.erase.now') }))) return;
      await post('privacy/erasures', read(made));
      close();
      toast(t('privacy.erase.asked'), 'good');
      await done();
    },
  });
  let timer = 0;
  const look = () => {
    clearTimeout(timer);
    timer = setTimeout(() => show(preview, made), SETTLE_MS);
  };
  dialog.element.addEventListener('change', look);
  const close = open(t('privacy.erase.title'), dialog.element, { onClose: () => clearTimeout(timer) });
  look();
}

function fields(cameras) {
  return {
    camera_id: select({ name: 'camera_id', label: t('privacy.camera'), value: cameras[0]?.id ?? '', options: [...cameras.map((one) => [one.id, one.name]), ['', t('privacy.everywhere')]] }),
    start: dateTime({ name: 'start', label: t('privacy.erase.start'), hint: t('privacy.erase.start.hint') }),
    end: dateTime({ name: 'end', label: t('privacy.erase.end'), hint: t('privacy.erase.end.hint') }),
    reason: text({ name: 'reason', label: t('privacy.erase.reason'), hint: t('privacy.erase.reason.hint'), maxlength: 500 }),
  };
}

function read(made) {
  return Object.fromEntries(Object.entries(made).map(([name, one]) => [name, one.value]));
}

async function show(place, made) {
  try {
    const counted = await post('privacy/erasures/preview', read(made));
    const isNothing = Object.values(counted).every((count) => count === 0);
    put(place, h('div', { class: ['notice', isNothing ? '' : 'notice-warn'] }, icon(isNothing ? 'info' : 'warning'),
      isNothing ? t('privacy.erase.nothing') : t('privacy.erase.would', { gone: gone(counted) })));
  } catch (error) {
    put(place, h('p', { class: 'notice notice-bad' }, icon('error'), error.errors?.[0]?.message ?? explain(error)));
  }
}
