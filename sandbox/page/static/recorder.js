// Records a voice message with the microphone, shows how loud it is and for how long, and sends it as a WAV.
import { el, fill, say } from './dom.js';
import { icon } from './icons.js';
import { t } from './i18n.js';
import { toast } from './toast.js';
import { pickFile, sendFile } from './attach.js';
import { tickWith } from './clock.js';
import { wav } from './wav.js';

const longest = 60; // Seconds, as in WeChat.
const rate = 16000;

/** The bar at the place of the composer. A click starts and stops; so does holding the button down and letting it go. */
export function recorderBar(now, back) {
  const session = { take: null, began: 0 };
  const level = el('span', { class: 'level', 'aria-hidden': 'true' }, el('span', { class: 'level-bar' }));
  const time = el('span', { class: 'numeric' }, '');
  const button = el('button', { class: 'record-button', 'data-test': 'record', onpointerdown: () => { session.pressed = performance.now(); if (!session.take) start(); }, onpointerup: release, onclick: clicked });
  const cancel = el('button', { class: 'round-button', 'data-test': 'record-cancel', 'aria-label': t('record.cancel'), title: t('record.cancel'), onclick: () => { drop(); back(); } }, icon('keyboard'));
  const file = el('button', { class: 'round-button', 'aria-label': t('do.voice-file'), title: t('do.voice-file'), onclick: () => pickFile('voice', 'audio/*,.amr,.silk,.speex') }, icon('file'));

  async function start() {
    session.take = 'starting';
    session.take = await takeFrom(level).catch(refused);
    session.began = session.take ? performance.now() : 0;
    paint();
  }

  function refused(error) {
    toast(t(error.name === 'NotAllowedError' ? 'record.refused' : 'record.none'), 'bad');
    return null;
  }

  async function finish() {
    const take = session.take;
    if (!take?.stop) return;
    session.take = null;
    paint();
    const sound = await take.stop();
    if (sound.length < rate * 0.3) return toast(t('record.short'), 'bad');
    await sendFile(now, 'voice', wav(sound, rate), 'voice.wav');
    back();
  }

  // A long press ends when the finger is lifted; a click has only started it.
  function release() {
    if (session.take?.stop && performance.now() - session.pressed > 600) finish();
    else session.justStarted = performance.now() - session.pressed <= 600 && performance.now() - session.began < 700;
  }

  function clicked(event) {
    const byKeyboard = event.detail === 0;
    if (byKeyboard && !session.take) start();
    else if (session.take?.stop && performance.now() - session.began > 700) finish();
  }

  function drop() {
    session.take?.stop?.();
    session.take = null;
  }

  function paint() {
    const on = Boolean(session.take?.stop);
    button.classList.toggle('on', on);
    fill(button, icon(on ? 'stop' : 'mic'), el('span', { class: 'record-words' }, t(on ? 'record.stop' : 'record.start')), on && level, on && time);
  }

  const bar = el('div', { class: 'recorder' }, cancel, button, file);
  tickWith(bar, () => {
    if (!session.take?.stop) return;
    const seconds = (performance.now() - session.began) / 1000;
    say(time, `${seconds.toFixed(1)}″`);
    if (seconds >= longest) finish();
  });
  paint();
  return bar;
}

// Starts the microphone and returns how to stop it.
async function takeFrom(level) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: false } });
  const context = new AudioContext();
  await context.audioWorklet.addModule('microphone-worklet.js');
  const source = context.createMediaStreamSource(stream);
  const tap = new AudioWorkletNode(context, 'microphone');
  const parts = [];
  tap.port.onmessage = ({ data }) => {
    parts.push(data);
    let loud = 0;
    for (const sample of data) loud = Math.max(loud, Math.abs(sample));
    level.firstElementChild.style.transform = `scaleX(${Math.min(1, loud * 1.6).toFixed(3)})`;
  };
  source.connect(tap);
  const stop = async () => {
    for (const track of stream.getTracks()) track.stop();
    const sampled = context.sampleRate;
    await context.close();
    return resampled(parts, sampled);
  };
  return { stop };
}

async function resampled(parts, from) {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (!length) return new Float32Array();
  const offline = new OfflineAudioContext(1, Math.ceil(length * rate / from), rate);
  const buffer = offline.createBuffer(1, length, from);
  let at = 0;
  for (const part of parts) {
    buffer.copyToChannel(part, 0, at);
    at += part.length;
  }
  const source = offline.createBufferSource();
  source.buffer = buffer;
  source.connect(offline.destination);
  source.start();
  return (await offline.startRendering()).getChannelData(0);
}
