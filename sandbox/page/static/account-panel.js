// The console of the open account: verifies its URL, takes its tokens back, changes its mode and kind.
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { subscribe } from './bus.js';
import { t, tOr } from './i18n.js';
import { act, call } from './api.js';
import { toast } from './toast.js';
import { current } from './view.js';

const choices = { mode: ['plain', 'compatible', 'safe'], kind: ['unverified', 'verified', 'test'] };

export function accountPanel() {
  const box = el('div', { class: 'account-panel' });
  let painted = '';
  const paint = () => {
    const account = current()?.account;
    const key = account && JSON.stringify([account.id, account.mode, account.kind, account.url]);
    if (!account || key === painted) return;
    painted = key;
    fill(box, content(account));
  };
  subscribe((topics) => (topics.has('choice') || topics.has('state')) && paint());
  paint();
  return box;
}

function content(account) {
  const verdict = el('div', { class: 'verdict', role: 'status', 'data-test': 'verdict' });
  return [
    el(
      'div',
      { class: 'account-facts' },
      el('strong', {}, account.title || account.name),
      el('code', {}, account.id),
      el('code', { class: 'wrap' }, account.url ?? ''),
    ),
    el(
      'div',
      { class: 'button-row' },
      el(
        'button',
        { class: 'button small', 'data-test': 'verify', onclick: () => verify(account, verdict) },
        icon('check'),
        t('account.verify'),
      ),
      el(
        'button',
        { class: 'button small', 'data-test': 'invalidate', onclick: () => invalidate(account) },
        icon('ban'),
        t('account.invalidate'),
      ),
    ),
    verdict,
    account.platform === 'mp' && el('div', { class: 'fault-numbers' }, pick(account, 'mode'), pick(account, 'kind')),
  ];
}

function pick(account, name) {
  const select = el(
    'select',
    {
      class: 'input',
      name,
      'data-test': `account-${name}`,
      onchange: async () => {
        const done = await call('PATCH', `/api/accounts/${encodeURIComponent(account.id)}`, { [name]: select.value });
        if (!done) select.value = account[name];
      },
    },
    choices[name].map((value) =>
      el('option', { value, selected: value === account[name] }, tOr(`${name}.${value}`, value)),
    ),
  );
  return el('label', { class: 'field' }, el('span', {}, t(`account.${name}`)), select);
}

async function verify(account, verdict) {
  fill(verdict, el('span', { class: 'spinner' }));
  const answer = await act(account.id, 'verify');
  verdict.className = `verdict ${answer?.ok ? 'good' : 'bad'}`;
  fill(
    verdict,
    answer && icon(answer.ok ? 'check' : 'alert'),
    answer && (answer.ok ? t('account.verified') : answer.why),
  );
}

async function invalidate(account) {
  if (await act(account.id, 'invalidate')) toast(t('account.invalidated'));
}
