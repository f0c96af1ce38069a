// The shortcuts of the keyboard.
import { allConversations, choose, chooseEntry, show, view } from './view.js';
import { stepEntry } from './messages.js';
import { openHelp } from './help.js';

export function listenForKeys() {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
    const act = shortcut(event);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function shortcut(event) {
  const writing = event.target.closest?.('input, textarea, select');
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') return openSwitcher;
  if (event.altKey && !event.ctrlKey && !event.metaKey)
    return {
      ArrowUp: () => stepConversation(-1),
      ArrowDown: () => stepConversation(1),
      ArrowLeft: () => stepEntry(-1),
      ArrowRight: () => stepEntry(1),
    }[event.key];
  if (event.key === 'Escape') return leave;
  if (writing || event.ctrlKey || event.metaKey) return null;
  return { '/': openSwitcher, '?': openHelp }[event.key];
}

function openSwitcher() {
  show({ rail: true });
  document.querySelector('[data-test="search"]')?.focus();
}

function stepConversation(step) {
  const all = allConversations();
  const at = all.findIndex(({ account, person }) => account.id === view.account && person.name === view.person);
  const next = all[(at + step + all.length) % all.length];
  if (next) choose(next.account.id, next.person.name);
}

// Closes what is open, one thing after the other, and ends at the composer.
function leave() {
  const search = document.querySelector('[data-test="search"]');
  if (document.activeElement === search && search.value) {
    search.value = '';
    search.dispatchEvent(new Event('input'));
  } else if (view.rail || view.pane) show({ rail: false, pane: false });
  else if (view.seat) show({ seat: false });
  else if (view.entry) chooseEntry(0);
  document.querySelector('[data-test="composer"]')?.focus();
}
