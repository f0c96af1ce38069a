// What an empty conversation says: how to begin, with things to do at a click.
import { el } from './dom.js';
import { icon } from './icons.js';
import { t } from './i18n.js';
import { push } from './api.js';
import { sendFile } from './attach.js';

export function emptyChat(now) {
  const mp = now.account.platform === 'mp';
  const person = now.person.id;
  const send = (verb, body = {}) => push(now.account.id, verb, { person, ...body });
  const first = mp
    ? suggestion('userPlus', t('do.follow'), () => send('follow'))
    : suggestion('door', t('do.enter'), () => send('enter'));
  return [
    el('div', { class: 'empty-mark' }, icon('wire')),
    el('h2', {}, t('empty.title', { person: now.person.name, account: now.account.title || now.account.name })),
    el('p', {}, t('empty.text')),
    el(
      'div',
      { class: 'suggestions' },
      suggestion('send', t('empty.hello'), () => send('say', { text: t('empty.hello') })),
      first,
      suggestion('image', t('empty.picture'), async () => sendFile(now, 'image', await samplePicture(), 'sample.png')),
    ),
  ];
}

const suggestion = (symbol, words, act) =>
  el('button', { class: 'suggestion', 'data-test': 'suggestion', onclick: act }, icon(symbol), words);

// A picture that is made here, since the page downloads nothing: hills below a sun.
function samplePicture() {
  const canvas = el('canvas', { width: 480, height: 320 });
  const pen = canvas.getContext('2d');
  const shape = (colour, draw) => {
    pen.fillStyle = colour;
    pen.beginPath();
    draw();
    pen.fill();
  };
  shape('#cfe8f5', () => pen.rect(0, 0, 480, 320));
  shape('#ffd97a', () => pen.arc(360, 90, 38, 0, 7));
  shape('#8fc7a2', () => pen.ellipse(120, 340, 280, 150, 0, 0, 7));
  shape('#5fa57c', () => pen.ellipse(400, 360, 260, 130, 0, 0, 7));
  return new Promise((done) => canvas.toBlob(done, 'image/png'));
}
