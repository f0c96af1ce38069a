// The left rail: the accounts, and the people of the chosen one. On a phone it is a sheet over the chat.
import { el, fill, say } from './dom.js';
import { icon } from './icons.js';
import { subscribe } from './bus.js';
import { currentLanguage, t, tOr } from './i18n.js';
import { currentTheme, nextTheme } from './theme.js';
import { call } from './api.js';
import { ask } from './ask.js';
import { allExchanges, conversation, conversationKey, store } from './store.js';
import { allConversations, choose, isTyping, show, unread, view } from './view.js';
import { shortTime } from './clock.js';
import { avatar } from './avatar.js';
import { preview } from './preview.js';
import { openHelp } from './help.js';

export function rail(switchLanguage) {
  const search = el('input', {
    type: 'search', class: 'rail-search', placeholder: t('rail.search'), 'aria-label': t('rail.search'), 'data-test': 'search',
    oninput: () => paint(), onkeydown: (event) => event.key === 'Enter' && openFirst(list, search),
  });
  const list = el('nav', { class: 'rail-list', 'aria-label': t('rail.conversations') });
  const link = el('span', { class: 'link-state' });
  const paint = () => {
    fill(list, search.value.trim() ? found(search.value.trim().toLowerCase()) : accounts());
    link.dataset.link = store.link;
    say(link, store.link === 'live' ? '' : t(`link.${store.link}`));
    link.title = t(`link.${store.link}`);
  };
  subscribe((topics) => ['state', 'entries', 'exchanges', 'choice', 'link'].some((topic) => topics.has(topic)) && paint());
  paint();
  return el('aside', { class: 'rail', 'aria-label': t('rail.conversations') },
    el('header', { class: 'rail-head' }, el('span', { class: 'brand' }, el('img', { src: 'icon.svg', alt: '', width: 22, height: 22 }), t('title')), link,
      el('button', { class: 'icon-button narrow-only', 'aria-label': t('close'), onclick: () => show({ rail: false }) }, icon('close'))),
    el('label', { class: 'search-box' }, icon('search'), search, el('kbd', { 'aria-hidden': 'true' }, '/')),
    list, foot(switchLanguage));
}

function foot(switchLanguage) {
  const theme = el('button', { class: 'icon-button', 'data-test': 'theme', onclick: () => { nextTheme(); paintTheme(); } });
  const paintTheme = () => {
    const now = currentTheme();
    fill(theme, icon({ auto: 'contrast', light: 'sun', dark: 'moon' }[now]));
    theme.title = t(`theme.${now}`);
    theme.setAttribute('aria-label', t(`theme.${now}`));
  };
  paintTheme();
  return el('footer', { class: 'rail-foot' },
    el('button', { class: 'quiet-button', 'data-test': 'add-person', onclick: addPerson }, icon('userPlus'), el('span', {}, t('rail.add'))),
    el('span', { class: 'grow' }),
    el('button', { class: 'icon-button text', 'data-test': 'lang', 'aria-label': t('lang.switch'), title: t('lang.switch'), onclick: switchLanguage },
      currentLanguage() === 'zh' ? 'EN' : '中'),
    theme,
    el('button', { class: 'icon-button', 'aria-label': t('help.open'), title: t('help.open'), onclick: openHelp }, icon('help')));
}

function accounts() {
  if (!store.state) return el('p', { class: 'hollow' }, t('rail.waiting'));
  if (!store.state.accounts.length) return el('p', { class: 'hollow' }, t('rail.none'));
  return store.state.accounts.map((account) => {
    const open = account.id === view.account;
    return el('section', { class: 'rail-account' }, accountRow(account, open),
      open && el('div', { class: 'rail-people' }, (account.people ?? []).map((person) => personRow(account, person))));
  });
}

function found(query) {
  const fits = ({ account, person }) => `${account.name} ${account.title ?? ''} ${person.name} ${person.id}`.toLowerCase().includes(query);
  const rows = allConversations().filter(fits).map(({ account, person }) => personRow(account, person, account.title || account.name));
  return rows.length ? rows : el('p', { class: 'hollow' }, t('rail.nothing'));
}

function openFirst(list, search) {
  list.querySelector('.person')?.click();
  search.value = '';
  search.blur();
}

function accountRow(account, open) {
  const health = healthOf(account);
  const waiting = (account.people ?? []).reduce((sum, p) => sum + (unread.get(conversationKey(account.id, p.id)) ?? 0), 0);
  const words = [t(`platform.${account.platform}`), account.mode && tOr(`mode.${account.mode}`, account.mode), tOr(`kind.${account.kind}`, account.kind)];
  return el('button', {
    class: 'account', 'data-test': 'account', data: { id: account.id, name: account.name }, 'aria-expanded': String(open), title: `${account.id}\n${account.url ?? ''}`,
    onclick: () => choose(account.id, samePerson(account)),
  }, el('span', { class: `badge platform-${account.platform}` }, t(`platform.short.${account.platform}`)),
  el('span', { class: 'account-words' }, el('span', { class: 'account-name' }, account.title || account.name, el('span', { class: `dot ${health}`, title: t(`health.${health}`) })),
    el('span', { class: 'faint' }, words.filter(Boolean).join(' · '))),
  !open && waiting > 0 && el('span', { class: 'unread' }, waiting > 99 ? '99+' : waiting), icon(open ? 'down' : 'right'));
}

const samePerson = (account) => (account.people?.find((p) => p.name === view.person) ?? account.people?.[0])?.name ?? view.person;

// An account is as well as its last push was.
function healthOf(account) {
  const last = allExchanges().findLast((x) => x.direction === 'callback' && x.account === account.id);
  return !last ? 'idle' : last.error ? 'bad' : 'good';
}

function personRow(account, person, where = '') {
  const key = conversationKey(account.id, person.id);
  const last = conversation(account.id, person.id).findLast((e) => !isTyping(e) && e.kind !== 'note');
  const waiting = unread.get(key) ?? 0;
  const chosen = account.id === view.account && person.name === view.person;
  return el('button', {
    class: 'person', 'data-test': 'person', data: { id: person.id, name: person.name, account: account.id },
    'aria-current': chosen ? 'true' : null, title: person.id, onclick: () => choose(account.id, person.name),
  }, avatar(person.name), el('span', { class: 'person-words' },
    el('span', { class: 'person-line' }, el('span', { class: 'person-name' }, person.name), where && el('span', { class: 'faint person-where' }, where),
      el('time', { class: 'faint' }, last ? shortTime(last.at) : '')),
    el('span', { class: 'person-line' }, statusOf(account, person), el('span', { class: 'person-last' }, last ? preview(last) : t('rail.empty')),
      waiting > 0 && el('span', { class: 'unread', 'aria-label': t('rail.unread', { n: waiting }) }, waiting > 99 ? '99+' : waiting))));
}

function statusOf(account, person) {
  if (account.platform === 'kf') return el('span', { class: `state state-${person.state}` }, t(`session.${person.state}`));
  return person.following ? null : el('span', { class: 'state' }, t('following.no'));
}

export async function addPerson() {
  const values = await ask(t('rail.add'), [{ name: 'name', label: t('field.name'), required: true }]);
  if (!values) return;
  const added = await call('POST', '/api/people', { name: values.name });
  if (added) choose(view.account, values.name);
}
