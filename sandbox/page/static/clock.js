// The platforms' clock as this page sees it, and how times and durations are written.

let ahead = 0; // How far the platforms' clock is before the browser's, in ms.
const tickers = new Set();

export function setPlatformTime(now) {
  ahead = Date.parse(now) - Date.now();
}

/** The ms of a time of the server, with what Date.parse drops: two tries may begin within one ms. */
export function instant(time) {
  const finer = /\.\d{3}(\d+)/.exec(time)?.[1] ?? '';
  return Date.parse(time) + Number(`0.${finer}0`);
}

export const platformNow = () => Date.now() + ahead;

/** Calls tick ten times a second while its node is in the page. */
export function tickWith(node, tick) {
  tickers.add({ node, tick, seen: false });
}

setInterval(() => {
  if (document.hidden) return;
  for (const ticker of tickers) {
    if (ticker.node.isConnected) {
      ticker.seen = true;
      ticker.tick();
    } else if (ticker.seen) {
      tickers.delete(ticker);
    }
  }
}, 100);

const two = (n) => String(n).padStart(2, '0');

/** 13:32 */
function hourMinute(at) {
  const d = new Date(at);
  return `${two(d.getHours())}:${two(d.getMinutes())}`;
}

/** 13:32:35 */
export function timeOfDay(at) {
  return `${hourMinute(at)}:${two(new Date(at).getSeconds())}`;
}

/** 13:32:35.500 */
export function exactTime(at) {
  return `${timeOfDay(at)}.${String(new Date(at).getMilliseconds()).padStart(3, '0')}`;
}

/** 2026-11-24 */
export function day(at) {
  const d = new Date(at);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}

/** 13:32 of today, 11-24 13:32 of another day. */
export function shortTime(at) {
  if (day(at) === day(platformNow())) return hourMinute(at);
  return `${day(at).slice(5)} ${hourMinute(at)}`;
}

/** 3.2 ms, 5.00 s, 2 m 5 s, 48 h */
export function span(ms) {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60e3) return `${(ms / 1000).toFixed(2)} s`;
  const [h, m, s] = [Math.floor(ms / 3600e3), Math.floor(ms / 60e3) % 60, Math.floor(ms / 1000) % 60];
  return [h && `${h} h`, m && `${m} m`, h === 0 && s && `${s} s`].filter(Boolean).join(' ');
}

const units = { h: 3600e3, m: 60e3, s: 1000, ms: 1, us: 1e-3, µs: 1e-3, ns: 1e-6 };

/** The ms of a duration as Go writes it, such as 48h0m0s or 1.5s; 0 if it is none. */
export function durationMs(text) {
  let total = 0;
  for (const [, n, unit] of String(text ?? '').matchAll(/([\d.]+)(h|ms|m|us|µs|ns|s)/g))
    total += Number(n) * units[unit];
  return String(text).startsWith('-') ? -total : total;
}

/** Whether a text is a duration of Go. */
export const isDuration = (text) => /^-?(\d+(\.\d+)?(h|ms|m|us|µs|ns|s))+$/.test(text);

/** 48h0m0s as 48h. */
export const shortDuration = (text) =>
  String(text)
    .replace(/(\D)0s$/, '$1')
    .replace(/(\D)0m$/, '$1');
