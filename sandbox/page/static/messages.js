// The messages of the open conversation. New ones are appended; the list is built anew only for another conversation.
import { el, fill } from './dom.js';
import { subscribe } from './bus.js';
import { t } from './i18n.js';
import { shortTime } from './clock.js';
import { conversation, store } from './store.js';
import { chooseEntry, current, isTyping, show, view } from './view.js';
import { bubble } from './bubble.js';
import { showHeard } from './heard.js';
import { waitingLine } from './waiting.js';
import { emptyChat } from './empty.js';
import { scroller } from './scroller.js';

const most = 300; // Bubbles in the page at once.
const pause = 3 * 60e3; // After so long the next message has its time above it.

export function messages() {
  const list = el('ol', {
    class: 'messages',
    'aria-label': t('chat.messages'),
    onclick: chooseClicked,
    onkeydown: moveByArrows,
  });
  const earlier = el(
    'button',
    { class: 'earlier quiet-button', hidden: true, onclick: showEarlier },
    t('chat.earlier'),
  );
  const empty = el('div', { class: 'empty-chat', hidden: true });
  const box = el('div', { class: 'message-box', 'data-test': 'messages' }, earlier, empty, list, waitingLine());
  const scroll = scroller(box);
  const shown = { key: '', last: 0, cap: most, at: 0 };

  // Goes back in time and stays where the user was reading.
  function showEarlier() {
    const below = box.scrollHeight - box.scrollTop;
    shown.cap += most;
    shown.key = '';
    update();
    box.scrollTop = box.scrollHeight - below;
  }

  function update() {
    const now = current();
    if (!now) return;
    const entries = conversation(now.account.id, now.person.id).filter((e) => !isTyping(e));
    if (now.key !== shown.key) rebuild(now, entries);
    else
      append(
        now,
        entries.filter((e) => e.number > shown.last),
      );
    earlier.hidden = entries.length <= list.querySelectorAll('.row').length;
    if (empty.hidden !== entries.length > 0) {
      empty.hidden = entries.length > 0;
      if (!empty.hidden) fill(empty, emptyChat(now));
    }
    showHeard(list, now, scroll.keep);
    markChosen(list);
  }

  function rebuild(now, entries) {
    if (now.key !== shown.was) Object.assign(shown, { cap: most, was: now.key });
    Object.assign(shown, { key: now.key, last: 0, at: 0 });
    empty.hidden = true;
    list.replaceChildren();
    append(now, entries.slice(-shown.cap));
    scroll.toEnd();
  }

  function append(now, entries) {
    if (!entries.length) return;
    const fresh = document.createDocumentFragment();
    for (const entry of entries.slice(-shown.cap)) {
      if (entry.at - shown.at > pause)
        fresh.append(el('li', { class: 'time-line' }, el('time', {}, shortTime(entry.at))));
      shown.at = entry.at;
      fresh.append(bubble(entry, now));
    }
    shown.last = entries.at(-1).number;
    scroll.keep(
      () => {
        list.append(fresh);
        while (list.childElementCount > shown.cap * 1.5) list.firstElementChild.remove();
      },
      entries.some((e) => e.kind === 'said'),
    );
  }

  subscribe((topics) => {
    if (topics.has('clean') || store.state?.moved !== shown.moved) shown.key = ''; // Another day makes other times.
    shown.moved = store.state?.moved;
    if (['entries', 'turns', 'state', 'choice', 'clean'].some((topic) => topics.has(topic))) update();
    else if (topics.has('entry')) markChosen(list);
  });
  update();
  return el('div', { class: 'message-frame' }, box, scroll.button);
}

function chooseClicked(event) {
  if (event.target.closest('a, button, audio, video, input')) return;
  const row = event.target.closest('.row');
  if (!row || String(getSelection())) return;
  chooseEntry(Number(row.dataset.number));
  show({ pane: true, tab: 'wire' });
}

// One row is in the order of Tab; the arrows go to the others.
function moveByArrows(event) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const row = event.target.closest('.row');
  if (!row || event.target !== row) return;
  if (event.key === 'Enter') {
    chooseEntry(Number(row.dataset.number));
    show({ pane: true, tab: 'wire' });
  } else if (step && !event.altKey) {
    event.preventDefault();
    stepEntry(step);
  }
}

/** Chooses the message before or behind the chosen one. */
export function stepEntry(step) {
  const rows = [...document.querySelectorAll('.messages .row')];
  const at = rows.findIndex((row) => Number(row.dataset.number) === view.entry);
  const row = rows[at < 0 ? rows.length - 1 : Math.min(rows.length - 1, Math.max(0, at + step))];
  if (!row) return;
  chooseEntry(Number(row.dataset.number));
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: 'nearest' });
}

function markChosen(list) {
  list.querySelector('[aria-current]')?.removeAttribute('aria-current');
  list.querySelector('[tabindex="0"]')?.setAttribute('tabindex', '-1');
  const chosen = view.entry && list.querySelector(`.row[data-number="${view.entry}"]`);
  chosen?.setAttribute?.('aria-current', 'true');
  (chosen || list.querySelector('.row:last-of-type'))?.setAttribute('tabindex', '0');
}
