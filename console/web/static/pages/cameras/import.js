// Cameras from a file: what would become of each row is shown before anything is changed.

import { send } from '../../core/api.js';
import { h, icon, put } from '../../core/dom.js';
import { open } from '../../core/dialog.js';
import { field, form, select } from '../../core/form.js';
import { table } from '../../core/table.js';
import { t } from '../../core/texts.js';

const TYPES = { csv: 'text/csv', yaml: 'application/yaml', yml: 'application/yaml', json: 'application/json' };
const ICONS = { added: 'add', updated: 'edit', unchanged: 'check', skipped: 'forward', refused: 'error' };
const CHIPS = { added: 'chip-good', updated: 'chip-good', refused: 'chip-bad' };

/** Open the dialog; `done` is called after something was imported. */
export function openImport(done) {
  const result = h('div', { class: 'stack', 'aria-live': 'polite' });
  const input = h('input', { type: 'file', name: 'file', accept: Object.keys(TYPES).map((ending) => `.${ending}`).join(','), required: true });
  const file = field({ name: 'file', label: t('cameras.import.file'), hint: t('cameras.import.hint'), control: input, read: () => input.files[0], write: () => {} });
  const known = select({ name: 'update', label: t('cameras.import.known'), value: false, options: [[false, t('cameras.import.skip')], [true, t('cameras.import.update')]] });
  const apply = h('button', { type: 'button', class: 'button primary', hidden: true, on: { click: () => take(false) } });
  const asked = form({ fields: [file, known], submit: t('cameras.import.check'), onSubmit: () => take(true) });
  const forget = () => {
    put(result);
    apply.hidden = true;
  };
  asked.element.addEventListener('change', forget);

  async function take(isTrial) {
    apply.disabled = true;
    try {
      const { file: given, update } = asked.values();
      const body = new Blob([given], { type: typeOf(given.name) });
      const said = await send('POST', 'cameras/import', { query: { dry_run: isTrial, update }, form: body });
      put(result, sums(said), rowsOf(said));
      const count = said.added + said.updated;
      apply.textContent = t.n('cameras.import.apply', count);
      apply.hidden = !isTrial || count === 0;
      if (!isTrial) await done();
    } catch (error) {
      forget();
      asked.fail(error);
    } finally {
      apply.disabled = false;
    }
  }

  open(t('cameras.import.title'), [asked, result, h('div', { class: 'buttons' }, apply)], { kind: 'wide' });
}

function typeOf(name) {
  return TYPES[name.split('.').pop().toLowerCase()] ?? 'text/csv';
}

function sums(said) {
  const words = Object.keys(ICONS).filter((action) => said[action]).map((action) => t(`cameras.import.${action}.sum`, { count: said[action] }));
  const lead = t(said.dry_run ? 'cameras.import.would' : 'cameras.import.did');
  return h('p', { class: ['notice', said.refused ? 'notice-warn' : 'notice-good'] }, icon(said.refused ? 'warning' : 'check'), `${lead} ${words.join(t('comma'))}`);
}

function rowsOf(said) {
  return table([
    { label: t('cameras.import.row'), numeric: true, cell: (row) => String(row.row) },
    { label: t('cameras.column.name'), head: true, cell: (row) => row.name || '–' },
    { label: t('cameras.import.action'), cell: (row) => h('span', { class: ['chip', CHIPS[row.action]] }, icon(ICONS[row.action]), t(`cameras.import.${row.action}`)) },
    { label: t('cameras.import.why'), cell: why },
  ], said.rows, { caption: t('cameras.import.rows') });
}

function why(row) {
  if (row.errors.length) return h('ul', {}, row.errors.map((error) => h('li', {}, [error.field, error.message].filter(Boolean).join(': '))));
  return row.fields.join(t('comma'));
}
