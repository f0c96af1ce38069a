// What the next calls of the bot to the platform's API come back with.
import { el, fill } from './dom.js';
import { subscribe } from './bus.js';
import { t } from './i18n.js';
import { call } from './api.js';
import { current } from './view.js';

const codes = {
  mp: [-1, 40001, 42001, 45009, 45015, 45047, 40164, 48001],
  kf: [-1, 40001, 42001, 95001, 95002, 95007, 95018, 60020, 45033],
};
const paths = {
  mp: [
    '/cgi-bin/message/custom/send',
    '/cgi-bin/message/custom/typing',
    '/cgi-bin/stable_token',
    '/cgi-bin/token',
    '/cgi-bin/media/upload',
    '/cgi-bin/media/get',
  ],
  kf: [
    '/cgi-bin/kf/send_msg',
    '/cgi-bin/kf/send_msg_on_event',
    '/cgi-bin/kf/sync_msg',
    '/cgi-bin/gettoken',
    '/cgi-bin/kf/service_state/trans',
    '/cgi-bin/media/upload',
    '/cgi-bin/media/get',
  ],
};

export function callFaults() {
  const presets = el('div', { class: 'chips' });
  const known = el('datalist', { id: 'paths' });
  const code = el('input', {
    class: 'input numeric',
    type: 'number',
    name: 'code',
    required: true,
    'aria-label': 'errcode',
    'data-test': 'call-code',
    oninput: () => mark(),
  });
  const form = el(
    'form',
    { class: 'fault-form', onsubmit: submit },
    presets,
    el(
      'div',
      { class: 'call-fields' },
      field('errcode', code),
      field(
        t('calls.path'),
        el('input', {
          class: 'input mono',
          name: 'path',
          list: 'paths',
          placeholder: t('calls.any'),
          autocomplete: 'off',
          'data-test': 'call-path',
        }),
        'wide',
      ),
    ),
    known,
    el(
      'div',
      { class: 'fault-foot' },
      field(
        t('field.times'),
        el('input', {
          class: 'input numeric',
          type: 'number',
          min: '1',
          name: 'times',
          value: '1',
          'data-test': 'call-times',
        }),
      ),
      el('button', { class: 'button primary', 'data-test': 'fault-call-set' }, t('faults.set')),
    ),
  );
  const mark = () => {
    for (const chip of presets.children) chip.setAttribute('aria-pressed', String(chip.dataset.code === code.value));
  };
  let platform = '';
  const paint = () => {
    const next = current()?.account.platform ?? 'mp';
    if (next === platform) return;
    platform = next;
    fill(
      presets,
      codes[platform].map((n) =>
        el(
          'button',
          {
            type: 'button',
            class: 'code-chip numeric',
            data: { code: String(n) },
            'data-test': 'call-preset',
            title: t(`code.${n}`),
            onclick: () => {
              code.value = n;
              mark();
            },
          },
          String(n),
          el('span', {}, t(`code.short.${n}`)),
        ),
      ),
    );
    fill(
      known,
      paths[platform].map((path) => el('option', { value: path })),
    );
    mark();
  };
  subscribe((topics) => (topics.has('choice') || topics.has('state')) && paint());
  paint();
  return form;

  async function submit(event) {
    event.preventDefault();
    const values = new FormData(form);
    await call('POST', '/api/faults/calls', {
      platform,
      path: values.get('path').trim(),
      code: Number(values.get('code')),
      times: Number(values.get('times')) || 1,
    });
  }
}

const field = (label, control, className = '') =>
  el('label', { class: `field ${className}` }, el('span', {}, label), control);
