// What the bot made of a message: a row that opens up to the plugins that it went through.
import { el } from './dom.js';
import { icon } from './icons.js';
import { t, tOr } from './i18n.js';
import { exactTime, span } from './clock.js';

export function turnRow(turn, lane = null, where = '') {
  const failed = turn.error || turn.steps.some((step) => step.outcome === 'failed' || step.error);
  const last = turn.steps.at(-1);
  return el(
    'details',
    {
      class: `story-row turn ${failed ? 'failed' : ''}`,
      'data-test': 'turn',
      data: { route: String(turn.route), number: String(turn.number) },
    },
    el(
      'summary',
      {},
      el(
        'span',
        { class: 'row-line' },
        icon('route'),
        el(
          'span',
          { class: 'row-title' },
          turn.route < 0 ? t('turn.none') : t('turn', { n: turn.route }),
          el('span', { class: 'faint' }, ` ${turn.steps.map((step) => step.plugin).join(' → ')}`),
        ),
        last && outcome(last.outcome),
        el('span', { class: 'row-took numeric' }, span(turn.took_ms)),
      ),
      where && el('span', { class: 'row-where faint' }, where),
      lane,
    ),
    el(
      'div',
      { class: 'exchange-body' },
      turn.error && el('div', { class: 'plain-words bad' }, icon('alert'), el('span', {}, turn.error)),
      el(
        'div',
        { class: 'turn-began faint numeric' },
        t('turn.began', { time: exactTime(turn.at), channel: turn.channel }),
      ),
      turn.route < 0 && el('p', { class: 'faint' }, t('turn.none.long')),
      el('ol', { class: 'plugin-steps' }, turn.steps.map(step)),
    ),
  );
}

const outcome = (name) =>
  el('span', { class: `row-chip ${{ failed: 'bad', replied: 'good' }[name] ?? ''}` }, tOr(`outcome.${name}`, name));

function step(s) {
  return el(
    'li',
    {},
    el('span', { class: 'step-name mono' }, s.plugin),
    outcome(s.outcome),
    s.replies > 0 && el('span', { class: 'faint' }, t('turn.replies', { n: s.replies })),
    el('span', { class: 'row-took numeric' }, span(s.took_ms)),
    s.forwarded && el('span', { class: 'step-words' }, s.forwarded),
    s.error && el('span', { class: 'step-error' }, s.error),
  );
}
