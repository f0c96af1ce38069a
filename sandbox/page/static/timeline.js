// The rows of a story on one axis: tries, turns, calls, and the try that still runs with its clock.
import { el, fill, say } from './dom.js';
import { lay } from './lay.js';
import { t } from './i18n.js';
import { platformNow, span, tickWith } from './clock.js';
import { axisOf } from './axis.js';
import { exchangeRow } from './exchange.js';
import { outcomeOf } from './outcome.js';
import { turnRow } from './turn.js';
import { pendingOf, patienceOf } from './pending.js';

export function timeline() {
  const axis = el('div', { class: 'axis numeric', 'aria-hidden': 'true' });
  const rows = el('div', { class: 'story-rows' });
  const rest = el('p', { class: 'hollow' });
  const live = liveRow();
  const element = el('div', { class: 'timeline' }, axis, rows, live.element, rest);
  const kept = new Map(); // Rows stay the same nodes, so that what is open stays open.
  let story = null;

  function show(next) {
    if (next?.anchor?.number !== story?.anchor?.number || next?.anchor?.account !== story?.anchor?.account)
      kept.clear();
    story = next;
    lay(rows, story ? items(story).map((item) => rowOf(item, kept)) : []);
    fill(rest, story?.left > 0 && t('inspector.left', { n: story.left }), isQuiet(story) && t('inspector.quiet'));
    place();
  }

  function place() {
    if (!story || isQuiet(story)) return fill(axis);
    const now = platformNow();
    const bars = [
      [story.from, story.from + 1],
      ...items(story).map(({ from, to }) => [from, to]),
      ...(story.pending ? [[story.pending.began, Math.max(now, story.pending.began + story.pending.patience)]] : []),
    ];
    const scale = axisOf(bars);
    drawAxis(axis, scale, story.from);
    for (const item of items(story)) position(kept.get(item.key), item, scale);
    live.place(scale, story.pending, now);
  }

  tickWith(element, () => {
    if (!story?.pending) return;
    story.pending = pendingOf(story.anchor);
    live.show(story.pending);
    place();
  });
  return {
    element,
    show: (next) => {
      show(next);
      live.show(next?.pending);
    },
  };
}

const isQuiet = (story) =>
  story && !story.pending && !story.callbacks.length && !story.turns.length && !story.calls.length;

function items(story) {
  const exchanges = [...story.callbacks, ...story.calls].map((x) => ({
    key: `x${x.number}`,
    rank: rankOf(x),
    from: x.at,
    to: x.end,
    exchange: x,
  }));
  const turns = story.turns.map((turn) => ({
    key: `t${turn.number}`,
    rank: 1,
    from: turn.at,
    to: turn.at + turn.took_ms,
    turn,
  }));
  return [...exchanges, ...turns].sort((a, b) => a.from - b.from || a.rank - b.rank);
}

// Of what began in the same millisecond, the tries come first, then their duplicates, the turn, the calls.
const rankOf = (x) => (x.direction === 'call' ? 2 : x.try > 0 ? 0 : 0.5);

function rowOf(item, kept) {
  if (!kept.has(item.key)) {
    const lane = el('span', { class: 'lane', 'aria-hidden': 'true' });
    kept.set(item.key, { lane, node: item.exchange ? exchangeRow(item.exchange, lane) : turnRow(item.turn, lane) });
  }
  return kept.get(item.key).node;
}

function position(row, item, scale) {
  const bar = el('span', { class: `bar ${item.exchange ? outcomeOf(item.exchange) : 'turn-bar'}` });
  setBar(bar, scale.at(item.from), scale.at(item.to));
  const parts = [bar];
  if (item.exchange?.direction === 'callback') parts.push(limit(item.from + patienceOf(item.exchange.platform), scale));
  if (item.turn) parts.push(...steps(item.turn, scale));
  fill(row.lane, parts);
}

function steps(turn, scale) {
  let at = turn.at;
  return turn.steps.map((step) => {
    const bar = el('span', { class: `bar step-bar ${step.outcome}` });
    setBar(bar, scale.at(at), scale.at(at + step.took_ms));
    at += step.took_ms;
    return bar;
  });
}

// The end of the platform's patience, if it is on the axis.
function limit(at, scale) {
  const part = scale.parts.find((p) => at >= p.from && at <= p.to + 20);
  if (!part) return null;
  const mark = el('span', { class: 'limit' });
  mark.style.insetInlineStart = `${scale.at(at)}%`;
  return mark;
}

function setBar(bar, from, to) {
  bar.style.insetInlineStart = `${from}%`;
  bar.style.inlineSize = `max(3px, ${Math.max(0, to - from)}%)`;
}

function drawAxis(axis, scale, zero) {
  const marks = scale.parts.flatMap((part, i) => {
    const start = el('span', { class: 'tick' }, i === 0 ? '0' : `+${span(part.from - zero)}`);
    start.style.insetInlineStart = `${part.start}%`;
    const last = i === scale.parts.length - 1 && scale.at(part.to) - part.start > 25;
    const end = last && el('span', { class: 'tick end' }, span(part.to - zero));
    const cut = part.cut > 0 && el('span', { class: 'cut' });
    if (cut) cut.style.insetInlineStart = `${part.start - 4}%`;
    return [cut, start, end].filter(Boolean);
  });
  fill(axis, marks);
}

// The row of the try that runs: a clock against the platform's patience.
function liveRow() {
  const words = el('span', { class: 'row-title' });
  const clock = el('span', { class: 'row-took numeric' });
  const lane = el('span', { class: 'lane' });
  const element = el(
    'div',
    { class: 'live-row', hidden: true, role: 'timer' },
    el('span', { class: 'row-line' }, el('span', { class: 'spinner' }), words, clock),
    lane,
  );
  const show = (pending) => {
    element.hidden = !pending;
    if (!pending) return;
    say(words, t('try.running', { n: pending.try, of: pending.of }));
    say(clock, `${(pending.elapsed / 1000).toFixed(1)} / ${(pending.patience / 1000).toFixed(0)} s`);
    element.classList.toggle('late', pending.elapsed > pending.patience * 0.8);
  };
  const place = (scale, pending, now) => {
    if (!pending) return;
    const running = el('span', { class: 'bar running' });
    setBar(running, scale.at(pending.began), scale.at(now));
    fill(lane, running, limit(pending.began + pending.patience, scale));
  };
  return { element, show, place };
}
