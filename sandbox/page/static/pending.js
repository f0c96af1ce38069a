// Whether a push is still on its way: the tries that are over come as exchanges, the one that runs is what remains.
import { durationMs, platformNow } from './clock.js';
import { outcomeOf } from './outcome.js';
import { allExchanges, conversation, store } from './store.js';

const patienceByDefault = 5000;
const triesByDefault = 3;
const unheard = new Set(['refuse']); // What a person does and the platform tells no bot.

/** The callbacks of a message in the order of their tries. */
export function callbacksOf(entry) {
  if (!entry.message) return [];
  return allExchanges().filter(
    (x) => x.direction === 'callback' && x.message === entry.message && x.account === entry.account,
  );
}

/** The patience of the platform in ms. */
export function patienceOf(platform) {
  return durationMs(store.state?.rules?.[platform]?.try_timeout) || patienceByDefault;
}

/** What runs of a push that has no answer yet, or null: the number of the try, of how many, and its clock. */
export function pendingOf(entry) {
  if (entry.kind !== 'said' || unheard.has(entry.type) || platformNow() - entry.at > 60e3) return null;
  const tries = callbacksOf(entry).filter((x) => x.try > 0);
  if (tries.some((x) => !x.error && x.status === 200) || hasOutcome(entry)) return null;
  const platform = store.state?.accounts.find((a) => a.id === entry.account)?.platform ?? 'mp';
  const patience = patienceOf(platform);
  const began = tries.length ? tries.at(-1).end : entry.at;
  const elapsed = platformNow() - began;
  const of = limitAfter(tries.at(-1), store.state?.rules?.[platform] ?? {});
  if (elapsed > patience + 1500 || tries.length >= of) return null; // The platform has given up, or it never began.
  return { try: tries.length + 1, of, began, elapsed: Math.max(0, elapsed), patience };
}

// How many tries there are in all: fewer for silence than for errors, and one if the answer itself was wrong.
function limitAfter(last, rules) {
  const usual = rules.tries || triesByDefault;
  if (!last || outcomeOf(last) === 'timeout') return usual;
  if (last.status === 200) return rules.retry_invalid ? usual : 1;
  return rules.tries_on_error || usual;
}

function hasOutcome(entry) {
  const list = conversation(entry.account, entry.person);
  for (let i = list.length - 1; i >= 0 && list[i].number > entry.number; i--) {
    if (list[i].message === entry.message) return true;
  }
  return false;
}
