// One axis for all that happened in a story. Long stretches in which nothing happened are cut out, so that what did stays visible.

const gap = 8; // Percent of the width that stands for a stretch without events.

/** Returns at(ms), the place of a time in percent, and the marks of the axis. bars are [from, to] in ms. */
export function axisOf(bars) {
  const busy = merged(bars);
  const length = busy.reduce((sum, [from, to]) => sum + to - from, 0) || 1;
  const perMs = (100 - gap * (busy.length - 1)) / length;
  let at = 0;
  const parts = busy.map(([from, to], i) => {
    const part = { from, to, start: at, perMs, cut: i > 0 ? from - busy[i - 1][1] : 0 };
    at += (to - from) * perMs + gap;
    return part;
  });
  return { at: (ms) => place(parts, ms), parts };
}

function place(parts, ms) {
  const part = parts.findLast((p) => ms >= p.from) ?? parts[0];
  return Math.min(100, Math.max(0, part.start + (Math.min(ms, part.to) - part.from) * part.perMs));
}

// Bars with less than a bearable pause between them are one busy stretch.
function merged(bars) {
  const sorted = [...bars].sort((a, b) => a[0] - b[0]);
  const total = sorted.reduce((sum, [from, to]) => sum + to - from, 0);
  const bearable = Math.max(1500, total);
  const busy = [];
  for (const [from, to] of sorted) {
    const last = busy.at(-1);
    if (last && from - last[1] <= bearable) last[1] = Math.max(last[1], to);
    else if (last && busy.length > 4)
      last[1] = Math.max(last[1], to); // Five stretches are enough for the eye.
    else busy.push([from, Math.max(to, from + 1)]);
  }
  return busy;
}
