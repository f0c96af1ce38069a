// The tab in which things are made to go wrong: one section for each of the sandbox's levers.
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { subscribe } from './bus.js';
import { painter } from './lay.js';
import { t } from './i18n.js';
import { call } from './api.js';
import { accountOf, store } from './store.js';
import { activeFaults } from './active-faults.js';
import { clockPanel } from './clock-panel.js';
import { pushFaults } from './push-faults.js';
import { callFaults } from './call-faults.js';
import { hostsPanel } from './hosts-panel.js';
import { accountPanel } from './account-panel.js';
import { rulesPanel } from './rules-panel.js';

export function faults() {
  return el(
    'div',
    { class: 'faults' },
    active(),
    section('clock', 'clock', clockPanel()),
    section('incoming', 'pushes', pushFaults()),
    section('outgoing', 'calls', callFaults()),
    section('ban', 'hosts', hostsPanel()),
    section('scan', 'account', accountPanel()),
    section('check', 'rules', rulesPanel()),
  );
}

function section(symbol, name, body) {
  return el(
    'section',
    { class: 'fault-section', 'aria-label': t(`faults.${name}`) },
    el('header', {}, icon(symbol), el('h3', {}, t(`faults.${name}`))),
    el('p', { class: 'faint section-note' }, t(`faults.${name}.note`)),
    body,
  );
}

// What is set now, and the way to end all of it.
function active() {
  const box = el('section', { class: 'active-faults', 'data-test': 'active-faults', hidden: true });
  const paintList = painter((now) =>
    fill(
      box,
      el(
        'header',
        {},
        el('h3', {}, t('faults.active', { n: activeFaults(now) })),
        el(
          'button',
          { class: 'button small', 'data-test': 'faults-clear', onclick: () => call('DELETE', '/api/faults') },
          t('faults.clear'),
        ),
      ),
      el('ul', {}, [
        ...(now.pushes ?? []).map(pushLine),
        ...(now.calls ?? []).map(callLine),
        ...Object.entries(now.hosts ?? {}).flatMap(hostLines),
      ]),
    ),
  );
  const paint = () => {
    const now = store.state?.faults;
    box.hidden = !activeFaults(now);
    if (!box.hidden) paintList(JSON.stringify(now), now);
  };
  subscribe((topics) => topics.has('state') && paint());
  paint();
  return box;
}

const times = (n) => el('span', { class: 'faint numeric' }, `× ${n}`);

function pushLine({ account, fault, times: n }) {
  const words = Object.entries(fault ?? {})
    .filter(([, value]) => value && value !== '0s')
    .map(([name, value]) => (value === true ? t(`fault.${name}`) : `${t(`fault.${name}`)} ${value}`));
  return el(
    'li',
    {},
    el('span', {}, accountOf(account)?.name ?? account),
    el('strong', {}, words.join(' · ')),
    times(n),
  );
}

function callLine({ platform, path, code, times: n }) {
  return el(
    'li',
    {},
    el('span', {}, t(`platform.${platform}`)),
    el('code', {}, path || t('calls.any')),
    el('strong', { class: 'numeric' }, code),
    times(n),
  );
}

function hostLines([platform, host]) {
  return [host.down && t('hosts.down'), host.slow && host.slow !== '0s' && t('hosts.slow.by', { d: host.slow })]
    .filter(Boolean)
    .map((words) => el('li', {}, el('span', {}, t(`platform.${platform}`)), el('strong', {}, words)));
}
