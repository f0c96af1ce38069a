// The menu of an Official Account, at the place of the keyboard.
import { el } from './dom.js';
import { icon } from './icons.js';
import { t } from './i18n.js';
import { push } from './api.js';
import { toast } from './toast.js';
import { webLink } from './links.js';

/** The bar of the account's menu: up to three buttons, each an item or a list of items that opens above it. */
export function menuBar(now) {
  return el(
    'div',
    {
      class: 'menu-bar',
      role: 'group',
      'aria-label': t('composer.menu'),
      onkeydown: closeOnEscape,
      onfocusout: closeWhenLeft,
    },
    now.account.menu.map((item) => branch(now, item)),
  );
}

function branch(now, item) {
  const children = item.sub_button ?? []; // As the platform calls them.
  if (!children.length) return leaf(now, item, 'menu-button');
  const list = el(
    'div',
    { class: 'menu-list', hidden: true, onclick: () => toggle(list, button) },
    children.map((child) => leaf(now, child, 'menu-leaf')),
  );
  const button = el(
    'button',
    { class: 'menu-button', 'aria-expanded': 'false', 'data-test': 'menu-group', onclick: () => toggle(list, button) },
    icon('bars'),
    item.name,
  );
  return el('div', { class: 'menu-branch' }, list, button);
}

function leaf(now, item, className) {
  return el(
    'button',
    {
      class: className,
      'data-test': 'menu-item',
      data: { key: item.key, url: item.url },
      title: item.key || item.url || item.type,
      onclick: () => tap(now, item),
    },
    item.name,
  );
}

function toggle(list, button) {
  const open = list.hidden;
  closeAll(button.closest('.menu-bar'));
  list.hidden = !open;
  button.setAttribute('aria-expanded', String(open));
}

function closeAll(bar) {
  for (const list of bar.querySelectorAll('.menu-list')) list.hidden = true;
  for (const button of bar.querySelectorAll('[aria-expanded]')) button.setAttribute('aria-expanded', 'false');
}

function closeOnEscape(event) {
  if (event.key === 'Escape') closeAll(event.currentTarget);
}

function closeWhenLeft(event) {
  if (event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)) closeAll(event.currentTarget);
}

async function tap(now, item) {
  const what = item.url ? { url: item.url } : { key: item.key ?? '' };
  const tapped = await push(now.account.id, 'tap', { person: now.person.id, ...what });
  if (tapped && item.url) toast(t('menu.opens'), 'good', webLink(item.url, item.url));
}
