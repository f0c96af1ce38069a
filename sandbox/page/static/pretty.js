// Writes XML and JSON so that people can read them. What is neither stays as it is.
import { prettyXml } from './pretty-xml.js';
import { prettyJson } from './pretty-json.js';

/** The nodes of a body. */
export function pretty(text) {
  const first = text.trimStart()[0];
  if (first === '<') return prettyXml(text) ?? [text];
  if (first === '{' || first === '[') return prettyJson(text) ?? [text];
  return [text];
}
