// The dialog with the shortcuts.
import { el } from './dom.js';
import { t } from './i18n.js';
import { dialog } from './ask.js';

const shortcuts = [
  ['/', 'Ctrl K'],
  ['Alt ↑', 'Alt ↓'],
  ['Alt ←', 'Alt →', '↑', '↓'],
  ['Enter'],
  ['Shift Enter'],
  ['Esc'],
  ['?'],
];

export function openHelp() {
  const rows = shortcuts.map((keys, i) =>
    el(
      'div',
      { class: 'help-row' },
      el('span', {}, t(`help.${i}`)),
      el(
        'span',
        { class: 'help-keys' },
        keys.map((key) => el('kbd', {}, key)),
      ),
    ),
  );
  dialog(
    t('help.open'),
    el('div', { class: 'help' }, rows, el('p', { class: 'faint' }, t('help.drop'))),
    'help-dialog',
  );
}
