// What is inside a bubble, by the kind of message. bare content, such as a picture, has no bubble around it.
import { el } from './dom.js';
import { icon } from './icons.js';
import { t, tOr } from './i18n.js';
import { mediaPath, push } from './api.js';
import { richText, isWeb, webLink } from './links.js';
import { voice } from './voice.js';

const kinds = {
  text: (entry, now) => ({ node: words(entry, now) }),
  image: (entry, now) => ({ node: picture(entry, now), bare: true }),
  voice: (entry, now) => ({ node: voice(entry, now) }),
  video: (entry, now) => ({ node: film(entry, now), bare: true }),
  shortvideo: (entry, now) => ({ node: film(entry, now), bare: true }),
  file: (entry, now) => ({ node: file(entry, now), bare: true }),
  location: (entry) => ({ node: place(entry), bare: true }),
  link: (entry) => ({ node: linkCard(entry), bare: true }),
  news: (entry) => ({ node: news(entry), bare: true }),
  music: (entry) => ({
    node: card(
      'music',
      entry.detail.title || t('type.music'),
      entry.detail.description,
      t('type.music'),
      entry.detail.url,
    ),
    bare: true,
  }),
  msgmenu: (entry, now) => ({ node: choices(entry, now), bare: true }),
  business_card: (entry) => ({
    node: card('user', entry.detail.title || entry.text, entry.detail.description, t('type.business_card')),
    bare: true,
  }),
};

export function content(entry, now) {
  const make = kinds[entry.type];
  if (make) return make(entry, now);
  const name = tOr(`type.${entry.type}`, entry.type);
  return {
    node: card('grid', entry.detail.title || entry.text || name, entry.detail.description, name, entry.detail.url),
    bare: true,
  };
}

const tapMenu = (now) => (text, id) =>
  push(now.account.id, 'say', { person: now.person.id, type: 'text', text, menu_id: id });

const words = (entry, now) => el('div', { class: 'words' }, richText(entry.text ?? '', tapMenu(now)));

function picture(entry, now) {
  const { media, picture: outside } = entry.detail;
  if (!media) return pictureOutside(outside, entry.text);
  const path = mediaPath(now.account.id, media);
  const image = el('img', {
    class: 'picture',
    src: path,
    alt: t('type.image'),
    onerror: () => image.replaceWith(missing(media)),
  });
  return el('a', { href: path, target: '_blank', rel: 'noopener' }, image);
}

// The page loads nothing from elsewhere: a picture out there is a link.
function pictureOutside(url, text) {
  return isWeb(url) ? webLink(url, url, 'card-plain') : missing(url || text);
}

const missing = (what) =>
  el('div', { class: 'missing' }, icon('image'), el('span', {}, t('media.missing')), el('code', {}, what));

function film(entry, now) {
  if (!entry.detail.media) return missing(entry.text);
  const path = mediaPath(now.account.id, entry.detail.media);
  const video = el('video', {
    class: 'film',
    src: path,
    controls: true,
    preload: 'metadata',
    onerror: () => video.replaceWith(file(entry, now)),
  });
  return entry.detail.title
    ? el(
        'div',
        { class: 'film-card' },
        video,
        el('div', { class: 'card-title' }, entry.detail.title),
        entry.detail.description,
      )
    : video;
}

function file(entry, now) {
  const name = entry.detail.name || entry.detail.title || entry.text || t('type.file');
  const body = [
    el(
      'span',
      { class: 'card-main' },
      el('span', { class: 'card-title' }, name),
      el('span', { class: 'card-note' }, tOr(`type.${entry.type}`, entry.type)),
    ),
    el('span', { class: 'card-icon' }, icon('file')),
  ];
  if (!entry.detail.media) return el('div', { class: 'card' }, body);
  return el('a', { class: 'card', href: mediaPath(now.account.id, entry.detail.media), download: name }, body);
}

function place(entry) {
  const { latitude = 0, longitude = 0, title } = entry.detail;
  return el(
    'div',
    { class: 'card stacked' },
    el(
      'span',
      { class: 'card-main' },
      el('span', { class: 'card-title' }, title || entry.text || t('type.location')),
      el('span', { class: 'card-note numeric' }, `${latitude.toFixed(6)}, ${longitude.toFixed(6)}`),
    ),
    el('span', { class: 'map', 'aria-hidden': 'true' }, icon('pin')),
  );
}

function linkCard(entry) {
  const { title, description, url } = entry.detail;
  return card('link', title || entry.text, description, hostOf(url) || t('type.link'), url);
}

function card(symbol, title, description, note, url) {
  const body = [
    el(
      'span',
      { class: 'card-main' },
      el('span', { class: 'card-title' }, title),
      el('span', { class: 'card-text' }, description),
      el('span', { class: 'card-note' }, note),
    ),
    el('span', { class: 'card-icon' }, icon(symbol)),
  ];
  return isWeb(url)
    ? el('a', { class: 'card', href: url, target: '_blank', rel: 'noopener noreferrer', title: url }, body)
    : el('div', { class: 'card' }, body);
}

function hostOf(url) {
  try {
    return new URL(url).host;
  } catch {
    return '';
  }
}

function news(entry) {
  const items = entry.detail.items ?? [{ text: entry.text }];
  return el(
    'div',
    { class: `news ${items.length === 1 ? 'single' : ''}` },
    items.map((item, i) => newsItem(item, i === 0)),
  );
}

function newsItem(item, first) {
  const body = [
    first && cover(item),
    el(
      'span',
      { class: 'news-words' },
      el('span', { class: 'card-title' }, item.text),
      first && item.description && el('span', { class: 'card-text' }, item.description),
    ),
    !first && el('span', { class: 'card-icon' }, icon('image')),
  ];
  const className = first ? 'news-item first' : 'news-item';
  return isWeb(item.url)
    ? el('a', { class: className, href: item.url, target: '_blank', rel: 'noopener noreferrer', title: item.url }, body)
    : el('div', { class: className }, body);
}

function cover(item) {
  return isHere(item.picture)
    ? el('img', { class: 'cover', src: item.picture, alt: '' })
    : el(
        'span',
        { class: 'cover blank', title: item.picture ?? '' },
        icon('image'),
        isWeb(item.picture) && el('span', {}, hostOf(item.picture)),
      );
}

// Only what the sandbox itself serves is loaded.
const isHere = (url) =>
  Boolean(url) &&
  URL.canParse(url, location.href) &&
  new URL(url, location.href).origin === location.origin &&
  url.includes('/');

function choices(entry, now) {
  const { title, description, items = [] } = entry.detail;
  const head = title || entry.text;
  return el(
    'div',
    { class: 'choices' },
    head && el('div', { class: 'choices-head' }, richText(head, tapMenu(now))),
    items.map((item) =>
      item.url
        ? webLink(item.url, [item.text, icon('outgoing')], 'choice')
        : item.id === undefined
          ? el('div', { class: 'choices-head' }, item.text)
          : el(
              'button',
              {
                class: 'choice',
                'data-test': 'menu-choice',
                data: { id: item.id },
                onclick: () => tapMenu(now)(item.text, item.id),
              },
              item.text,
            ),
    ),
    description && el('div', { class: 'choices-head faint' }, richText(description, tapMenu(now))),
  );
}
