// A switch: a checkbox that looks like what it is.
import { el } from './dom.js';

export function toggleSwitch(words, onchange, mark = '') {
  const input = el('input', { type: 'checkbox', role: 'switch', onchange, 'data-test': mark || null });
  const node = el(
    'label',
    { class: 'switch' },
    input,
    el('span', { class: 'switch-track', 'aria-hidden': 'true' }),
    el('span', {}, words),
  );
  return { node, input };
}
