// An entry in one line, for the rail and the inspector.
import { tOr } from './i18n.js';
import { isEvent } from './kinds.js';

export function preview(entry) {
  if (isEvent(entry)) return `[${tOr(`event.${entry.type}`, entry.type)}] ${entry.text ?? ''}`.trim();
  if (!entry.type || entry.type === 'text' || entry.kind === 'fault') return plain(entry.text ?? '');
  const words = entry.detail.title || entry.detail.items?.[0]?.text || (entry.detail.media ? '' : entry.text) || '';
  return `[${tOr(`type.${entry.type}`, entry.type)}] ${words}`.trim();
}

// The words of a text without the marks of its links.
const plain = (text) => text.replace(/<a\s[^>]*>([\s\S]*?)<\/a>/gi, '$1').replace(/\s+/g, ' ');
