// Takes the platforms' API hosts down or makes them slow.
import { el } from './dom.js';
import { subscribe } from './bus.js';
import { t } from './i18n.js';
import { call } from './api.js';
import { store } from './store.js';
import { toggleSwitch } from './switch.js';

const speeds = ['0s', '1s', '3s', '6s', '15s'];

export function hostsPanel() {
  const box = el('div', { class: 'setting-list' });
  const rows = new Map();
  const paint = () => {
    for (const [platform, host] of Object.entries(store.state?.faults?.hosts ?? {})) {
      if (!rows.has(platform)) {
        rows.set(platform, hostRow(platform));
        box.append(rows.get(platform).node);
      }
      rows.get(platform).set(host);
    }
  };
  subscribe((topics) => topics.has('state') && paint());
  paint();
  return box;
}

function hostRow(platform) {
  const put = () => call('PUT', `/api/faults/hosts/${platform}`, { down: down.input.checked, slow: slow.value });
  const down = toggleSwitch(t('hosts.down'), put, `host-down-${platform}`);
  const slow = el('select', {
    class: 'input short numeric',
    'aria-label': `${t('hosts.slow')} ${platform}`,
    'data-test': `host-slow-${platform}`,
    onchange: put,
  });
  const set = (host) => {
    down.input.checked = Boolean(host.down);
    const options = speeds.includes(host.slow || '0s') ? speeds : [...speeds, host.slow];
    if (document.activeElement !== slow)
      slow.replaceChildren(
        ...options.map((d) =>
          el('option', { value: d, selected: d === (host.slow || '0s') }, d === '0s' ? t('hosts.fast') : `+${d}`),
        ),
      );
  };
  const node = el(
    'div',
    { class: 'setting' },
    el('span', { class: 'setting-name' }, t(`platform.${platform}`)),
    down.node,
    slow,
  );
  return { node, set };
}
