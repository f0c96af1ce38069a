// Asks for a few values in a dialog.
import { el } from './dom.js';
import { iconButton } from './icon-button.js';
import { t } from './i18n.js';

/** Shows a dialog with its title and body; it goes when it is closed. Returns the dialog. */
export function dialog(title, body, className = '') {
  const box = el(
    'dialog',
    {
      class: className,
      'aria-label': title,
      onclose: () => box.remove(),
      onclick: (event) => event.target === box && box.close(),
    },
    el(
      'div',
      { class: 'dialog-box' },
      el(
        'header',
        { class: 'dialog-head' },
        el('h2', {}, title),
        iconButton('close', t('close'), () => box.close()),
      ),
      body,
    ),
  );
  document.body.append(box);
  box.showModal();
  return box;
}

/** Resolves with the values of the fields by name, or with null if the user closes the dialog. */
export function ask(title, fields, hint = '') {
  return new Promise((done) => {
    let answer = null;
    const form = el(
      'form',
      {
        class: 'ask',
        onsubmit: (event) => {
          event.preventDefault();
          answer = Object.fromEntries(new FormData(form));
          box.close();
        },
      },
      hint && el('p', { class: 'faint' }, hint),
      fields.map(input),
      el(
        'div',
        { class: 'dialog-foot' },
        el('button', { type: 'button', class: 'button', onclick: () => box.close() }, t('cancel')),
        el('button', { class: 'button primary', 'data-test': 'ask-ok' }, t('ok')),
      ),
    );
    const box = dialog(title, form, 'ask-dialog');
    box.addEventListener('close', () => done(answer));
    form.querySelector('input, textarea')?.select();
  });
}

function input({ name, label, type = 'text', value = '', required = false, step, options }) {
  const list = options && `options-${name}`;
  const control =
    type === 'area'
      ? el('textarea', { name, class: 'input mono', rows: '4', value })
      : el('input', { name, class: 'input', type, value, required, step, list, autocomplete: 'off' });
  return el(
    'label',
    { class: 'field' },
    el('span', {}, label),
    control,
    options &&
      el(
        'datalist',
        { id: list },
        options.map((option) => el('option', { value: option })),
      ),
  );
}
