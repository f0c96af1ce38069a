// What belongs to a message: the callbacks that brought it, the turn that it was, and the calls that the bot made from then on
// until the person's next message.
import { allExchanges, allTurns, conversation, store } from './store.js';
import { callbacksOf, pendingOf } from './pending.js';

const most = 200; // Calls of one story; more would be no timeline.

/** The story of an entry; anchor is what the person said, or null for what the bot sent before that. */
export function storyOf(entry) {
  const list = conversation(entry.account, entry.person);
  const anchor = anchorOf(entry, list);
  const from = anchor ? anchor.at : entry.at - 5000;
  const until = list.find((e) => e.kind === 'said' && e.number > (anchor?.number ?? entry.number))?.at ?? Infinity;
  const callbacks = anchor ? callbacksOf(anchor) : [];
  const calls = allExchanges().filter((x) => isCallOf(x, entry, from, until));
  const turns = anchor
    ? allTurns().filter((turn) => turn.message === anchor.message && turn.account === anchor.account)
    : [];
  return {
    anchor,
    from: anchor?.at ?? calls[0]?.at ?? entry.at,
    callbacks,
    turns,
    calls: calls.slice(-most),
    left: Math.max(0, calls.length - most),
    pending: anchor && pendingOf(anchor),
  };
}

// What the person said last before the entry, or what the entry answers.
function anchorOf(entry, list) {
  if (entry.kind === 'said') return entry;
  const answered = entry.message && list.findLast((e) => e.kind === 'said' && e.message === entry.message);
  return answered || list.findLast((e) => e.kind === 'said' && e.number < entry.number) || null;
}

// Calls without a person, such as those for tokens, count for everybody of the account.
function isCallOf(x, entry, from, until) {
  if (x.direction !== 'call' || x.at < from || x.at >= until) return false;
  if (x.person) return x.person === entry.person && (!x.account || x.account === entry.account);
  if (x.account) return x.account === entry.account;
  const account = store.state?.accounts.find((a) => a.id === entry.account);
  return x.platform === account?.platform; // Nobody knows for which of its accounts.
}
