// The panel behind the plus: everything a person can send or do besides text.
import { el } from './dom.js';
import { icon } from './icons.js';
import { t } from './i18n.js';
import { push } from './api.js';
import { ask } from './ask.js';
import { pickFile } from './attach.js';
import { conversation } from './store.js';
import { isEvent } from './kinds.js';
import { toast } from './toast.js';

/** Returns the buttons for the conversation of now. close hides the panel; record begins a recording. */
export function plusPanel(now, close, record) {
  if (!now) return null;
  const common = [
    ['image', 'do.image', () => pickFile('image', 'image/*')],
    ['mic', 'do.record', record, 'record'],
    ['waves', 'do.voice-file', () => pickFile('voice', 'audio/*,.amr,.silk,.speex'), 'voice-file'],
    ['video', 'do.video', () => pickFile('video', 'video/*')],
    now.account.platform === 'kf' && ['file', 'do.file', () => pickFile('file', '')],
    ['pin', 'do.location', () => sendLocation(now)],
    ['link', 'do.link', () => sendLink(now)],
  ];
  const tiles = [...common, ...(now.account.platform === 'mp' ? mpTiles(now) : kfTiles(now))].filter(Boolean);
  return tiles.map(([symbol, words, act, mark]) =>
    el(
      'button',
      {
        class: 'tile',
        'data-test': mark ?? words.replace('.', '-'),
        onclick: () => {
          close();
          act();
        },
      },
      el('span', { class: 'tile-icon' }, icon(symbol)),
      el('span', {}, t(words)),
    ),
  );
}

const send = (now, verb, body = {}) => push(now.account.id, verb, { person: now.person.id, ...body });

function mpTiles(now) {
  return [
    now.person.following
      ? ['userMinus', 'do.unfollow', () => send(now, 'unfollow')]
      : ['userPlus', 'do.follow', () => send(now, 'follow')],
    ['scan', 'do.scan', () => scan(now)],
    ['bolt', 'do.event', () => anyEvent(now)],
  ];
}

function kfTiles(now) {
  return [
    ['door', 'do.enter', () => enter(now)],
    ['undo', 'do.recall', () => recallLast(now)],
    now.person.refuses
      ? ['check', 'do.accept', () => send(now, 'refuse', { refuses: false })]
      : ['ban', 'do.refuse', () => send(now, 'refuse', { refuses: true })],
  ];
}

async function sendLocation(now) {
  const values = await ask(t('do.location'), [
    { name: 'latitude', label: t('field.latitude'), value: '39.908500', type: 'number', step: 'any', required: true },
    {
      name: 'longitude',
      label: t('field.longitude'),
      value: '116.397500',
      type: 'number',
      step: 'any',
      required: true,
    },
    { name: 'label', label: t('field.label'), value: t('sample.place') },
  ]);
  if (values)
    send(now, 'say', {
      type: 'location',
      latitude: Number(values.latitude),
      longitude: Number(values.longitude),
      label: values.label,
    });
}

async function sendLink(now) {
  const values = await ask(t('do.link'), [
    { name: 'title', label: t('field.title'), required: true },
    { name: 'description', label: t('field.description') },
    { name: 'url', label: 'URL', type: 'url', value: 'https://example.com/', required: true },
  ]);
  if (values) send(now, 'say', { type: 'link', ...values });
}

// Somebody who does not follow yet follows by the code; a follower scans it.
async function scan(now) {
  const values = await ask(
    t('do.scan'),
    [{ name: 'scene', label: t('field.scene'), value: '123', required: true }],
    now.person.following ? t('scan.follower') : t('scan.stranger'),
  );
  if (values) send(now, now.person.following ? 'scan' : 'follow', { scene: values.scene });
}

async function anyEvent(now) {
  const values = await ask(
    t('do.event'),
    [
      {
        name: 'event',
        label: t('field.event'),
        value: 'LOCATION',
        required: true,
        options: [
          'LOCATION',
          'VIEW',
          'view_miniprogram',
          'scancode_push',
          'TEMPLATESENDJOBFINISH',
          'kf_create_session',
        ],
      },
      {
        name: 'fields',
        label: t('field.fields'),
        type: 'area',
        value: 'Latitude: 23.137466\nLongitude: 113.352425\nPrecision: 119.385040',
      },
    ],
    t('event.hint'),
  );
  if (values) send(now, 'event', { event: values.event, fields: fieldsOf(values.fields) });
}

// One field a line: its name, a colon, its value.
function fieldsOf(text) {
  const lines = text.split('\n').filter((line) => line.includes(':'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).trim(), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

async function enter(now) {
  const values = await ask(
    t('do.enter'),
    [
      { name: 'scene', label: t('field.scene') },
      { name: 'scene_param', label: t('field.scene_param') },
    ],
    t('enter.hint'),
  );
  if (!values) return;
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value));
  send(now, 'enter', given);
}

function recallLast(now) {
  const last = conversation(now.account.id, now.person.id).findLast(
    (e) => e.kind === 'said' && e.message && !isEvent(e),
  );
  if (last) send(now, 'recall', { message: last.message });
  else toast(t('recall.nothing'), 'bad');
}
