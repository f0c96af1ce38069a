import { stackOf } from './errors.js';

/** The bot cuts lines behind 64 KiB, and what was cut is no JSON any more. */
const MAX_LINE = 60 << 10;
const MAX_TEXT = 8 << 10;

/**
 * log writes lines for the bot's log, which keeps their level and fields, and adds the time and the plugin's name: see
 * docs/plugin-log.md. The methods block for no longer than a write to a pipe takes, and never throw. What people write
 * belongs to debug, and secrets nowhere.
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
  const msg = String(text);
  const out = safeJSON({ level, msg, ...printable(fields), ...{ level, msg } }); // First, and not to be replaced.
  const size = Buffer.byteLength(out);
  return size <= MAX_LINE ? out : JSON.stringify({ level, msg: msg.slice(0, MAX_TEXT), cut_bytes: size });
}

/** printable returns fields as JSON can have them: one that it cannot have becomes a text. */
function printable(fields) {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? stackOf(value) : plain(value)]));
}

function plain(value) {
  return typeof value === 'object' ? JSON.parse(safeJSON(value)) : typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
}

function safeJSON(value) {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch (err) {
    return JSON.stringify(`unprintable: ${err.message}`);
  }
}
