// Reads incoming messages of the open conversation out to screen readers, and nothing of the rest.
import { el } from './dom.js';
import { conversationKey } from './store.js';
import { current, isTyping } from './view.js';

export const announcer = el('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' });

export function announce(entry) {
  if (entry.kind !== 'saw' && entry.kind !== 'fault') return;
  const now = current();
  if (isTyping(entry) || now?.key !== conversationKey(entry.account, entry.person)) return;
  announcer.textContent = `${now.account.title || now.account.name}: ${entry.text || entry.type}`;
}
