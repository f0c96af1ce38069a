// Builds the page, and builds it anew when the language changes.
import { el, fill } from './dom.js';
import { subscribe, unsubscribeAll } from './bus.js';
import { connect } from './stream.js';
import { applyLanguage, currentLanguage, setLanguage } from './i18n.js';
import { applyTheme } from './theme.js';
import { recall, view } from './view.js';
import { rail } from './rail.js';
import { chat } from './chat.js';
import { pane } from './pane.js';
import { toasts } from './toast.js';
import { announcer } from './announcer.js';
import { listenForKeys } from './keys.js';

const app = document.getElementById('app');

function build() {
  unsubscribeAll();
  const layout = el('div', { class: 'layout' }, rail(switchLanguage), chat(), pane());
  const paint = () => {
    layout.classList.toggle('rail-open', view.rail);
    layout.classList.toggle('pane-open', view.pane);
  };
  subscribe((topics) => topics.has('view') && paint());
  paint();
  fill(app, layout, toasts, announcer);
}

function switchLanguage() {
  setLanguage(currentLanguage() === 'zh' ? 'en' : 'zh');
  build();
}

applyTheme();
applyLanguage();
recall();
build();
listenForKeys();
connect();
