import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decodeContent, encodeContent, encodeMedia } from '../src/content.js';
import { KINDS, NoContentError } from '../src/index.js';
import { decodeMessage, decodeTime, decodeWindow, encodeAddress } from '../src/message.js';
import { contentSize, pluginService } from '../src/wire.js';

const media = { id: 'm', url: 'https://x.example/m', name: 'm.amr', format: 'amr' };

const contents = [
  { kind: 'text', text: '你好 👋', choice: '1' },
  { kind: 'image', media },
  { kind: 'voice', media, wideband: { ...media, id: 'w' }, transcript: '你好' },
  { kind: 'video', media, thumbnail: media, title: 't', description: 'd' },
  { kind: 'file', media },
  { kind: 'location', latitude: 31.2, longitude: -121.4, scale: 15, label: '上海' },
  { kind: 'link', url: 'https://x.example', title: 't', description: 'd', pictureUrl: 'https://x.example/p' },
  { kind: 'menu', head: 'h', choices: [{ id: '1', text: 'one' }, { id: '2', text: 'two' }], tail: 't' },
  { kind: 'event', type: 'subscribe', key: 'k', fieldsJson: '{"MsgId": 9007199254740993}' },
  { kind: 'raw', type: 'music', fieldsJson: '{}' },
];

/** wired sends a content over the wire and back. */
function wired(content) {
  const { responseSerialize: write, responseDeserialize: read } = pluginService.Converse;
  const frame = read(write({ actions: { turn: 1, actions: [{ reply: encodeContent(content) }] } }));
  return decodeContent(frame.actions.actions[0].reply);
}

test('every kind of content goes over the wire and back', () => {
  assert.deepEqual(contents.map((one) => one.kind), [...KINDS]);
  for (const content of contents) {
    assert.deepEqual(wired(content), content);
  }
});

test('what is left out is empty', () => {
  const none = { id: '', url: '', name: '', format: '' };
  for (const [content, want] of [
    ['hi', { kind: 'text', text: 'hi', choice: '' }],
    [{ kind: 'text' }, { kind: 'text', text: '', choice: '' }],
    [{ kind: 'image', media: 'id' }, { kind: 'image', media: { ...none, id: 'id' } }],
    [{ kind: 'image', media: none }, { kind: 'image', media: none }],
    [{ kind: 'voice' }, { kind: 'voice', media: none, wideband: undefined, transcript: '' }],
    [{ kind: 'location', latitude: 1 }, { kind: 'location', latitude: 1, longitude: 0, scale: 0, label: '' }],
    [{ kind: 'menu' }, { kind: 'menu', head: '', choices: [], tail: '' }],
  ]) {
    assert.deepEqual(wired(content), want);
  }
  assert.equal(encodeMedia(none), null);
});

test('fields are an object or their text, and the text keeps 64 bits', () => {
  const event = wired({ kind: 'event', type: 'x', fields: { a: [1] } });
  assert.equal(event.fieldsJson, '{"a":[1]}');
  assert.deepEqual(event.fields, { a: [1] });
  assert.deepEqual(wired({ kind: 'raw', type: 'x' }).fields, {});
  assert.equal(wired(wired(contents[8])).fieldsJson, '{"MsgId": 9007199254740993}', 'a content may be sent as it came');
  assert.throws(() => wired({ kind: 'raw', fieldsJson: '{' }).fields, SyntaxError);
  assert.throws(() => encodeContent({ kind: 'raw', fields: [] }), /raw.fields must be an object, not a list/);
});

test('what is wrong is named', () => {
  for (const [content, want] of [
    [null, NoContentError], [5, NoContentError], [{}, NoContentError], [{ kind: 'hasOwnProperty' }, NoContentError], [[], NoContentError],
    [{ kind: 'location', latitude: '31' }, /location.latitude must be a number, not string/],
    [{ kind: 'menu', choices: {} }, /menu.choices must be a list, not object/],
    [{ kind: 'image', media: { ID: 'x' } }, /image.media has no field ID/],
    [{ kind: 'text', text: 'x', fields: {} }, /text has no field fields/],
  ]) {
    assert.throws(() => encodeContent(content), want);
  }
  for (const p of [undefined, null, {}, { kind: 'later' }, { kind: 'constructor' }]) {
    assert.throws(() => decodeContent(p), NoContentError);
  }
});

test('the size of a content is never told too small', () => {
  for (const text of ['', 'a', '长'.repeat(100), '👋'.repeat(50_000), 'a'.repeat(1 << 20)]) {
    const content = encodeContent(text);
    assert.ok(contentSize(content) >= Buffer.byteLength(text));
  }
  assert.ok(contentSize(encodeContent('a'.repeat(1 << 19))) < (1 << 19) + 20, 'large ones are measured');
});

test('a message has everything that came, and never changes', () => {
  const p = {
    id: '1', channel: 'wx', account: 'gh', sender: 'o', conversation: 'c', timeMs: '1700000000123', answerByMs: '0',
    content: { kind: 'voice', voice: { media: null, wideband: null, transcript: '查天气' } }, state: Buffer.from('s'),
    window: { left: 4, untilMs: '1700000001000' },
  };
  const message = decodeMessage(p);
  assert.equal(message.text, '查天气');
  assert.deepEqual(message.time, new Date(1700000000123));
  assert.equal(message.answerBy, undefined);
  assert.equal(message.state.toString(), 's');
  assert.deepEqual(message.window, { left: 4, until: new Date(1700000001000) });
  assert.deepEqual(message.address, { channel: 'wx', account: 'gh', conversation: 'c', recipient: 'o' });
  assert.throws(() => {
    message.id = '2';
  }, TypeError);
  const other = message.withContent({ kind: 'image', media });
  assert.deepEqual([other.id, other.text, message.text], ['1', '', '查天气']);
});

test('a message of nothing but a content is one', () => {
  const message = decodeMessage({ content: { kind: 'text', text: { text: 'x', choice: '' } } });
  assert.deepEqual([message.id, message.state, message.time, message.window], ['', undefined, undefined, undefined]);
  assert.throws(() => decodeMessage(undefined), NoContentError);
});

test('times beyond a Date are the last one', () => {
  assert.deepEqual(decodeTime('9223372036854775807'), new Date(8.64e15));
  assert.deepEqual(decodeTime('-9223372036854775808'), new Date(-8.64e15));
  assert.equal(decodeTime('0'), undefined);
  assert.equal(decodeWindow({ left: 0, untilMs: '0' }), undefined);
});

test('an address is one', () => {
  assert.deepEqual(encodeAddress({ channel: 'wx' }, 'to'), { channel: 'wx', account: '', conversation: '', recipient: '' });
  assert.throws(() => encodeAddress(undefined, 'send: to'), /send: to must be an address, such as message.address/);
  assert.throws(() => encodeAddress({ channel: 1 }, 'send: to'), /send: to.channel must be text, not number/);
});
