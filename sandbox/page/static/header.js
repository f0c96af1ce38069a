// The header of the chat: who talks with whom, that somebody types, how much the bot may still send, and what is out of order.
import { el, fill, say } from './dom.js';
import { icon } from './icons.js';
import { iconButton } from './icon-button.js';
import { subscribe } from './bus.js';
import { painter } from './lay.js';
import { t, tOr } from './i18n.js';
import { platformNow, shortDuration, shortTime, tickWith } from './clock.js';
import { store } from './store.js';
import { current, openTab, show, view } from './view.js';
import { activeFaults } from './active-faults.js';

export function chatHeader() {
  const title = el('h1', { class: 'chat-title' });
  const under = el('div', { class: 'chat-under' });
  const tools = el('div', { class: 'chat-tools' });
  const header = el(
    'header',
    { class: 'chat-head' },
    iconButton('bars', t('rail.open'), () => show({ rail: true }), { class: 'icon-button rail-button' }),
    el('div', { class: 'chat-who', onclick: () => show({ rail: true }) }, title, under),
    tools,
  );
  const paintUnder = painter(() => fill(under, windows()));
  const paintTools = painter(() => fill(tools, faultChip(), seatButton(), voiceLink(), wireButton()));
  const paint = () => {
    const now = current();
    paintTitle(title);
    paintUnder(JSON.stringify([now?.key, now?.person.windows, store.state?.moved]));
    paintTools(JSON.stringify([now?.key, now?.person.state, now?.account.page, store.state?.faults, store.state?.moved, view.seat]));
  };
  subscribe((topics) => ['state', 'choice', 'view'].some((topic) => topics.has(topic)) && paint());
  tickWith(header, () => paintTitle(title));
  paint();
  return header;
}

function paintTitle(title) {
  const now = current();
  const typing = now?.person.typing_until && Date.parse(now.person.typing_until) > platformNow();
  title.classList.toggle('typing', Boolean(typing));
  say(
    title,
    typing ? t('chat.typing') : now ? `${now.account.title || now.account.name} · ${now.person.name}` : t('title'),
  );
}

// A chip for each window in which the bot may send.
function windows() {
  const now = current();
  if (!now) return null;
  const list = (now.person.windows ?? []).filter((w) => w.left !== 0 || Date.parse(w.until) > platformNow());
  if (!list.length) return el('span', { class: 'quota none', title: t('quota.none.long') }, t('quota.none'));
  return list.map((w) => {
    const left = w.left < 0 ? '∞' : w.left;
    const until = w.until ? shortTime(Date.parse(w.until)) : '';
    return el(
      'span',
      {
        class: `quota ${w.left === 0 ? 'none' : ''}`,
        title: t('quota.long', { n: left, until, after: tOr(`window.${w.after}`, w.after) }),
        'data-test': 'window',
      },
      el('span', { class: 'quota-after' }, tOr(`window.${w.after}`, w.after)),
      t('quota', { n: left, until }),
    );
  });
}

function faultChip() {
  const count = activeFaults(store.state?.faults);
  const moved = store.state && !/^-?0s$/.test(store.state.moved) ? store.state.moved : '';
  if (!count && !moved) return null;
  const words = [
    count && t('faults.active', { n: count }),
    moved && `${moved.startsWith('-') ? '' : '+'}${shortDuration(moved)}`,
  ]
    .filter(Boolean)
    .join(' · ');
  return el(
    'button',
    { class: 'chip warn', 'data-test': 'fault-indicator', title: t('faults.open'), onclick: () => openTab('faults') },
    icon(count ? 'alert' : 'clock'),
    el('span', {}, words),
  );
}

function seatButton() {
  const now = current();
  if (now?.account.platform !== 'kf') return null;
  return el(
    'button',
    {
      class: `chip state-${now.person.state}`,
      'aria-expanded': String(view.seat),
      'data-test': 'seat-open',
      title: t('seat'),
      onclick: () => show({ seat: !view.seat }),
    },
    icon('headset'),
    el('span', {}, t(`session.${now.person.state}`)),
    icon('down'),
  );
}

// The page of the bot where people speak.
function voiceLink() {
  const page = current()?.account.page;
  if (!page) return null;
  const words = t('voice-page');
  return el(
    'a',
    { class: 'icon-button', href: page, target: '_blank', rel: 'noopener', 'aria-label': words, title: words, 'data-test': 'voice-page' },
    icon('mic'),
  );
}

function wireButton() {
  return iconButton('wire', t('wire.open'), () => show({ pane: true }), { class: 'icon-button pane-button' });
}
