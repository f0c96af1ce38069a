// Writes XML and JSON so that people can read them. What is neither stays as it is.
import { el } from './dom.js';
import { prettyXml } from './pretty-xml.js';
import { prettyJson } from './pretty-json.js';

/** The nodes of a body. */
export function pretty(text) {
  const first = text.trimStart()[0];
  const nodes = first === '<' ? prettyXml(text) : first === '{' || first === '[' ? prettyJson(text) : null;
  return nodes ? inLines(nodes) : [text];
}

// Each line is an element, so that what does not fit goes on under its own beginning and not at the margin.
function inLines(nodes) {
  const lines = [newLine(0)];
  for (const node of nodes) {
    const begins = typeof node === 'string' && node.startsWith('\n');
    if (begins) lines.push(newLine(node.length - 1));
    else lines.at(-1).append(node);
  }
  return lines;
}

function newLine(indent) {
  const line = el('span', { class: 'code-line' });
  line.style.paddingInlineStart = `${indent + 2}ch`;
  return line;
}
