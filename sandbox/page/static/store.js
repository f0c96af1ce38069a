// What the server has told: its state, and the last entries, exchanges and turns. Nobody else changes them.
import { changed } from './bus.js';
import { Bounded } from './bounded.js';
import { instant, setPlatformTime } from './clock.js';

const bodies = (x) =>
  x.url.length + x.request.length + x.request_plain.length + x.response.length + x.response_plain.length;

/** state is null until the server has answered; link is connecting, live or lost. */
export const store = { state: null, link: 'connecting' };

const words = (e) => (e.text ?? '').length + (e.why ?? '').length;
const exchanges = new Bounded(bodies);
const turns = new Bounded();
const conversations = new Map(); // Each is bounded, so that a busy one does not push out the others.

export const allExchanges = () => exchanges.items;
export const allTurns = () => turns.items;

/** The name of a conversation: of one person with one account. */
export const conversationKey = (account, person) => `${account}\n${person}`;

/** The entries of one conversation, the oldest first. */
export function conversation(account, person) {
  return conversations.get(conversationKey(account, person))?.items ?? [];
}

export function setState(state) {
  store.state = state;
  setPlatformTime(state.now);
  changed('state');
}

export function setLink(link) {
  if (store.link === link) return;
  store.link = link;
  changed('link');
}

/** Forgets what happened, before the server tells it from the beginning. */
export function startClean() {
  exchanges.clear();
  turns.clear();
  conversations.clear();
  changed('entries', 'exchanges', 'turns', 'clean');
}

export function addEntry(entry) {
  entry.at = instant(entry.time);
  entry.detail ??= {};
  const key = conversationKey(entry.account, entry.person);
  if (!conversations.has(key)) conversations.set(key, new Bounded(words, 4 << 20));
  conversations.get(key).add(entry);
  changed('entries');
}

export function addExchange(exchange) {
  const texts = [
    'url',
    'request',
    'request_plain',
    'response',
    'response_plain',
    'error',
    'message',
    'person',
    'account',
    'method',
  ];
  for (const name of texts) exchange[name] ??= '';
  exchange.at = instant(exchange.time);
  exchange.took_ms ??= 0;
  exchange.end = exchange.at + exchange.took_ms;
  exchanges.add(exchange);
  changed('exchanges');
}

export function addTurn(turn) {
  turn.at = instant(turn.time);
  turn.steps ??= [];
  turns.add(turn);
  changed('turns');
}

/** The account with the id, or undefined. */
export function accountOf(id) {
  return store.state?.accounts.find((account) => account.id === id);
}

/** The person of an account with the id, or undefined. */
export function personOf(account, id) {
  return account?.people?.find((person) => person.id === id);
}
