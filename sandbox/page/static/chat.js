// The middle of the page: the header, the messages and the composer of the open conversation.
import { el } from './dom.js';
import { subscribe } from './bus.js';
import { t } from './i18n.js';
import { show } from './view.js';
import { chatHeader } from './header.js';
import { seat } from './seat.js';
import { messages } from './messages.js';
import { composer } from './composer.js';
import { acceptDrops } from './attach.js';
import { store } from './store.js';

export function chat() {
  const main = el(
    'main',
    { class: 'chat', 'aria-label': t('chat') },
    chatHeader(),
    connection(),
    seat(),
    messages(),
    composer(),
    el('div', { class: 'drop-here', 'aria-hidden': 'true' }, t('chat.drop')),
  );
  acceptDrops(main);
  return el('div', { class: 'chat-column' }, el('div', { class: 'scrim', onclick: () => show({ rail: false }) }), main);
}

// Says calmly that the server is away, and only if it stays away for more than a moment.
function connection() {
  const line = el(
    'div',
    { class: 'connection', role: 'status', hidden: true },
    el('span', { class: 'spinner' }),
    t('link.lost.long'),
  );
  let later = 0;
  subscribe((topics) => {
    if (!topics.has('link')) return;
    clearTimeout(later);
    if (store.link === 'lost')
      later = setTimeout(() => {
        line.hidden = false;
      }, 700);
    else line.hidden = true;
  });
  return line;
}
