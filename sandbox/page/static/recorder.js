// Records a voice message, shows how loud it is and for how long, and sends it as a WAV.
import { el, fill, say } from './dom.js';
import { icon } from './icons.js';
import { iconButton } from './icon-button.js';
import { t } from './i18n.js';
import { toast } from './toast.js';
import { pickFile, sendFile } from './attach.js';
import { tickWith } from './clock.js';
import { listen, rate } from './microphone.js';
import { wav } from './wav.js';

const longest = 60; // Seconds, as in WeChat.
const shortest = 0.3;
const press = 600; // Who holds the button for more ms than that ends the recording by letting it go.

let recording = null; // { stop, began } while the microphone is on; there is one at most.

/** Ends a recording that nobody wants any more, such as one of a conversation that was left. */
export function abandonRecording() {
  recording?.stop();
  recording = null;
}

/** The bar at the place of the composer. A click starts and stops; so does holding the button down and letting it go. */
export function recorderBar(now, back) {
  abandonRecording();
  let pressed = 0;
  let starting = false;
  const loudness = el('span', { class: 'level-bar' });
  const level = el('span', { class: 'level', 'aria-hidden': 'true' }, loudness);
  const time = el('span', { class: 'numeric' });
  const button = el('button', { class: 'record-button', 'data-test': 'record', onpointerdown, onpointerup, onclick });
  const bar = el(
    'div',
    { class: 'recorder' },
    iconButton('keyboard', t('record.cancel'), back, { class: 'round-button', 'data-test': 'record-cancel' }),
    button,
    iconButton('file', t('do.voice-file'), () => pickFile('voice', 'audio/*,.amr,.silk,.speex'), {
      class: 'round-button',
    }),
  );

  function onpointerdown() {
    pressed = performance.now();
    if (!recording) start();
  }

  function onpointerup() {
    if (performance.now() - pressed > press) finish();
  }

  // The click behind the press that started it does not stop it. One without a pointer comes from the keyboard.
  function onclick(event) {
    if (event.detail === 0 && !recording) start();
    else if ((recording && recording.began < pressed) || event.detail === 0) finish();
  }

  async function start() {
    if (starting) return;
    starting = true;
    const stop = await listen((loud) => (loudness.style.transform = `scaleX(${loud.toFixed(3)})`)).catch(refused);
    starting = false;
    if (!stop) return;
    recording = { stop, began: performance.now() };
    if (bar.isConnected) paint();
    else abandonRecording();
  }

  async function finish() {
    if (!recording) return;
    const { stop } = recording;
    recording = null;
    paint();
    const sound = await stop();
    if (sound.length < rate * shortest) return toast(t('record.short'), 'bad');
    await sendFile(now, 'voice', wav(sound, rate), 'voice.wav');
    if (bar.isConnected) back();
  }

  function paint() {
    const on = Boolean(recording);
    button.classList.toggle('on', on);
    const words = el('span', { class: 'record-words' }, t(on ? 'record.stop' : 'record.start'));
    fill(button, icon(on ? 'stop' : 'mic'), words, on && level, on && time);
  }

  tickWith(bar, () => {
    if (!recording) return;
    const seconds = (performance.now() - recording.began) / 1000;
    say(time, `${seconds.toFixed(1)}″`);
    if (seconds >= longest) finish();
  });
  paint();
  return bar;
}

function refused(error) {
  toast(t(error.name === 'NotAllowedError' ? 'record.refused' : 'record.none'), 'bad');
  return null;
}
