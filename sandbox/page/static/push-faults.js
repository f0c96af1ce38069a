// What goes wrong with the next pushes to the bot of the open account.
import { el } from './dom.js';
import { t } from './i18n.js';
import { call } from './api.js';
import { current } from './view.js';
import { isDuration } from './clock.js';
import { toast } from './toast.js';

const switches = ['truncated', 'wrong_signature', 'old_key', 'wrong_id', 'doctype', 'large'];

export function pushFaults() {
  const form = el(
    'form',
    { class: 'fault-form', onsubmit: submit },
    el(
      'div',
      { class: 'fault-numbers' },
      amount('lost', t('fault.lost'), '0'),
      amount('duplicates', t('fault.duplicates'), '0'),
      el(
        'label',
        { class: 'field' },
        el('span', {}, t('fault.delay')),
        el('input', {
          class: 'input',
          name: 'delay',
          placeholder: '2s',
          autocomplete: 'off',
          'data-test': 'fault-delay',
        }),
      ),
    ),
    el(
      'div',
      { class: 'chips' },
      switches.map((name) =>
        el(
          'label',
          { class: 'toggle-chip' },
          el('input', { type: 'checkbox', name, 'data-test': `fault-${name}` }),
          el('span', {}, t(`fault.${name}`)),
        ),
      ),
    ),
    el(
      'div',
      { class: 'fault-foot' },
      amount('times', t('field.times'), '1'),
      el('button', { class: 'button primary', 'data-test': 'fault-push-set' }, t('faults.set')),
    ),
  );
  return form;
}

const amount = (name, label, value) =>
  el(
    'label',
    { class: 'field' },
    el('span', {}, label),
    el('input', { class: 'input numeric', type: 'number', min: '0', name, value, 'data-test': `fault-${name}` }),
  );

async function submit(event) {
  event.preventDefault();
  const now = current();
  const form = event.currentTarget;
  const values = new FormData(form);
  const fault = faultOf(values);
  if (fault.delay && !isDuration(fault.delay)) return toast(t('clock.format'), 'bad');
  if (!now || !Object.keys(fault).length) return toast(t('faults.choose'), 'bad');
  if (
    await call('POST', '/api/faults/pushes', {
      account: now.account.id,
      times: Number(values.get('times')) || 1,
      fault,
    })
  )
    form.reset();
}

function faultOf(values) {
  const fault = {};
  for (const name of ['lost', 'duplicates']) if (Number(values.get(name)) > 0) fault[name] = Number(values.get(name));
  if (values.get('delay').trim()) fault.delay = values.get('delay').trim();
  for (const name of switches) if (values.has(name)) fault[name] = true;
  return fault;
}
