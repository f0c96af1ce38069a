import { stackOf } from './errors.js';

/** The bot cuts lines behind 64 KiB. */
const MAX_LINE = 60 << 10;

/**
 * log writes lines for the bot's log, which adds the time and the plugin's name. Each call is one line, `LEVEL text
 * key=value …`, whatever is in the text. The methods block for no longer than a write to a pipe takes, and never throw.
 * What people write does not belong into a log, nor do secrets.
 */
export const log = {
  debug: (text, fields) => write('DEBUG', text, fields),
  info: (text, fields) => write('INFO', text, fields),
  warn: (text, fields) => write('WARN', text, fields),
  error: (text, fields) => write('ERROR', text, fields),
};

function write(level, text, fields) {
  try {
    process.stderr.write(line(level, text, fields) + '\n');
  } catch {
    // Nobody reads it: the bot is gone.
  }
}

/** line makes one line of a record. */
export function line(level, text, fields = {}) {
  let out = `${level} ${oneLine(String(text))}`;
  for (const [key, value] of Object.entries(fields)) {
    out += ` ${oneLine(key)}=${quoted(value)}`;
  }
  return out.length > MAX_LINE ? `${out.slice(0, MAX_LINE)}…` : out;
}

function oneLine(text) {
  return text.replace(/[\r\n]+/g, ' ');
}

function quoted(value) {
  const text = value instanceof Error ? stackOf(value) : typeof value === 'object' ? safeJSON(value) : String(value);
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}

function safeJSON(value) {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch (err) {
    return `unprintable: ${err.message}`;
  }
}
