// The page: one button that starts and stops, and what comes of it.
import { bubble, dots, note, showReply } from './bubble.js';
import { microphone } from './microphone.js';
import { newID, talk } from './talk.js';
import { has, t, translate } from './words.js';
import { inWeChat, wechat } from './wechat.js';

const longest = 60; // Seconds, as WeChat has it.
const button = document.getElementById('talk');
const time = document.getElementById('time');
let recorder = null;
let state = 'loading';
let began = 0;
let ticking = 0;

function enter(next, words = '', bad = false) {
  state = next;
  const status = document.getElementById('status');
  status.textContent = words;
  status.classList.toggle('bad', bad);
  button.dataset.state = next === 'starting' ? 'loading' : next;
  button.disabled = next !== 'ready' && next !== 'recording';
  document.getElementById('label').textContent = t(`talk.${next}`);
  clearInterval(ticking);
  time.textContent = '';
  loud(0);
  if (next === 'recording') {
    began = performance.now();
    ticking = setInterval(tick, 200);
    tick();
  }
}

const failed = (error) => enter('ready', words(error), true);

const words = (error) => t(has(`error.${error.what}`) ? `error.${error.what}` : 'error.record');

function tick() {
  const seconds = (performance.now() - began) / 1000;
  time.textContent = `${clock(seconds)} / ${clock(longest)}`;
  button.style.setProperty('--part', Math.min(1, seconds / longest));
  if (seconds >= longest) finish(t('limit'));
}

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

function loud(level) {
  button.style.setProperty('--loud', Math.min(1, level).toFixed(2));
}

async function start() {
  enter('starting');
  try {
    await recorder.start(loud, () => finish(t('limit')));
    enter('recording', t('listening'));
  } catch (error) {
    failed(error);
  }
  button.focus({ preventScroll: true }); // It was disabled for a moment, which takes the focus away.
}

async function finish(hint = '') {
  if (state !== 'recording') return;
  const seconds = Math.min(longest, Math.max(1, Math.round((performance.now() - began) / 1000)));
  enter('sending', hint || t('sending'));
  try {
    const said = await recorder.stop();
    enter('ready', hint);
    send({ id: newID(), ...said }, seconds);
  } catch (error) {
    failed(error);
  }
  button.focus({ preventScroll: true });
}

async function send(said, seconds) {
  const { row, body } = bubble('said', said.text || t('voice', seconds));
  await deliver(said, row, body);
}

async function deliver(said, row, body) {
  note(row, '');
  const wait = bubble('answer', dots()).row;
  try {
    const replies = await talk(
      said,
      (reply) => showReply(reply, wait),
      (words) => (body.textContent = words),
    );
    if (!replies) note(row, t('no.reply'));
  } catch (error) {
    note(row, words(error), true, () => deliver(said, row, body));
  }
  wait.remove();
}

button.onclick = () => (state === 'ready' ? start() : finish());

async function begin() {
  translate();
  enter('loading');
  recorder = (inWeChat() && (await wechat())) || microphone();
  enter('ready');
}

begin();
