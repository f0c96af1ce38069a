// Where the person writes: the text, the panel behind the plus, the microphone, and the menu of an Official Account.
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { subscribe } from './bus.js';
import { t } from './i18n.js';
import { push } from './api.js';
import { current, drafts } from './view.js';
import { plusPanel } from './plus.js';
import { menuBar } from './menu.js';
import { recorderBar } from './recorder.js';

const modes = { key: '', mode: 'text' }; // mode is text, menu or voice.

export function composer() {
  const area = textArea();
  const plus = el('button', { class: 'round-button', 'data-test': 'plus', 'aria-label': t('composer.plus'), title: t('composer.plus'), 'aria-expanded': 'false', onclick: () => open(panel.hidden) }, icon('plus'));
  const send = el('button', { class: 'send-button', 'data-test': 'send', 'aria-label': t('composer.send'), title: t('composer.send'), onclick: () => submit(area) }, icon('send'));
  const panel = el('div', { class: 'plus-panel', hidden: true, role: 'group', 'aria-label': t('composer.plus') });
  const bar = el('div', { class: 'composer-bar' });
  const root = el('div', { class: 'composer', onkeydown: (event) => event.key === 'Escape' && !panel.hidden && (open(false), event.stopPropagation(), area.focus()) }, bar, panel);

  function open(yes) {
    panel.hidden = !yes;
    plus.setAttribute('aria-expanded', String(yes));
    if (yes) fill(panel, plusPanel(current(), () => open(false), () => change('voice')));
  }

  function change(mode) {
    modes.mode = mode;
    open(false);
    paint();
  }

  function paint() {
    const now = current();
    if (!now) return;
    if (modes.key !== now.key) switchTo(now, area, () => open(false));
    const hasMenu = now.account.platform === 'mp' && now.account.menu?.length > 0;
    if (modes.mode === 'menu' && hasMenu) fill(bar, toggle('keyboard', t('composer.keyboard'), () => change('text')), menuBar(now));
    else if (modes.mode === 'voice') fill(bar, recorderBar(now, () => change('text')));
    else fill(bar, hasMenu && toggle('bars', t('composer.menu'), () => change('menu')), toggle('mic', t('composer.voice'), () => change('voice')), area, plus, send);
    area.dispatchEvent(new Event('grow'));
  }

  let painted = '';
  subscribe((topics) => {
    const now = current();
    const key = `${now?.key} ${JSON.stringify(now?.account.menu)}`;
    if ((topics.has('choice') || topics.has('state')) && key !== painted) {
      painted = key;
      paint();
    }
  });
  paint();
  return root;
}

const toggle = (symbol, words, onclick) => el('button', { class: 'round-button', 'data-test': `mode-${symbol}`, 'aria-label': words, title: words, onclick }, icon(symbol));

function switchTo(now, area, close) {
  modes.key = now.key;
  modes.mode = 'text';
  area.value = drafts.get(now.key) ?? '';
  close();
}

function textArea() {
  const grow = () => {
    area.style.blockSize = 'auto';
    area.style.blockSize = `${Math.min(area.scrollHeight + 2, 168)}px`;
  };
  const area = el('textarea', {
    class: 'composer-text', rows: '1', placeholder: t('composer.placeholder'), 'aria-label': t('composer.placeholder'), 'data-test': 'composer', enterkeyhint: 'send', value: drafts.get(current()?.key) ?? '',
    oninput: () => {
      const now = current();
      if (now) drafts.set(now.key, area.value);
      grow();
    },
    ongrow: grow,
    onkeydown: (event) => {
      // While an input method composes, Enter chooses a word; 229 is how Safari says so.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      submit(area);
    },
  });
  return area;
}

async function submit(area) {
  const now = current();
  const text = area.value;
  if (!now || !text.trim()) return;
  const write = (value) => {
    drafts.set(now.key, value);
    if (current()?.key !== now.key) return;
    area.value = value;
    area.dispatchEvent(new Event('grow'));
  };
  write('');
  area.focus();
  const sent = await push(now.account.id, 'say', { person: now.person.id, type: 'text', text });
  if (!sent && !drafts.get(now.key)) write(text); // What was not sent is not lost.
}
