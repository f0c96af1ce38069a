// What the user looks at: the conversation, the chosen message, the tab, what is unread and what is half written.
import { changed } from './bus.js';
import { accountOf, conversation, conversationKey, store } from './store.js';

/**
 * account is an id; person is a name, so that switching the account stays with the person. entry is the number of the chosen
 * message, or 0 to follow the latest one. pane and rail are open or not on narrow screens only.
 */
export const view = { account: '', person: '', entry: 0, tab: 'wire', pane: false, rail: false, seat: false };

export const unread = new Map();
export const drafts = new Map();

/** The chosen account and person, as the state has them, or null while there is none. */
export function current() {
  const account = accountOf(view.account);
  const person = account?.people?.find((p) => p.name === view.person);
  return account && person ? { account, person, key: conversationKey(account.id, person.id) } : null;
}

/** Opens a conversation. */
export function choose(accountId, personName) {
  view.account = accountId;
  view.person = personName;
  view.entry = 0;
  view.rail = false;
  const now = current();
  if (now) unread.delete(now.key);
  remember();
  changed('choice', 'entry', 'view');
}

/** Chooses a message for the inspector; 0 follows the latest one. */
export function chooseEntry(number) {
  view.entry = number;
  changed('entry');
}

/** Opens or closes parts of the page. */
export function show(parts) {
  Object.assign(view, parts);
  changed('view');
}

/** Shows the right pane with a tab, on a phone over the chat. */
export function openTab(tab) {
  show({ tab, pane: true, rail: false });
}

/** Counts what arrived while another conversation was open. */
export function noteArrival(entry) {
  if (entry.kind === 'said' || isTyping(entry)) return;
  const key = conversationKey(entry.account, entry.person);
  if (current()?.key === key) return;
  unread.set(key, (unread.get(key) ?? 0) + 1);
}

export const isTyping = (entry) => entry.type === 'Typing' || entry.type === 'CancelTyping';

/** The message that the inspector shows: the chosen one or the latest. */
export function shownEntry() {
  const now = current();
  if (!now) return null;
  const list = conversation(now.account.id, now.person.id);
  return list.find((e) => e.number === view.entry) ?? list.findLast((e) => !isTyping(e)) ?? null;
}

/** All conversations in the order of the rail. */
export function allConversations() {
  return (store.state?.accounts ?? []).flatMap((account) =>
    (account.people ?? []).map((person) => ({ account, person })),
  );
}

/** Chooses what there is if what was chosen is not there: at the beginning, and after a restart of the server. */
export function keepChoiceValid() {
  if (!store.state || current()) return;
  const account = accountOf(view.account) ?? store.state.accounts[0];
  const person = account?.people?.find((p) => p.name === view.person) ?? account?.people?.[0];
  if (account && person) choose(account.id, person.name);
}

/** Reads the conversation from the address, so that a reload stays where it was. */
export function recall() {
  const [account, person] = location.hash.slice(1).split('/').map(decodeURIComponent);
  view.account = account ?? '';
  view.person = person ?? '';
}

function remember() {
  history.replaceState(null, '', `#${encodeURIComponent(view.account)}/${encodeURIComponent(view.person)}`);
}
