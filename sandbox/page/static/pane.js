// The right pane with its three tabs. On a phone it slides over the chat.
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { iconButton } from './icon-button.js';
import { subscribe } from './bus.js';
import { t } from './i18n.js';
import { show, view } from './view.js';
import { store } from './store.js';
import { activeFaults } from './active-faults.js';
import { inspector } from './inspector.js';
import { faults } from './faults.js';
import { traffic } from './traffic.js';

const tabs = [
  ['wire', 'wire'],
  ['faults', 'alert'],
  ['traffic', 'bars'],
];

export function pane() {
  const panels = { wire: inspector(), faults: faults(), traffic: traffic() };
  const buttons = tabs.map(([name, symbol]) =>
    el(
      'button',
      {
        class: 'tab',
        role: 'tab',
        id: `tab-${name}`,
        'aria-controls': `panel-${name}`,
        'data-test': `tab-${name}`,
        onclick: () => show({ tab: name }),
      },
      icon(symbol),
      el('span', {}, t(`tab.${name}`)),
      name === 'faults' && el('span', { class: 'tab-dot', hidden: true }),
    ),
  );
  const bodies = tabs.map(([name]) =>
    el(
      'div',
      { class: 'tab-panel', role: 'tabpanel', id: `panel-${name}`, 'aria-labelledby': `tab-${name}` },
      panels[name],
    ),
  );
  const paint = () => {
    tabs.forEach(([name], i) => {
      buttons[i].setAttribute('aria-selected', String(view.tab === name));
      buttons[i].tabIndex = view.tab === name ? 0 : -1;
      bodies[i].hidden = view.tab !== name;
    });
    const dot = buttons[1].querySelector('.tab-dot');
    dot.hidden = !activeFaults(store.state?.faults);
  };
  subscribe((topics) => (topics.has('view') || topics.has('state')) && paint());
  paint();
  return el(
    'aside',
    { class: 'pane', 'aria-label': t('pane') },
    el(
      'header',
      { class: 'pane-head' },
      iconButton('back', t('back'), () => show({ pane: false }), {
        class: 'icon-button pane-back',
        'data-test': 'pane-back',
      }),
      el('div', { class: 'tabs', role: 'tablist', onkeydown: (event) => stepTab(event, buttons) }, buttons),
    ),
    fill(el('div', { class: 'pane-body' }), bodies),
  );
}

function stepTab(event, buttons) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step || event.altKey) return;
  const at = tabs.findIndex(([name]) => name === view.tab);
  const next = (at + step + tabs.length) % tabs.length;
  show({ tab: tabs[next][0] });
  buttons[next].focus();
}
