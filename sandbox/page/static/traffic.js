// All traffic of all accounts, live, with a filter.
import { el, say } from './dom.js';
import { icon } from './icons.js';
import { lay } from './lay.js';
import { subscribe } from './bus.js';
import { t } from './i18n.js';
import { timeOfDay } from './clock.js';
import { accountOf, allExchanges, allTurns, personOf } from './store.js';
import { view } from './view.js';
import { exchangeRow } from './exchange.js';
import { turnRow } from './turn.js';
import { scroller } from './scroller.js';

const most = 200; // Rows in the page at once.

export function traffic() {
  const rows = el('div', { class: 'story-rows traffic-rows', 'aria-label': t('tab.traffic') });
  const box = el('div', { class: 'traffic-box' }, rows);
  const scroll = scroller(box);
  const count = el('span', { class: 'faint numeric' });
  const filter = el('input', {
    type: 'search',
    class: 'rail-search',
    placeholder: t('traffic.filter'),
    'aria-label': t('traffic.filter'),
    'data-test': 'traffic-filter',
    oninput: () => paint(),
  });
  const kept = new Map();
  const none = el('p', { class: 'hollow' }, t('traffic.none'));

  function paint() {
    if (view.tab !== 'traffic') return;
    const items = merged(filter.value.trim().toLowerCase());
    const shown = items.slice(-most);
    say(count, t('traffic.count', { n: items.length }));
    const keys = new Set(shown.map((item) => item.key));
    for (const key of kept.keys()) if (!keys.has(key)) kept.delete(key);
    scroll.keep(() => lay(rows, shown.length ? shown.map((item) => rowOf(item, kept)) : [none]));
  }

  subscribe((topics) => {
    if (topics.has('clean')) kept.clear();
    if (['exchanges', 'turns', 'view', 'clean'].some((topic) => topics.has(topic))) paint();
  });
  return el(
    'div',
    { class: 'traffic' },
    el('div', { class: 'traffic-head' }, el('label', { class: 'search-box' }, icon('search'), filter), count),
    el('div', { class: 'message-frame' }, box, scroll.button),
  );
}

function rowOf(item, kept) {
  if (!kept.has(item.key))
    kept.set(
      item.key,
      item.turn
        ? turnRow(item.turn, null, whereOf(item.turn))
        : exchangeRow(item.exchange, null, whereOf(item.exchange)),
    );
  return kept.get(item.key);
}

function merged(query) {
  const items = [
    ...allExchanges().map((exchange) => ({ key: `x${exchange.number}`, at: exchange.at, exchange })),
    ...allTurns().map((turn) => ({ key: `t${turn.number}`, at: turn.at, turn })),
  ];
  const fitting = query ? items.filter((item) => wordsOf(item).includes(query)) : items;
  return fitting.sort((a, b) => a.at - b.at);
}

function wordsOf({ exchange: x, turn }) {
  if (turn)
    return `${turn.channel} ${whereOf(turn)} ${turn.message} ${turn.error} ${turn.steps.map((s) => `${s.plugin} ${s.outcome} ${s.error}`).join(' ')}`.toLowerCase();
  return `${x.direction} ${whereOf(x)} ${x.url} ${x.message} ${x.code} ${x.error} ${x.request_plain || x.request} ${x.response_plain || x.response}`.toLowerCase();
}

function whereOf(x) {
  const account = accountOf(x.account);
  return [timeOfDay(x.at), account?.name ?? x.platform ?? '', personOf(account, x.person)?.name]
    .filter(Boolean)
    .join(' · ');
}
