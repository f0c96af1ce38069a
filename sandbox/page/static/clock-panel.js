// The platforms' clock: shows it ticking and moves it.
import { el, say } from './dom.js';
import { subscribe } from './bus.js';
import { t } from './i18n.js';
import { call } from './api.js';
import { day, isDuration, platformNow, shortDuration, tickWith, timeOfDay } from './clock.js';
import { store } from './store.js';
import { toast } from './toast.js';

const moves = [
  ['1m', '+1 min'],
  ['10m', '+10 min'],
  ['2h', '+2 h'],
  ['48h', '+48 h'],
];

export function clockPanel() {
  const time = el('span', { class: 'clock-time numeric' });
  const date = el('span', { class: 'clock-date numeric' });
  const moved = el('span', { class: 'clock-moved numeric' });
  const tick = () => {
    say(time, store.state ? timeOfDay(platformNow()) : '--:--:--');
    say(date, store.state ? day(platformNow()) : '');
  };
  const paint = () => {
    const by = store.state?.moved ?? '0s';
    const still = /^-?0s$/.test(by);
    say(moved, still ? t('clock.still') : t('clock.moved', { by: shortDuration(by) }));
    moved.classList.toggle('warn', !still);
  };
  const custom = el('input', {
    class: 'input short',
    name: 'advance',
    placeholder: '36h30m',
    'aria-label': t('clock.custom'),
    'data-test': 'clock-custom',
  });
  const panel = el(
    'div',
    { class: 'clock', 'data-test': 'clock' },
    el('div', { class: 'clock-face' }, time, el('span', { class: 'clock-side' }, date, moved)),
    el(
      'form',
      {
        class: 'button-row',
        onsubmit: (event) => {
          event.preventDefault();
          moveBy(custom.value.trim());
        },
      },
      moves.map(([by, words]) =>
        el(
          'button',
          { type: 'button', class: 'button small numeric', 'data-test': `clock-${by}`, onclick: () => advance(by) },
          words,
        ),
      ),
      custom,
      el('button', { class: 'button small' }, t('clock.go')),
    ),
  );
  subscribe((topics) => topics.has('state') && paint());
  tickWith(panel, tick);
  paint();
  tick();
  return panel;
}

const advance = (by) => call('POST', '/api/clock', { advance: by });

function moveBy(text) {
  if (isDuration(text)) advance(text);
  else toast(t('clock.format'), 'bad');
}
