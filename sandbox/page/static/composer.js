// Where the person writes: the text, the panel behind the plus, the microphone, and the menu of an Official Account.
import { el, fill } from './dom.js';
import { iconButton } from './icon-button.js';
import { subscribe } from './bus.js';
import { t } from './i18n.js';
import { push } from './api.js';
import { current, drafts } from './view.js';
import { plusPanel } from './plus.js';
import { menuBar } from './menu.js';
import { abandonRecording, recorderBar } from './recorder.js';

const modes = { key: '', mode: 'text' }; // mode is text, menu or voice.

export function composer() {
  const area = textArea();
  const plus = iconButton('plus', t('composer.plus'), () => open(panel.hidden), {
    class: 'round-button',
    'data-test': 'plus',
    'aria-expanded': 'false',
  });
  const send = iconButton('send', t('composer.send'), () => submit(area), {
    class: 'send-button',
    'data-test': 'send',
  });
  const panel = el('div', { class: 'plus-panel', hidden: true, role: 'group', 'aria-label': t('composer.plus') });
  const bar = el('div', { class: 'composer-bar' });
  const root = el('div', { class: 'composer', onkeydown: leavePanel }, bar, panel);

  function open(yes) {
    panel.hidden = !yes;
    plus.setAttribute('aria-expanded', String(yes));
    fill(panel, yes && plusPanel(current(), close, record));
  }

  const close = () => open(false);
  const record = () => change('voice');

  function leavePanel(event) {
    if (event.key !== 'Escape' || panel.hidden) return;
    close();
    event.stopPropagation();
    area.focus();
  }

  function change(mode) {
    modes.mode = mode;
    open(false);
    paint();
  }

  function paint() {
    const now = current();
    if (!now) return;
    if (modes.key !== now.key) switchTo(now, area, close);
    if (modes.mode !== 'voice') abandonRecording();
    const hasMenu = now.account.platform === 'mp' && now.account.menu?.length > 0;
    fill(bar, controls(now, hasMenu));
    area.dispatchEvent(new Event('grow'));
  }

  function controls(now, hasMenu) {
    if (modes.mode === 'voice') return recorderBar(now, () => change('text'));
    if (modes.mode === 'menu' && hasMenu) {
      return [modeButton('keyboard', t('composer.keyboard'), () => change('text')), menuBar(now)];
    }
    const menu = hasMenu && modeButton('bars', t('composer.menu'), () => change('menu'));
    return [menu, modeButton('mic', t('composer.voice'), () => change('voice')), area, plus, send];
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

const modeButton = (symbol, words, onclick) =>
  iconButton(symbol, words, onclick, { class: 'round-button', 'data-test': `mode-${symbol}` });

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
    class: 'composer-text',
    rows: '1',
    placeholder: t('composer.placeholder'),
    'aria-label': t('composer.placeholder'),
    'data-test': 'composer',
    enterkeyhint: 'send',
    value: drafts.get(current()?.key) ?? '',
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
