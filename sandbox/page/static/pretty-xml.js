// Indents XML by its marks alone, so that also what no parser would take can be read, and CDATA stays visible.
import { el } from './dom.js';

const token = /<!\[CDATA\[[\s\S]*?\]\]>|<[^>]*>|[^<]+/g;
const most = 5000; // Tokens; beyond that colours cost more than they help.

/** The nodes, or null if this is no XML or too long. */
export function prettyXml(text) {
  const tokens = (text.match(token) ?? []).filter((part) => part.trim());
  if (!tokens.length || tokens.length > most) return null;
  const nodes = [];
  let depth = 0;
  let inline = false; // Whether the last thing was a start or a text, behind which no line ends.
  for (const [i, part] of tokens.entries()) {
    const kind = kindOf(part);
    if (kind === 'end') depth = Math.max(0, depth - 1);
    const opensLine = kind === 'end' ? !inline : kind !== 'text';
    if (opensLine && i > 0) nodes.push(`\n${'  '.repeat(depth)}`);
    nodes.push(...colours(part, kind));
    if (kind === 'start') depth++;
    inline = kind === 'text' || (kind === 'start' && kindOf(tokens[i + 1] ?? '') !== 'start');
  }
  return nodes;
}

function kindOf(part) {
  if (part.startsWith('<![CDATA[') || !part.startsWith('<')) return 'text';
  if (part.startsWith('</')) return 'end';
  return part.endsWith('/>') || part.startsWith('<!') || part.startsWith('<?') ? 'single' : 'start';
}

function colours(part, kind) {
  if (kind !== 'text') return [el('span', { class: 'c-mark' }, part)];
  if (!part.startsWith('<![CDATA[')) return [el('span', { class: 'c-value' }, part.trim())];
  return [
    el('span', { class: 'c-dim' }, '<![CDATA['),
    el('span', { class: 'c-value' }, part.slice(9, -3)),
    el('span', { class: 'c-dim' }, ']]>'),
  ];
}
