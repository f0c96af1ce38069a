// The rows of the rail: accounts and people. Each row stays the same node for as long as it is there, since a row that is
// replaced while somebody clicks on it would lose the click.
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { lay } from './lay.js';
import { t, tOr } from './i18n.js';
import { allExchanges, conversation, conversationKey, store } from './store.js';
import { allConversations, choose, isTyping, unread, view } from './view.js';
import { shortTime } from './clock.js';
import { avatar } from './avatar.js';
import { preview } from './preview.js';

/** accounts returns the nodes of all accounts, found those of the people that fit a query. */
export function railRows() {
  const kept = new Map();
  const keep = (key, make) => {
    if (!kept.has(key)) kept.set(key, make());
    return kept.get(key);
  };
  const hollow = (words) => [keep(words, () => el('p', { class: 'hollow' }, t(words)))];
  const person = (account, one, where) =>
    paintPerson(
      keep(conversationKey(account.id, one.id), () => personRow(account, one)),
      account,
      one,
      where,
    );

  function section(account) {
    const { node, row, people } = keep(account.id, () => accountSection(account.id));
    paintAccount(row, account);
    lay(people, account.id === view.account ? (account.people ?? []).map((one) => person(account, one, '')) : []);
    return node;
  }

  function accounts() {
    if (!store.state) return hollow('rail.waiting');
    return store.state.accounts.length ? store.state.accounts.map(section) : hollow('rail.none');
  }

  function found(query) {
    const fits = (one) =>
      `${one.account.name} ${one.account.title ?? ''} ${one.person.name} ${one.person.id}`
        .toLowerCase()
        .includes(query);
    const rows = allConversations()
      .filter(fits)
      .map((one) => person(one.account, one.person, one.account.title || one.account.name));
    return rows.length ? rows : hollow('rail.nothing');
  }

  return { accounts, found };
}

function accountSection(id) {
  const row = el('button', {
    class: 'account',
    'data-test': 'account',
    data: { id },
    onclick: () => choose(id, samePerson(id)),
  });
  const people = el('div', { class: 'rail-people' });
  return { node: el('section', { class: 'rail-account' }, row, people), row, people };
}

function samePerson(id) {
  const people = store.state.accounts.find((account) => account.id === id)?.people ?? [];
  return (people.find((p) => p.name === view.person) ?? people[0])?.name ?? view.person;
}

function paintAccount(row, account) {
  const open = account.id === view.account;
  const health = healthOf(account);
  const waiting = (account.people ?? []).reduce(
    (sum, p) => sum + (unread.get(conversationKey(account.id, p.id)) ?? 0),
    0,
  );
  const words = [
    t(`platform.${account.platform}`),
    account.mode && tOr(`mode.${account.mode}`, account.mode),
    tOr(`kind.${account.kind}`, account.kind),
  ]
    .filter(Boolean)
    .join(' · ');
  const key = [open, health, waiting, words, account.title || account.name, account.url].join();
  if (row.painted === key) return;
  row.painted = key;
  row.dataset.name = account.name;
  row.title = [words, account.id, account.url, t(`health.${health}`)].filter(Boolean).join('\n');
  row.setAttribute('aria-expanded', String(open));
  fill(
    row,
    el('span', { class: `badge platform-${account.platform}` }, t(`platform.short.${account.platform}`)),
    el(
      'span',
      { class: 'account-words' },
      el('span', { class: 'account-name' }, account.title || account.name, el('span', { class: `dot ${health}` })),
      el('span', { class: 'faint' }, words),
    ),
    !open && waiting > 0 && unreadMark(waiting),
    icon(open ? 'down' : 'right'),
  );
}

// An account is as well as its last push was.
function healthOf(account) {
  const last = allExchanges().findLast((x) => x.direction === 'callback' && x.account === account.id);
  return !last ? 'idle' : last.error ? 'bad' : 'good';
}

const unreadMark = (n) => el('span', { class: 'unread', 'aria-label': t('rail.unread', { n }) }, n > 99 ? '99+' : n);

function personRow(account, person) {
  return el('button', {
    class: 'person',
    'data-test': 'person',
    data: { id: person.id, name: person.name, account: account.id },
    title: person.id,
    onclick: () => choose(account.id, person.name),
  });
}

function paintPerson(row, account, person, where) {
  const last = conversation(account.id, person.id).findLast((e) => !isTyping(e) && e.kind !== 'note');
  const waiting = unread.get(conversationKey(account.id, person.id)) ?? 0;
  const time = last ? shortTime(last.at) : '';
  const key = [last?.number, time, waiting, where, person.state, person.following].join();
  if (account.id === view.account && person.name === view.person) row.setAttribute('aria-current', 'true');
  else row.removeAttribute('aria-current');
  if (row.painted === key) return row;
  row.painted = key;
  return fill(
    row,
    avatar(person.name),
    el(
      'span',
      { class: 'person-words' },
      el(
        'span',
        { class: 'person-line' },
        el('span', { class: 'person-name' }, person.name),
        where && el('span', { class: 'faint person-where' }, where),
        el('time', { class: 'faint' }, time),
      ),
      el(
        'span',
        { class: 'person-line' },
        statusOf(account, person),
        el('span', { class: 'person-last' }, last ? preview(last) : t('rail.empty')),
        waiting > 0 && unreadMark(waiting),
      ),
    ),
  );
}

function statusOf(account, person) {
  if (account.platform === 'kf')
    return el('span', { class: `state state-${person.state}` }, t(`session.${person.state}`));
  return person.following ? null : el('span', { class: 'state' }, t('following.no'));
}
