// The left rail: the accounts, and the people of the chosen one. On a phone it is a sheet over the chat.
import { el, fill, say } from './dom.js';
import { lay } from './lay.js';
import { icon } from './icons.js';
import { iconButton } from './icon-button.js';
import { subscribe } from './bus.js';
import { currentLanguage, t } from './i18n.js';
import { currentTheme, nextTheme } from './theme.js';
import { call } from './api.js';
import { ask } from './ask.js';
import { store } from './store.js';
import { choose, show, view } from './view.js';
import { railRows } from './rail-rows.js';
import { openHelp } from './help.js';

export function rail(switchLanguage) {
  const search = el('input', {
    type: 'search',
    class: 'rail-search',
    placeholder: t('rail.search'),
    'aria-label': t('rail.search'),
    'data-test': 'search',
    oninput: () => paint(),
    onkeydown: (event) => event.key === 'Enter' && openFirst(list, search),
  });
  const list = el('nav', { class: 'rail-list', 'aria-label': t('rail.conversations') });
  const link = el('span', { class: 'link-state' });
  const rows = railRows();
  const paint = () => {
    const query = search.value.trim().toLowerCase();
    lay(list, query ? rows.found(query) : rows.accounts());
    link.dataset.link = store.link;
    say(link, store.link === 'live' ? '' : t(`link.${store.link}`));
    link.title = t(`link.${store.link}`);
  };
  subscribe(
    (topics) => ['state', 'entries', 'exchanges', 'choice', 'link'].some((topic) => topics.has(topic)) && paint(),
  );
  paint();
  return el(
    'aside',
    { class: 'rail', 'aria-label': t('rail.conversations') },
    el(
      'header',
      { class: 'rail-head' },
      el('span', { class: 'brand' }, el('img', { src: 'icon.svg', alt: '', width: 22, height: 22 }), t('title')),
      link,
      iconButton('close', t('close'), () => show({ rail: false }), { class: 'icon-button narrow-only' }),
    ),
    el('label', { class: 'search-box' }, icon('search'), search, el('kbd', { 'aria-hidden': 'true' }, '/')),
    list,
    foot(switchLanguage),
  );
}

function foot(switchLanguage) {
  const theme = el('button', {
    class: 'icon-button',
    'data-test': 'theme',
    onclick: () => {
      nextTheme();
      paintTheme();
    },
  });
  const paintTheme = () => {
    const now = currentTheme();
    fill(theme, icon({ auto: 'contrast', light: 'sun', dark: 'moon' }[now]));
    theme.title = t(`theme.${now}`);
    theme.setAttribute('aria-label', t(`theme.${now}`));
  };
  paintTheme();
  return el(
    'footer',
    { class: 'rail-foot' },
    el(
      'button',
      { class: 'quiet-button', 'data-test': 'add-person', onclick: addPerson },
      icon('userPlus'),
      el('span', {}, t('rail.add')),
    ),
    el('span', { class: 'grow' }),
    el(
      'button',
      {
        class: 'icon-button text',
        'data-test': 'lang',
        'aria-label': t('lang.switch'),
        title: t('lang.switch'),
        onclick: switchLanguage,
      },
      currentLanguage() === 'zh' ? 'EN' : '中',
    ),
    theme,
    iconButton('help', t('help.open'), openHelp),
  );
}

// Enter opens the first of those found, and goes on where one writes to them.
function openFirst(list, search) {
  if (!search.value.trim()) return;
  const first = list.querySelector('.person');
  search.value = '';
  first?.click();
  document.querySelector('[data-test="composer"]')?.focus();
}

async function addPerson() {
  const values = await ask(t('rail.add'), [{ name: 'name', label: t('field.name'), required: true }]);
  if (!values) return;
  const added = await call('POST', '/api/people', { name: values.name });
  if (added) choose(view.account, values.name);
}
