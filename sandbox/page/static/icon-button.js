// A button that shows an icon only; its words are for the tooltip and for screen readers.
import { el } from './dom.js';
import { icon } from './icons.js';

export function iconButton(symbol, words, onclick, props = {}) {
  return el(
    'button',
    { class: 'icon-button', type: 'button', 'aria-label': words, title: words, onclick, ...props },
    icon(symbol),
  );
}
