import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import * as sdk from '../src/index.js';
import { pluginService } from '../src/wire.js';
import { Process } from './process.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (...path) => readFileSync(join(root, ...path), 'utf8');

test('the contract in the package is the one of the repository', () => {
  assert.equal(read('proto', 'bot', 'v1', 'plugin.proto'), read('..', '..', 'proto', 'bot', 'v1', 'plugin.proto'),
    'copy proto/bot/v1/plugin.proto to sdk/node/proto/bot/v1');
});

test('the package has all that it needs, and nothing else', () => {
  const [{ files }] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json'], { cwd: root, encoding: 'utf8' }));
  const packed = files.map(({ path }) => path).sort();
  const sources = readdirSync(join(root, 'src')).map((name) => `src/${name}`);
  assert.deepEqual(packed, [
    'README.md', 'index.d.ts', 'package.json', 'proto/bot/v1/plugin.proto', 'proto/controller.proto', 'proto/health.proto', ...sources,
  ].sort());
});

test('the lock names no registry', () => {
  for (const name of ['package-lock.json', 'package.json']) {
    assert.doesNotMatch(read(name), /"resolved"|registry|npmjs\.|"file:/, name);
  }
});

test('the types compile', () => {
  execFileSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', join(root, 'test', 'types')], { stdio: 'inherit' });
});

test('the types declare what the package exports, and its methods', () => {
  const types = read('index.d.ts');
  const declared = [...types.matchAll(/^export (?:class|function|const) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual([...new Set(declared)].sort(), Object.keys(sdk).sort());
  for (const name of ['Message', 'Responder', 'Bot', 'Problems', 'Host']) {
    const [body] = new RegExp(`^export class ${name}\\b[^]*?^}`, 'm').exec(types);
    const methods = Object.getOwnPropertyNames(sdk[name].prototype).filter((one) => !['constructor', 'close', 'stream'].includes(one));
    for (const method of methods) {
      assert.match(body, new RegExp(`^  (get )?${method}\\(`, 'm'), `${name}.${method}`);
    }
  }
});

/** installed writes a program where it finds the package as it does when npm has installed it. */
function installed(t, text) {
  const folder = mkdtempSync(join(tmpdir(), 'bot-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'node_modules', '@chuanhuabot'), { recursive: true });
  symlinkSync(root, join(folder, 'node_modules', '@chuanhuabot', 'bot-sdk'));
  writeFileSync(join(folder, 'main.mjs'), text);
  return join(folder, 'main.mjs');
}

const snippets = [...read('README.md').matchAll(/^```js\n([^]*?)^```/gm)].map(([, text]) => text);

test('the README begins with the example', () => {
  assert.equal(snippets[0], read('..', '..', 'examples', 'hello-node', 'main.js'));
});

test('each program of the README runs, and says what it should', { timeout: 30_000 }, async (t) => {
  const said = [
    [['世界', [['reply', '你好! 世界'], ['done', '']]]],
    [
      ['/weather', [['append', '上海: '], ['append', '20 °C'], ['done', '']]],
      ['/order', [['reply', '要什么?'], ['save', '{"conversation":"/order","step":"count","data":{}}'], ['done', '']]],
      ['x', [['pass', {}], ['done', '']]],
    ],
    [['x', [['pass', {}], ['done', '']]]],
  ];
  assert.equal(snippets.length, said.length);
  for (const [i, turns] of said.entries()) {
    const plugin = new Process(t, { program: installed(t, snippets[i]) });
    const peer = await plugin.handshake(t);
    if (snippets[i].includes('schema:')) {
      await peer.call(pluginService, 'Configure', { configJson: '{"city":"上海"}' });
    }
    for (const [id, [text, want]] of turns.entries()) {
      assert.deepEqual(await peer.say(id + 1, text), want);
    }
  }
});
