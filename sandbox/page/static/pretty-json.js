// Indents JSON by its marks and without parsing it, so that the long numbers of WeChat keep all their digits.
import { el } from './dom.js';

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const most = 8000;

/** The nodes, or null if this is no JSON or too long. */
export function prettyJson(text) {
  const tokens = text.match(token) ?? [];
  if (tokens.length > most || tokens.join('').length !== text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1').length)
    return null;
  const nodes = [];
  let depth = 0;
  const line = () => nodes.push(`\n${'  '.repeat(depth)}`);
  tokens.forEach((part, i) => {
    const next = tokens[i + 1];
    if (part === '{' || part === '[') {
      nodes.push(part);
      depth++;
      if (next !== '}' && next !== ']') line();
    } else if (part === '}' || part === ']') {
      depth = Math.max(0, depth - 1);
      if (!/[{[]/.test(tokens[i - 1])) line();
      nodes.push(part);
    } else if (part === ',') {
      nodes.push(part);
      line();
    } else if (part === ':') nodes.push(': ');
    else nodes.push(el('span', { class: classOf(part, next) }, part));
  });
  return nodes;
}

function classOf(part, next) {
  if (!part.startsWith('"')) return 'c-number';
  return next === ':' ? 'c-mark' : 'c-value';
}
