import assert from 'node:assert/strict';
import { test } from 'node:test';

import { encodeContent } from '../src/content.js';
import { decodeMessage } from '../src/message.js';
import { NoContentError } from '../src/index.js';
import { contentSize, pluginService } from '../src/wire.js';
import { Peer, quiet, textMessage } from './peer.js';

const { requestSerialize, requestDeserialize } = pluginService.Converse;

/** random makes the same numbers in every run: a failure can be looked at. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const media = { id: 'm', url: 'u', name: 'n', format: 'f' };
const seeds = [
  { text: { text: '你好', choice: '1' } }, { voice: { media, wideband: media, transcript: 't' } }, { video: { media, thumbnail: media, title: 't' } },
  { menu: { head: 'h', choices: [{ id: '1', text: 'one' }], tail: 't' } }, { event: { type: 'x', fieldsJson: '{"a":1}' } },
  { location: { latitude: 1.5, longitude: NaN, scale: Infinity, label: 'l' } },
].map((content) => requestSerialize({ turn: { id: 7, timeoutMs: 9, message: textMessage('', {
  content, state: Buffer.from('s'), timeMs: '1700000000000', window: { left: 1, untilMs: '-1' },
}) } }));

/** broken changes some bytes, or cuts the frame. */
function broken(frame, next) {
  const copy = Buffer.from(frame.subarray(0, next(4) === 0 ? next(frame.length) : frame.length));
  for (let n = next(4); n > 0 && copy.length > 0; n--) {
    copy[next(copy.length)] = next(256);
  }
  return copy;
}

test('whatever bytes come, they are a message, no content, or no frame', () => {
  const next = random(1);
  const counts = { messages: 0, contents: 0, frames: 0 };
  for (let i = 0; i < 20_000; i++) {
    const bytes = broken(seeds[next(seeds.length)], next);
    let frame;
    try {
      frame = requestDeserialize(bytes);
    } catch {
      counts.frames++; // gRPC ends the stream then.
      continue;
    }
    if (frame.turn?.message) {
      check(frame.turn.message, counts, bytes);
    }
  }
  assert.ok(Object.values(counts).every((n) => n > 500), JSON.stringify(counts));
});

function check(p, counts, bytes) {
  let message;
  try {
    message = decodeMessage(p);
  } catch (err) {
    assert.ok(err instanceof NoContentError, bytes.toString('hex'));
    counts.contents++;
    return;
  }
  counts.messages++;
  assert.equal(typeof message.text, 'string');
  assert.ok(contentSize(encodeContent(message.content)) >= 0, 'what came in can go out');
}

test('bytes that are no frame end the stream, and nothing else', async (t) => {
  const peer = await Peer.connect(t, (message, responder) => responder.reply(message.text));
  quiet(t);
  peer.stream.write(Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]));
  assert.notEqual((await peer.ended).code, 0);
  peer.open();
  peer.frames.length = 0;
  assert.deepEqual(await peer.say(1, 'again'), [['reply', 'again'], ['done', '']]);
});

test('a frame that is too large ends the stream, and nothing else', async (t) => {
  const peer = await Peer.connect(t, (message, responder) => responder.reply(String(message.text.length)));
  assert.deepEqual(await peer.say(1, 'x'.repeat(15 << 20)), [['reply', String(15 << 20)], ['done', '']]);
  peer.turn(2, textMessage('x'.repeat(17 << 20)));
  assert.equal((await peer.ended).code, 8, 'RESOURCE_EXHAUSTED');
  peer.open();
  peer.frames.length = 0;
  assert.deepEqual(await peer.say(3, 'again'), [['reply', '5'], ['done', '']]);
});
