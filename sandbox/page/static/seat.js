// The human seat of WeCom customer service: what a servicer does with the person of the open conversation.
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { iconButton } from './icon-button.js';
import { subscribe } from './bus.js';
import { t } from './i18n.js';
import { push } from './api.js';
import { current, show, view } from './view.js';
import { conversation } from './store.js';

const states = [4, 0, 1, 2, 3];

export function seat() {
  const choice = { servicer: '', text: '' };
  const panel = el('section', { class: 'seat', 'data-test': 'seat', 'aria-label': t('seat'), hidden: true });
  let painted = '';
  const paint = () => {
    const now = current();
    panel.hidden = !(view.seat && now?.account.platform === 'kf');
    if (panel.hidden) return;
    const key = JSON.stringify([
      now.key,
      now.person.state,
      now.person.servicer,
      now.account.servicers,
      choice.servicer,
      now.person.blocked,
    ]);
    if (key === painted) return;
    painted = key;
    fill(panel, content(now, choice, paint));
  };
  subscribe((topics) => ['state', 'choice', 'view'].some((topic) => topics.has(topic)) && paint());
  paint();
  return panel;
}

function content(now, choice, paint) {
  const servicers = now.account.servicers ?? [];
  const chosen =
    servicers.find((s) => s.id === choice.servicer) ??
    servicers.find((s) => s.id === now.person.servicer) ??
    servicers[0];
  const head = el(
    'div',
    { class: 'seat-head' },
    icon('headset'),
    el('h2', {}, t('seat')),
    el('span', { class: 'grow' }),
    iconButton('close', t('close'), () => show({ seat: false }), { class: 'icon-button small' }),
  );
  if (!chosen) return [head, steps(now), el('p', { class: 'faint' }, t('seat.nobody'))];
  return [head, steps(now), who(servicers, chosen, choice, paint), actions(now, chosen), speech(now, chosen, choice)];
}

// The states of a session in their order, the present one marked.
function steps(now) {
  return el(
    'ol',
    { class: 'steps', 'data-test': 'session', data: { state: String(now.person.state) } },
    states.map((state) =>
      el('li', { 'aria-current': state === now.person.state ? 'step' : null }, t(`session.${state}`)),
    ),
  );
}

function who(servicers, chosen, choice, paint) {
  const pick = el(
    'select',
    {
      class: 'input',
      'aria-label': t('seat.servicer'),
      'data-test': 'servicer',
      onchange: () => {
        choice.servicer = pick.value;
        paint();
      },
    },
    servicers.map((s) =>
      el(
        'option',
        { value: s.id, selected: s === chosen },
        `${s.name || s.id} · ${t(s.receiving ? 'seat.receiving' : 'seat.stopped')}`,
      ),
    ),
  );
  return el('label', { class: 'seat-who' }, el('span', { class: 'faint' }, t('seat.as')), pick);
}

function actions(now, chosen) {
  const does =
    (action, more = {}) =>
    () =>
      push(now.account.id, 'seat', { person: now.person.id, action, servicer: chosen.id, ...more });
  const button = (action, words, className = '') =>
    el('button', { class: `button small ${className}`, 'data-test': `seat-${action}`, onclick: does(action) }, words);
  const mine = now.person.state === 3 && now.person.servicer === chosen.id;
  return el(
    'div',
    { class: 'seat-actions' },
    now.person.state === 3 && !mine
      ? button('transfer', t('seat.transfer', { name: chosen.name || chosen.id }), 'primary')
      : button('take', t('seat.take'), mine ? '' : 'primary'),
    button('end', t('seat.end')),
    el(
      'button',
      { class: 'button small', 'data-test': 'seat-recall', onclick: () => recall(now, chosen) },
      t('seat.recall'),
    ),
    button('block', t('seat.block')),
    button('unblock', t('seat.unblock')),
    chosen.receiving ? button('stop', t('seat.stop')) : button('start', t('seat.start')),
  );
}

function recall(now, chosen) {
  const last = conversation(now.account.id, now.person.id).findLast((e) => e.detail.servicer && e.message);
  return push(now.account.id, 'seat', {
    person: now.person.id,
    action: 'recall',
    servicer: chosen.id,
    message: last?.message ?? '',
  });
}

function speech(now, chosen, choice) {
  const input = el('input', {
    class: 'input',
    name: 'text',
    value: choice.text,
    placeholder: t('seat.say', { name: chosen.name || chosen.id }),
    'aria-label': t('seat.say', { name: chosen.name || chosen.id }),
    autocomplete: 'off',
    'data-test': 'seat-text',
    oninput: () => {
      choice.text = input.value;
    },
  });
  return el(
    'form',
    {
      class: 'seat-say',
      onsubmit: async (event) => {
        event.preventDefault();
        if (!input.value.trim()) return;
        const said = await push(now.account.id, 'seat', {
          person: now.person.id,
          action: 'say',
          servicer: chosen.id,
          text: input.value,
        });
        if (said) input.value = choice.text = '';
      },
    },
    input,
    el('button', { class: 'button', 'data-test': 'seat-say' }, t('composer.send')),
  );
}
