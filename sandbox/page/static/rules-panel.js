// The switches for what nobody has confirmed about the platforms: whatever the server has, by the type of its value.
import { el, fill } from './dom.js';
import { subscribe } from './bus.js';
import { t, tOr } from './i18n.js';
import { call } from './api.js';
import { isDuration } from './clock.js';
import { store } from './store.js';
import { toggleSwitch } from './switch.js';

export function rulesPanel() {
  const box = el('div', { class: 'rules' });
  let painted = '';
  const paint = () => {
    const rules = store.state?.rules ?? {};
    const key = JSON.stringify(rules);
    if (key === painted || (box.contains(document.activeElement) && document.activeElement.matches('.input'))) return;
    painted = key;
    fill(
      box,
      Object.entries(rules)
        .filter(([, values]) => Object.keys(values ?? {}).length)
        .map(group),
    );
  };
  box.addEventListener('focusout', () => setTimeout(paint));
  subscribe((topics) => topics.has('state') && paint());
  paint();
  return box;
}

function group([platform, values]) {
  return el(
    'div',
    { class: 'setting-list' },
    el('h4', {}, tOr(`platform.${platform}`, platform)),
    Object.entries(values).map(([name, value]) => rule(platform, name, value)),
  );
}

function rule(platform, name, value) {
  const label = tOr(`rule.${name}`, name);
  const put = (next) => call('PATCH', '/api/rules', { [platform]: { [name]: next } });
  if (typeof value === 'boolean') {
    const { node, input } = toggleSwitch(label, () => put(input.checked), `rule-${name}`);
    input.checked = value;
    node.title = name;
    return el('div', { class: 'setting wide' }, node);
  }
  const isNumber = typeof value === 'number';
  const read = () => (isNumber ? Number(control.value) : control.value.trim());
  const control = el('input', {
    class: 'input short numeric',
    type: isNumber ? 'number' : 'text',
    value: String(value),
    'data-test': `rule-${name}`,
    pattern: isDuration(String(value)) ? '-?(\\d+(\\.\\d+)?(h|ms|m|us|µs|ns|s))+' : null,
    title: t('clock.format'),
    onchange: () => control.reportValidity() && put(read()),
  });
  return el('label', { class: 'setting', title: name }, el('span', { class: 'setting-name' }, label), control);
}
