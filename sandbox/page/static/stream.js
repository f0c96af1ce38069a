// The one stream of events: connects, connects again, and asks for the state when it has changed.
import { addEntry, addExchange, addTurn, setLink, setState, startClean } from './store.js';
import { keepChoiceValid, noteArrival } from './view.js';
import { announce } from './announcer.js';

let replaying = true; // What comes first is history: neither unread nor announced.
let attempts = 0;
let asking = 0;

/**
 * Connects without a Last-Event-ID on purpose, also after a break: the server tells everything from the beginning, so that a
 * restarted one, whose numbers begin anew, cannot be taken for the one before.
 */
export function connect() {
  const source = new EventSource('/api/events');
  source.onopen = () => begin();
  source.onerror = () => {
    source.close();
    setLink('lost');
    attempts++;
    setTimeout(connect, Math.min(3000, 400 * attempts));
  };
  const on = (name, take) => source.addEventListener(name, (event) => take(JSON.parse(event.data)));
  on('entry', takeEntry);
  on('exchange', addExchange);
  on('turn', addTurn);
  source.addEventListener('replayed', () => (replaying = false));
  source.addEventListener('state', askSoon);
}

function begin() {
  replaying = true;
  attempts = 0;
  startClean();
  setLink('live');
  ask();
}

function takeEntry(entry) {
  addEntry(entry);
  if (replaying) return;
  noteArrival(entry);
  announce(entry);
  askSoon(); // What somebody said or saw changes windows and typing, which are part of the state.
}

function askSoon() {
  if (asking) return;
  asking = setTimeout(ask, 100);
}

async function ask() {
  clearTimeout(asking);
  asking = 0;
  try {
    const response = await fetch('/api/state');
    if (!response.ok) return;
    setState(await response.json());
    keepChoiceValid();
  } catch {
    setLink('lost'); // The stream notices the same and connects again.
  }
}
