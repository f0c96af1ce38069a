import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';

import { Server, status } from '@grpc/grpc-js';

import { dialHost } from '../src/host.js';
import { HostError, MAX_CONTENT, MAX_KEY, MAX_SEND_KEY, MAX_VALUE, MEDIA_CHUNK } from '../src/index.js';
import { hostService } from '../src/wire.js';
import { bound } from './peer.js';

const token = 'a token';
const to = { channel: 'wx', account: 'gh', conversation: 'c', recipient: 'o' };

/** serveHost serves a Host whose methods are given, and returns the client. Each method sees the token checked. */
async function serveHost(t, methods) {
  const server = new Server({ 'grpc.max_receive_message_length': -1 });
  const checked = Object.fromEntries(Object.entries(methods).map(([name, fn]) => [name, (call, callback) => {
    if (call.metadata.get('authorization')[0] !== `Bearer ${token}`) {
      callback({ code: status.UNAUTHENTICATED, details: 'no plugin has this token' });
      return;
    }
    fn(call, callback);
  }]));
  server.addService(hostService, checked);
  const address = await bound(t, server);
  const host = dialHost({ address, token });
  t.after(() => host.close());
  return { host, address };
}

const answer = (value) => (call, callback) => callback(null, typeof value === 'function' ? value(call.request) : value);
const failing = (code) => (call, callback) => callback({ code, details: 'the reason' });
const refused = (code) => (err) => err instanceof HostError && err.code === code && !JSON.stringify(err).includes(token);

test('a message that answers none is sent', async (t) => {
  let got;
  const { host } = await serveHost(t, { send: answer((request) => {
    got = request;
    return { outcome: { key: request.key, state: 'STATE_QUEUED', reason: 'the window is closed' } };
  }) });
  const outcome = await host.send({ to, content: '早上好', key: 'k1' });
  assert.deepEqual(outcome, { key: 'k1', state: 'queued', reason: 'the window is closed' });
  assert.deepEqual([got.to, got.content.text.text], [to, '早上好']);
});

test('a conversation is handed off', async (t) => {
  const { host } = await serveHost(t, {
    handoff: answer((request) => ({ outcome: { key: request.key, state: 'STATE_SENT', reason: request.reason } })),
  });
  assert.deepEqual(await host.handoff({ conversation: to, reason: 'angry', key: 'k' }), { key: 'k', state: 'sent', reason: 'angry' });
});

test('what could never be sent does not leave', async (t) => {
  const { host } = await serveHost(t, {});
  const long = 'x'.repeat(MAX_SEND_KEY + 1);
  for (const [attempt, want] of [
    [() => host.send({ to, content: 'x', key: '' }), refused('INVALID')],
    [() => host.send({ to, content: 'x', key: long }), refused('INVALID')],
    [() => host.send({ to, content: 'x', key: '\ud800' }), refused('INVALID')],
    [() => host.send({ to, content: 'x'.repeat(MAX_CONTENT), key: 'k' }), refused('INVALID')],
    [() => host.send({ content: 'x', key: 'k' }), /send: to must be an address/],
    [() => host.send({ to, key: 'k' }), /no content/],
    [() => host.handoff({ conversation: to, key: long }), refused('INVALID')],
    [() => host.get('x'.repeat(MAX_KEY + 1)), refused('INVALID')],
    [() => host.put('k', Buffer.alloc(MAX_VALUE + 1)), refused('INVALID')],
    [() => host.put('k', { a: 1 }), /put: the value must be text or bytes, not object/],
    [() => host.delete(5), refused('INVALID')],
    [() => host.openMedia({ channel: 'wx', media: 'id', want: 'mp3' }), /want must be 'wav16k'/],
  ]) {
    await assert.rejects(attempt(), want);
  }
});

test('values are read, written, removed and listed', async (t) => {
  const stored = new Map();
  const { host } = await serveHost(t, {
    getValue: (call, callback) => (stored.has(call.request.key) ? callback(null, stored.get(call.request.key)) : failing(status.NOT_FOUND)(call, callback)),
    putValue: answer(({ key, value, ...rest }) => {
      stored.set(key, { value, revision: '18446744073709551615' });
      return { revision: rest._revision ? rest.revision : '18446744073709551615' };
    }),
    deleteValue: answer(({ key }) => (stored.delete(key), {})),
    listKeys: answer(({ prefix }) => ({ keys: [...stored.keys()].filter((key) => key.startsWith(prefix)) })),
  });
  assert.equal(await host.get('a'), undefined);
  assert.equal(await host.put('a', '值'), 18446744073709551615n);
  assert.equal(await host.put('b', Buffer.from([0, 255]), { revision: 0n }), 0n, 'a revision of 0 is not none');
  assert.equal(await host.put('b', new Uint8Array([0, 255]), { revision: 18446744073709551614n }), 18446744073709551614n);
  assert.deepEqual(await host.get('a'), { value: Buffer.from('值'), revision: 18446744073709551615n });
  assert.deepEqual((await host.get('b')).value, Buffer.from([0, 255]));
  assert.deepEqual([await host.keys(), await host.keys('b')], [['a', 'b'], ['b']]);
  await host.delete('a');
  assert.deepEqual(await host.keys(), ['b']);
});

test('a window is what the channel knows', async (t) => {
  for (const [window, want] of [[null, undefined], [{ left: 3, untilMs: '0' }, { left: 3, until: undefined }]]) {
    const { host } = await serveHost(t, { getWindow: answer({ window }) });
    assert.deepEqual(await host.window(to), want);
  }
});

test('errors can be told apart', async (t) => {
  const calls = {
    send: ({ host }) => host.send({ to, content: 'x', key: 'k' }), handoff: ({ host }) => host.handoff({ conversation: to, key: 'k' }),
    putValue: ({ host }) => host.put('k', 'v'), openMedia: ({ host }) => host.openMedia({ channel: 'wx', media: 'id' }),
    saveMedia: ({ host }) => host.saveMedia({ channel: 'wx', kind: 'image', body: Buffer.from('x') }), outcomes: ({ host }) => host.outcomes(),
  };
  for (const [method, code, want] of [
    ['send', 'PERMISSION_DENIED', 'NOT_GRANTED'], ['send', 'INVALID_ARGUMENT', 'INVALID'], ['send', 'INTERNAL', 'FAILED'],
    ['handoff', 'FAILED_PRECONDITION', 'NO_PERSON'], ['putValue', 'ABORTED', 'CONFLICT'], ['putValue', 'RESOURCE_EXHAUSTED', 'FULL'],
    ['openMedia', 'NOT_FOUND', 'MEDIA_GONE'], ['openMedia', 'OUT_OF_RANGE', 'MEDIA_TOO_LARGE'], ['openMedia', 'FAILED_PRECONDITION', 'MEDIA_FORM'],
    ['saveMedia', 'OUT_OF_RANGE', 'MEDIA_TOO_LARGE'], ['saveMedia', 'PERMISSION_DENIED', 'NOT_GRANTED'], ['outcomes', 'PERMISSION_DENIED', 'NOT_GRANTED'],
  ]) {
    const fail = ['openMedia', 'outcomes'].includes(method)
      ? (call) => call.emit('error', Object.assign(new Error('x'), { code: status[code], details: 'the reason' })) : failing(status[code]);
    const served = await serveHost(t, { [method]: fail });
    await assert.rejects(calls[method](served), (err) => {
      assert.deepEqual([err.constructor, err.code, err.message], [HostError, want, 'the reason'], `${method} ${code}`);
      return true;
    });
  }
});

test('another token is nobody', async (t) => {
  const { address } = await serveHost(t, { listKeys: answer({ keys: [] }) });
  const stranger = dialHost({ address, token: 'guessed' });
  t.after(() => stranger.close());
  await assert.rejects(stranger.keys(), refused('FAILED'));
});

test('a bot that is not there is DISCONNECTED, one that does not answer TIMEOUT', async (t) => {
  await assert.rejects(dialHost({ address: '', token: '' }).keys(), refused('DISCONNECTED'));
  const nobody = dialHost({ address: 'unix:/nowhere/at/all', token });
  t.after(() => nobody.close());
  await assert.rejects(nobody.keys(), refused('DISCONNECTED'));
  const { host } = await serveHost(t, { listKeys() {} });
  await assert.rejects(host.keys('', { timeoutMs: 20 }), refused('TIMEOUT'));
  host.close();
  await assert.rejects(host.keys(), refused('DISCONNECTED'));
  await assert.rejects(host.outcomes(), refused('DISCONNECTED'));
});

test('a signal ends calls with its reason', async (t) => {
  const { host } = await serveHost(t, { listKeys() {}, openMedia() {}, outcomes() {}, saveMedia() {} });
  const forever = async function* () {
    yield new Uint8Array(1);
    await new Promise(() => {});
  };
  for (const attempt of [
    (options) => host.keys('', options), (options) => host.openMedia({ channel: 'wx', media: 'id' }, options), (options) => host.outcomes(options),
    (options) => host.saveMedia({ channel: 'wx', kind: 'file', body: Buffer.from('x') }, options),
    (options) => host.saveMedia({ channel: 'wx', kind: 'file', body: forever() }, options),
  ]) {
    const controller = new AbortController();
    const reason = new Error('enough');
    const ended = assert.rejects(attempt({ signal: controller.signal }), reason);
    setImmediate(() => controller.abort(reason));
    await ended;
    await assert.rejects(async () => attempt({ signal: controller.signal }), reason, 'one that is aborted already');
  }
});

test('outcomes come until the loop is left', async (t) => {
  let left;
  const cancelled = new Promise((resolve) => {
    left = resolve;
  });
  const { host } = await serveHost(t, { outcomes(call) {
    call.on('cancelled', left);
    call.sendMetadata(call.metadata);
    call.write({ key: 'a', state: 'STATE_SENT' });
    call.write({ key: 'b', state: 'STATE_FAILED', reason: 'blocked' });
  } });
  const got = [];
  for await (const outcome of await host.outcomes()) {
    got.push(outcome);
    if (got.length === 2) {
      break;
    }
  }
  assert.deepEqual(got, [{ key: 'a', state: 'sent', reason: '' }, { key: 'b', state: 'failed', reason: 'blocked' }]);
  await cancelled;
});

test('outcomes end with the signal, and break off with a reason', async (t) => {
  const { host } = await serveHost(t, { outcomes(call) {
    call.sendMetadata(call.metadata);
    call.write({ key: 'a', state: 'STATE_SENT' });
  } });
  const controller = new AbortController();
  for await (const { key } of await host.outcomes({ signal: controller.signal })) {
    assert.equal(key, 'a');
    controller.abort();
  }
  for (const [end, want] of [
    [(call) => call.end(), refused('DISCONNECTED')],
    [(call) => call.emit('error', Object.assign(new Error(), { code: status.RESOURCE_EXHAUSTED })), refused('TOO_SLOW')],
  ]) {
    const slow = await serveHost(t, { outcomes(call) {
      call.sendMetadata(call.metadata);
      setImmediate(() => end(call));
    } });
    await assert.rejects(async () => {
      for await (const outcome of await slow.host.outcomes()) {
        assert.fail(outcome);
      }
    }, want);
  }
});

const bytes = (n) => Buffer.from(Array.from({ length: n }, (_, i) => i * 7));

test('media is opened and read to its end', async (t) => {
  const all = bytes(3 * MEDIA_CHUNK + 5);
  let got;
  const { host } = await serveHost(t, { async openMedia(call) {
    got = call.request;
    call.write({ info: { name: 'v.amr', type: 'audio/amr', size: all.length } });
    call.write({ chunk: Buffer.alloc(0) });
    for (let at = 0; at < all.length; at += MEDIA_CHUNK) {
      call.write({ chunk: all.subarray(at, at + MEDIA_CHUNK) });
    }
    call.end();
  } });
  const { body, ...info } = await host.openMedia({ channel: 'wx', media: { id: 'm' }, want: 'wav16k' });
  assert.deepEqual(info, { name: 'v.amr', type: 'audio/amr', size: all.length });
  assert.deepEqual(Buffer.concat(await body.toArray()), all);
  assert.deepEqual([got.channel, got.media.id, got.want], ['wx', 'm', 'FORM_WAV16K']);
});

test('media that breaks off says why, and may be left', async (t) => {
  let left;
  const cancelled = new Promise((resolve) => {
    left = resolve;
  });
  const { host } = await serveHost(t, { openMedia(call) {
    call.on('cancelled', left);
    call.write({ info: { size: -1 } });
    call.write({ chunk: Buffer.from('x') });
    if (call.request.channel === 'short') {
      setTimeout(() => call.emit('error', Object.assign(new Error(), { code: status.NOT_FOUND, details: 'expired' })), 1);
    }
  } });
  const short = await host.openMedia({ channel: 'short', media: 'm' });
  assert.equal(short.size, -1);
  await assert.rejects(short.body.toArray(), refused('MEDIA_GONE'));
  const long = await host.openMedia({ channel: 'long', media: 'm' });
  long.body.destroy();
  await cancelled;
});

test('media is saved, in chunks', async (t) => {
  const all = bytes(5 * MEDIA_CHUNK + 3);
  const got = [];
  const { host } = await serveHost(t, { saveMedia(call, callback) {
    call.on('data', (part) => got.push(part));
    call.on('end', () => callback(null, { media: { id: 'saved' } }));
  } });
  const upload = { channel: 'wx', kind: 'voice', name: 'v.mp3', type: 'audio/mpeg', size: all.length };
  for (const body of [all, new Uint8Array(all), Readable.from([all.subarray(0, 10), all.subarray(10)]), [all]]) {
    got.length = 0;
    assert.deepEqual(await host.saveMedia({ ...upload, body }), { id: 'saved', url: '', name: '', format: '' });
    const [first, ...chunks] = got;
    assert.deepEqual(first.header, { channel: 'wx', kind: 'voice', info: { name: 'v.mp3', type: 'audio/mpeg', size: String(all.length) } });
    assert.ok(chunks.every(({ chunk }) => chunk.length <= MEDIA_CHUNK));
    assert.deepEqual(Buffer.concat(chunks.map(({ chunk }) => chunk)), all);
  }
});

test('what the bot says before the end counts, and a body that breaks ends the call', async (t) => {
  const { host } = await serveHost(t, { saveMedia(call, callback) {
    call.once('data', () => callback({ code: status.OUT_OF_RANGE, details: 'too large' }));
  } });
  let taken = 0;
  const endless = async function* () {
    for (;;) {
      taken++;
      yield Buffer.alloc(MEDIA_CHUNK);
    }
  };
  await assert.rejects(host.saveMedia({ channel: 'wx', kind: 'file', body: endless() }), refused('MEDIA_TOO_LARGE'));
  assert.ok(taken < 10_000);
  const waiting = await serveHost(t, { saveMedia() {} });
  const broken = async function* () {
    yield Buffer.from('x');
    throw new Error('the disk is gone');
  };
  for (const [body, want] of [[broken(), /the disk is gone/], [['text'], /the body must give bytes, not string/], [undefined, TypeError]]) {
    await assert.rejects(waiting.host.saveMedia({ channel: 'wx', kind: 'file', body }), want);
  }
});
