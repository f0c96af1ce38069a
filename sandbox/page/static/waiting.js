// The line below the messages while the bot has not answered the last one: which try it is and for how long.
import { el, say } from './dom.js';
import { subscribe } from './bus.js';
import { t } from './i18n.js';
import { tickWith } from './clock.js';
import { conversation } from './store.js';
import { current } from './view.js';
import { pendingOf } from './pending.js';

export function waitingLine() {
  const words = el('span', { class: 'numeric' });
  const line = el(
    'div',
    { class: 'waiting', hidden: true, 'data-test': 'waiting' },
    el('span', { class: 'spinner' }),
    words,
  );
  const paint = () => {
    const now = current();
    const last = now && conversation(now.account.id, now.person.id).findLast((e) => e.kind === 'said');
    const pending = last && pendingOf(last);
    line.hidden = !pending;
    if (pending) say(words, t('waiting', { n: pending.try, of: pending.of, s: (pending.elapsed / 1000).toFixed(1) }));
  };
  subscribe((topics) => ['entries', 'exchanges', 'choice'].some((topic) => topics.has(topic)) && paint());
  tickWith(line, paint);
  return line;
}
