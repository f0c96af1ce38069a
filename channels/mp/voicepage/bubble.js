// The bubbles. What comes from elsewhere only ever becomes text, or the address of a link that begins with http.
import { has, t } from './words.js';

const log = document.getElementById('log');

/** Adds a line with a bubble: side is said or answer. */
export function bubble(side, ...content) {
  const row = element('div', `row ${side}`);
  const body = element('div', 'bubble');
  body.append(...content);
  row.append(body);
  add(row);
  return { row, body };
}

/** Three dots for what is to come. */
export function dots() {
  const wait = element('span', 'dots');
  wait.setAttribute('aria-hidden', 'true');
  wait.append(element('i'), element('i'), element('i'));
  return wait;
}

/** Shows a reply above a row, or at the end. */
export function showReply(reply, before) {
  const row = element('div', 'row answer');
  row.append(reply.kind === 'link' && address(reply.url) ? card(reply) : plain(reply));
  add(row, before);
}

/** Adds a small line below a bubble, in place of the one that was there. */
export function note(row, text, bad, again) {
  row.querySelectorAll('.note').forEach((old) => old.remove());
  if (!text) return;
  const line = element('p', bad ? 'note bad' : 'note', text);
  if (again) {
    const button = element('button', 'again', t('again'));
    button.type = 'button';
    button.onclick = again;
    line.append(button);
  }
  row.append(line);
  line.scrollIntoView({ block: 'nearest' });
}

function add(row, before) {
  const welcome = document.getElementById('welcome');
  if (welcome) welcome.remove();
  log.insertBefore(row, before || null);
  log.scrollTop = log.scrollHeight;
}

function card({ url, title, description }) {
  const link = element('a', 'bubble card');
  link.href = url;
  outward(link);
  link.append(element('strong', '', title || url));
  if (description) link.append(element('span', '', description));
  return link;
}

function plain({ kind, text, title, description, url }) {
  const body = element('div', 'bubble');
  const words = [text, title, description, url].filter(Boolean).join('\n');
  const media = kind === 'text' || kind === 'menu' || kind === 'link' ? '' : t(has(`kind.${kind}`) ? `kind.${kind}` : 'kind.other');
  body.append(...linked([media, words].filter(Boolean).join('\n')));
  return body;
}

// WeChat shows <a href="…">…</a> in texts as links, so bots write them; other addresses are links too.
const links = /<a\s[^<>]*?href=["']?(https?:\/\/[^\s"'<>]+)["']?[^<>]*>([^<]*)<\/a>|(https?:\/\/[^\s<>"'，。；）]+)/gi;

function linked(text) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(links)) {
    parts.push(text.slice(end, found.index));
    const target = found[1] || found[3];
    const link = element('a', '', found[2] || target);
    outward(link);
    if (address(target)) link.href = target;
    parts.push(link);
    end = found.index + found[0].length;
  }
  return [...parts, text.slice(end)];
}

function outward(link) {
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
}

const address = (text) => /^https?:\/\//i.test(text || '');

function element(tag, name = '', text = '') {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text) node.textContent = text;
  return node;
}
