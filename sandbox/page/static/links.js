// Splits a text into words and links. Only http and https are links; a menu link of WeChat says its words when it is tapped.
import { el } from './dom.js';

const anchor = /<a\s[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))[^>]*>([\s\S]*?)<\/a>/gi;
const bare = /https?:\/\/[^\s<>"'，。；！？（）】」]+/g;

/** Whether a URL may be opened from here. */
export const isWeb = (url) => /^https?:\/\//i.test(url ?? '');

/** A link that opens outside, or the words alone if the URL is none of the web. */
export function webLink(url, words, className = '') {
  if (!isWeb(url)) return el('span', { class: className }, words);
  return el('a', { href: url, rel: 'noopener noreferrer', target: '_blank', class: className, title: url }, words);
}

/** The nodes of a text. tapMenu(words, id) is called for a tap on a link of weixin://bizmsgmenu. */
export function richText(text, tapMenu) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(anchor)) {
    nodes.push(
      ...bareLinks(text.slice(from, match.index)),
      anchorNode(match[1] ?? match[2] ?? match[3] ?? '', match[4], tapMenu),
    );
    from = match.index + match[0].length;
  }
  return [...nodes, ...bareLinks(text.slice(from))];
}

function anchorNode(url, words, tapMenu) {
  if (!/^weixin:\/\/bizmsgmenu\?/i.test(url)) return webLink(url.replaceAll('&amp;', '&'), words);
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1).replaceAll('&amp;', '&'));
  const say = query.get('msgmenucontent') ?? words;
  return el('button', { class: 'link-button', onclick: () => tapMenu(say, query.get('msgmenuid') ?? '') }, words);
}

function bareLinks(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(bare)) {
    const url = match[0].replace(/[.,;:!?)]+$/, '');
    nodes.push(text.slice(from, match.index), webLink(url, url));
    from = match.index + url.length;
  }
  return [...nodes, text.slice(from)];
}
