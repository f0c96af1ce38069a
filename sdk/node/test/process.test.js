import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';

import { Metadata } from '@grpc/grpc-js';

import { controllerService, pluginService } from '../src/wire.js';
import { textMessage } from './peer.js';
import { Process } from './process.js';

test('nothing that a plugin prints is in the way', { timeout: 20_000 }, async (t) => {
  const plugin = new Process(t);
  const peer = await plugin.handshake(t);
  assert.deepEqual(await peer.say(1, 'hello'), [['reply', 'hello!'], ['done', '']]);
  await plugin.said('in a turn');
  await plugin.said('{"level":"WARN","msg":"no such city","city":"hello"}\n');
  assert.match(plugin.stderr, /^before the handshake\nin pieces, captured\nx{300000}\nafter the handshake\nin a turn\n/);
  assert.equal(plugin.stdout.split('\n').length, 2, 'standard output is the handshake and nothing else');
});

test('the socket is where the bot wants it, for the bot alone, and goes with the plugin', { timeout: 20_000 }, async (t) => {
  const plugin = new Process(t);
  const peer = await plugin.handshake(t);
  assert.equal(dirname(plugin.path), plugin.folder);
  assert.equal(statSync(plugin.path).mode & 0o777, 0o600);
  await shutdown(peer);
  assert.equal(await plugin.exited, 0);
  assert.deepEqual(readdirSync(plugin.folder), []);
});

test('without a folder of the bot the socket is in a private one', { timeout: 20_000 }, async (t) => {
  const plugin = new Process(t, { env: { PLUGIN_UNIX_SOCKET_DIR: '' } });
  const peer = await plugin.handshake(t);
  const folder = dirname(plugin.path);
  assert.deepEqual([dirname(folder), statSync(folder).mode & 0o777], [plugin.folder, 0o700]);
  await shutdown(peer);
  assert.equal(await plugin.exited, 0);
  assert.ok(!existsSync(folder));
});

function shutdown(peer) {
  const { path, requestSerialize, responseDeserialize } = controllerService.Shutdown;
  return new Promise((resolve, reject) => {
    peer.client.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, new Metadata(), (err) => (err ? reject(err) : resolve()));
  });
}

test('SIGINT is for the bot', { timeout: 20_000 }, async (t) => {
  const plugin = new Process(t);
  const peer = await plugin.handshake(t);
  plugin.child.kill('SIGINT');
  assert.deepEqual(await peer.say(1, 'still'), [['reply', 'still!'], ['done', '']]);
});

for (const [how, end] of [['SIGTERM', (plugin) => plugin.child.kill('SIGTERM')], ['Shutdown', (plugin, peer) => shutdown(peer)]]) {
  test(`${how} ends the plugin behind the turns that run`, { timeout: 20_000 }, async (t) => {
    const plugin = new Process(t);
    const peer = await plugin.handshake(t);
    peer.turn(1, textMessage('slow'));
    await peer.until(() => peer.actions(1).length === 1);
    await end(plugin, peer);
    assert.deepEqual(await peer.over(1), [['append', 'begun'], ['reply', 'slow!'], ['done', '']]);
    assert.equal(await plugin.exited, 0);
    assert.equal((await peer.ended).code, 0, 'the stream ends in good order');
  });
}

test('a turn that never ends does not keep a plugin whose bot has closed the stream', { timeout: 20_000 }, async (t) => {
  const plugin = new Process(t);
  const peer = await plugin.handshake(t);
  peer.turn(1, textMessage('for ever'));
  await peer.until(() => peer.actions(1).length === 1);
  peer.stream.cancel();
  plugin.child.stdin.end();
  assert.equal(await plugin.exited, 1);
});

test('a plugin does not outlive its bot', { timeout: 20_000 }, async (t) => {
  const plugin = new Process(t);
  await plugin.handshake(t);
  plugin.child.stdin.destroy();
  assert.equal(await plugin.exited, 1);
  assert.deepEqual(readdirSync(plugin.folder), []);
});

test('a promise that nobody waits for is logged, and costs nothing', { timeout: 20_000 }, async (t) => {
  const plugin = new Process(t);
  const peer = await plugin.handshake(t);
  assert.deepEqual(await peer.say(1, 'rejects'), [['reply', 'rejects!'], ['done', '']]);
  await plugin.said('error in a promise that nobody waits for: Error: nobody waits for me\n    at ');
  assert.deepEqual(await peer.say(2, 'still'), [['reply', 'still!'], ['done', '']]);
});

test('an exception outside of every turn ends the process, and says where it was', { timeout: 20_000 }, async (t) => {
  const plugin = new Process(t);
  const peer = await plugin.handshake(t);
  peer.turn(1, textMessage('throws later'));
  assert.equal(await plugin.exited, 1);
  assert.match(plugin.stderr, /Error: outside of a turn\n +at .*noisy\.js/);
});

test('who starts it by hand is told what to do', { timeout: 20_000 }, async (t) => {
  for (const cookie of [{}, { BOT_PLUGIN: 'other' }]) {
    const plugin = new Process(t, { cookie });
    assert.equal(await plugin.exited, 1);
    assert.match(plugin.stderr, /^This program is a reply plugin and does nothing on its own: the bot starts it\.\nName it in bot\.yaml/);
    assert.match(plugin.stdout, /^before the handshake\n/, 'and nothing is taken from it');
  }
});

test('what keeps it from starting is said', { timeout: 20_000 }, async (t) => {
  for (const [env, want] of [
    [{ PLUGIN_CLIENT_CERT: 'cert' }, /wants TLS, which a unix socket does not need/],
    [{ PLUGIN_UNIX_SOCKET_DIR: '/nowhere' }, /The plugin cannot start: /],
    [{ PLUGIN_UNIX_SOCKET_DIR: `/${'x'.repeat(120)}` }, /too long for this system: \/x+.*; set TMPDIR/],
  ]) {
    const plugin = new Process(t, { env });
    assert.equal(await plugin.exited, 1);
    assert.ok(want.test(plugin.stderr), plugin.stderr.slice(-500));
    assert.equal(plugin.stdout, '');
  }
});

test('the methods of the protocol are the ones that are served', () => {
  assert.deepEqual(Object.keys(pluginService), ['Describe', 'Configure', 'Converse']);
});
