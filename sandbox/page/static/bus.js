// Tells the parts of the page what has changed, at most once per frame, so that a burst of events is one rendering.

const listeners = new Set();
const topics = new Set();
let scheduled = false;

/** Calls listener with the set of topics that changed, once per frame. */
export function subscribe(listener) {
  listeners.add(listener);
}

/** Forgets all listeners, before the page is built anew in another language. */
export function unsubscribeAll() {
  listeners.clear();
}

/** Notes that something changed: state, entries, exchanges, turns, choice, entry, view, link. */
export function changed(...names) {
  for (const name of names) topics.add(name);
  if (scheduled) return;
  scheduled = true;
  if (document.hidden)
    setTimeout(flush, 250); // A hidden page gets no frames.
  else requestAnimationFrame(flush);
}

function flush() {
  scheduled = false;
  const now = new Set(topics);
  topics.clear();
  for (const listener of [...listeners]) listener(now);
}
