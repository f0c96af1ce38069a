// A voice message: a bar to tap, as long as it lasts. What the browser cannot play, such as AMR, can be downloaded.
import { el, fill, say } from './dom.js';
import { icon } from './icons.js';
import { t } from './i18n.js';
import { mediaPath } from './api.js';

let playing = null;

export function voice(entry, now) {
  const text =
    entry.text && entry.text !== entry.detail.media
      ? el('div', { class: 'recognition' }, el('span', { class: 'faint' }, t('voice.recognition')), entry.text)
      : null;
  if (!entry.detail.media)
    return el('div', { class: 'voice-box' }, el('div', { class: 'voice' }, icon('waves'), t('type.voice')), text);
  const path = mediaPath(now.account.id, entry.detail.media);
  const audio = el('audio', { src: path, preload: 'metadata' });
  const length = el('span', { class: 'voice-length numeric' }, '…');
  const button = el(
    'button',
    { class: 'voice', 'aria-label': t('voice.play'), onclick: () => toggle(audio) },
    el('span', { class: 'voice-icon' }, icon('waves')),
    length,
  );
  const box = el('div', { class: 'voice-box' }, button, audio, text);
  audio.addEventListener('loadedmetadata', () => measure(audio, button, length));
  audio.addEventListener('error', () => fill(box, unplayable(path), text));
  for (const name of ['play', 'pause', 'ended'])
    audio.addEventListener(name, () => button.classList.toggle('playing', !audio.paused));
  return box;
}

function measure(audio, button, length) {
  const seconds = Number.isFinite(audio.duration) ? Math.max(1, Math.round(audio.duration)) : 0;
  say(length, seconds ? `${seconds}″` : '');
  button.style.inlineSize = `${Math.min(220, 72 + seconds * 6)}px`;
}

function toggle(audio) {
  if (!audio.paused) return audio.pause();
  playing?.pause();
  playing = audio;
  audio.currentTime = 0;
  audio.play().catch(() => {}); // The error event says what there is to say.
}

function unplayable(path) {
  return el(
    'a',
    { class: 'voice unplayable', href: path, download: '' },
    icon('download'),
    el('span', {}, t('voice.unplayable')),
  );
}
