import assert from 'node:assert/strict';
import { test } from 'node:test';

import { status } from '@grpc/grpc-js';

import { HostError, Problems } from '../src/index.js';
import { PluginServer } from '../src/server.js';
import { controllerService, healthService, pluginService } from '../src/wire.js';
import { Peer, quiet } from './peer.js';

const silent = { open: false };

test('a plugin that is but a function does not describe itself and takes no configuration', async (t) => {
  const peer = await Peer.connect(t, () => {}, silent);
  for (const method of ['Describe', 'Configure']) {
    await assert.rejects(peer.call(pluginService, method), { code: status.UNIMPLEMENTED });
  }
});

test('a plugin says what it is', async (t) => {
  const full = { name: 'full\ud800', version: '1.2.3', configSchema: { type: 'object' }, stateful: true };
  for (const [is, want] of [
    [full, { name: 'full\uFFFD', version: '1.2.3', configSchema: '{"type":"object"}', stateful: true }],
    [{ configSchema: '{}' }, { name: '', version: '', configSchema: '{}', stateful: false }],
    [undefined, { name: '', version: '', configSchema: '', stateful: false }],
  ]) {
    const peer = await Peer.connect(t, { handle() {}, describe: () => is }, silent);
    assert.deepEqual(await peer.call(pluginService, 'Describe'), want);
  }
  const peer = await Peer.connect(t, { handle() {}, describe: () => ({ name: 5 }) }, silent);
  await assert.rejects(peer.call(pluginService, 'Describe'), /describe: name must be text, not number/);
});

test('a configuration has problems, by field', async (t) => {
  const two = () => new Problems().add('backend.url', 'must be a URL').add('model\ud800', 'is missing');
  const clean = [{ field: 'backend.url', message: 'must be a URL' }, { field: 'model\uFFFD', message: 'is missing' }];
  const thrown = (err) => () => {
    throw err;
  };
  const said = quiet(t);
  for (const [configure, want] of [
    [() => {}, []], [() => two(), clean], [thrown(two()), clean], [async () => two().throwIfAny(), clean],
    [() => new Problems().throwIfAny(), []],
    [thrown(new Error('no such model')), [{ field: '', message: 'no such model' }]],
  ]) {
    let got;
    const plugin = { handle() {}, configure(config) {
      got = config;
      return configure();
    } };
    const peer = await Peer.connect(t, plugin, silent);
    assert.deepEqual((await peer.call(pluginService, 'Configure', { configJson: '{"a":1}' })).problems, want);
    assert.deepEqual(got, { a: 1 });
  }
  assert.match(said(), /^error in configure: Error: no such model/);
  assert.equal(two().message, 'backend.url: must be a URL; model\ud800: is missing');
});

test('a plugin that uses the Host and takes no configuration refuses one', async (t) => {
  let host;
  const peer = await Peer.connect(t, { handle() {}, useHost: (given) => (host = given) }, silent);
  for (const [configJson, want] of [['', 0], ['{}', 0], ['{"prefix":"x"}', 1]]) {
    const { problems } = await peer.call(pluginService, 'Configure', { configJson });
    assert.equal(problems.length, want);
  }
  await assert.rejects(host.keys(), (err) => err instanceof HostError && err.code === 'DISCONNECTED');
});

test('the health of the service plugin is good', async (t) => {
  const peer = await Peer.connect(t, () => {}, silent);
  assert.deepEqual(await peer.call(healthService, 'Check', { service: 'plugin' }), { status: 'SERVING' });
  await assert.rejects(peer.call(healthService, 'Check', { service: 'x' }), { code: status.NOT_FOUND });
});

test('Shutdown is answered, and then heard', async (t) => {
  let heard;
  const shutdown = new Promise((resolve) => {
    heard = resolve;
  });
  const peer = await Peer.connect(t, () => {}, { ...silent, shutdown: heard });
  assert.deepEqual(await peer.call(controllerService, 'Shutdown'), {});
  await shutdown;
});

test('a server that is draining takes no more turns, and ends the stream behind those that run', async (t) => {
  let free;
  const peer = await Peer.connect(t, async (message, responder) => {
    if (message.text === 'first') {
      await new Promise((resolve) => {
        free = resolve;
      });
    }
    await responder.reply(message.text);
  });
  await Promise.all([peer.say(1, 'begin')]);
  peer.turn(2, { content: { text: { text: 'first' } } });
  peer.stream.write({ ping: { id: 1 } });
  await peer.until((frames) => frames.some((f) => f.pong));
  const drained = peer.server.drain();
  peer.turn(3, { content: { text: { text: 'too late' } } });
  peer.stream.write({ ping: { id: 2 } });
  await peer.until((frames) => frames.filter((f) => f.pong).length === 2);
  free();
  await drained;
  assert.equal((await peer.ended).code, 0);
  assert.deepEqual(await peer.over(2), [['reply', 'first'], ['done', '']]);
  assert.deepEqual(peer.actions(3), []);
});

test('what is no plugin is refused', () => {
  for (const what of [undefined, {}, 'x', { handle: 5 }]) {
    assert.throws(() => new PluginServer(what, () => {}), /a plugin is a function/);
  }
});
