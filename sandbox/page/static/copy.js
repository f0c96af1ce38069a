// A button that copies a text.
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { t } from './i18n.js';

export function copyButton(text) {
  const button = el(
    'button',
    {
      class: 'icon-button small copy',
      type: 'button',
      'aria-label': t('copy'),
      title: t('copy'),
      onclick: async (event) => {
        event.preventDefault(); // A button in a summary would open it.
        event.stopPropagation();
        await write(text());
        fill(button, icon('check'));
        setTimeout(() => fill(button, icon('copy')), 1200);
      },
    },
    icon('copy'),
  );
  return button;
}

// Without a secure context, such as a page of another machine in the network, there is no clipboard but by selection.
async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = el('textarea', { class: 'unseen', value: text });
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}
