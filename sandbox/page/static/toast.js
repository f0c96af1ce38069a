// Short messages at the edge of the page, which go away by themselves.
import { el } from './dom.js';
import { icon } from './icons.js';
import { iconButton } from './icon-button.js';
import { t } from './i18n.js';

export const toasts = el('div', { class: 'toasts', role: 'region', 'aria-live': 'assertive' });

/** Shows a text; kind is bad or good. extra is a node behind the text, such as a link. */
export function toast(text, kind = 'good', extra = null) {
  const note = el(
    'div',
    { class: `toast ${kind}`, 'data-test': 'toast', role: kind === 'bad' ? 'alert' : 'status' },
    icon(kind === 'bad' ? 'alert' : 'check'),
    el('span', { class: 'toast-text' }, text, extra && ' ', extra),
    iconButton('close', t('close'), () => note.remove(), { class: 'icon-button small' }),
  );
  while (toasts.childElementCount >= 4) toasts.firstElementChild.remove();
  toasts.append(note);
  setTimeout(() => note.remove(), kind === 'bad' ? 9000 : 4500);
}
