// Plays the cases of sdk/testdata/golden, which the SDKs of all languages pass. The README.md there says what the keys mean.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import { pluginService } from '../src/wire.js';
import { handlers } from './golden_handlers.js';
import { Peer, quiet } from './peer.js';

const folder = new URL('../../testdata/golden/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

/** GoldenBot plays the bot's part. */
class GoldenBot {
  #taken = []; // How many words of each turn and ping were expected.

  constructor(peer) {
    this.peer = peer;
  }

  async play(step) {
    const [[kind, what]] = Object.entries(step);
    await this[kind](what);
  }

  async describe(want) {
    assert.deepEqual(await this.peer.call(pluginService, 'Describe'), normal('Describe', want));
  }

  async configure({ request, response: { problems = [] } }) {
    const got = (await this.peer.call(pluginService, 'Configure', request)).problems;
    assert.deepEqual(got.map(({ field }) => field), problems.map(({ field = '' }) => field));
    problems.forEach(({ message }, i) => assert.ok(got[i].message.includes(message), got[i].message));
  }

  send(frame) {
    this.open();
    this.peer.stream.write(frame);
  }

  send_bytes(text) {
    this.open();
    this.peer.stream.write(Buffer.from(text, 'base64'));
  }

  open() {
    if (this.peer.stream === undefined) {
      this.peer.open();
    }
  }

  async expect(frame) {
    for (const want of apart(normal('Converse', frame))) {
      await this.peer.until(() => this.#next(want) !== undefined);
      const got = this.#next(want);
      this.#taken.push(got);
      alike(got, want);
    }
  }

  /** The first word of the same turn, or the same pong, that was not expected yet. */
  #next(want) {
    return this.#untaken().find((one) => one.of === want.of);
  }

  #untaken() {
    return this.peer.frames.flatMap(apart).filter((one) => !this.#taken.some((taken) => taken.word === one.word));
  }

  async end() {
    if (this.peer.stream === undefined) {
      return;
    }
    this.peer.stream.end();
    assert.equal((await this.peer.ended).code, 0);
    assert.deepEqual(this.#untaken(), [], 'nobody expected this');
  }
}

/** normal is an answer as it looks when it has come over the wire. */
function normal(method, value) {
  const { responseSerialize, responseDeserialize } = pluginService[method];
  return responseDeserialize(responseSerialize(value));
}

/** apart makes a word of each action. */
function apart({ actions, pong }) {
  return pong ? [{ of: `ping ${pong.id}`, word: pong }] : actions.actions.map((word) => ({ of: `turn ${actions.turn}`, word }));
}

function alike(got, want) {
  const text = want.word.done?.error;
  if (text) {
    assert.ok(got.word.done?.error.includes(text), JSON.stringify(got));
  } else {
    assert.deepEqual(got, want);
  }
}

test('there are cases', () => assert.ok(files.length >= 15));

for (const name of files) {
  const { about, handler, steps } = JSON.parse(readFileSync(new URL(name, folder)));
  test(`${name}: ${about}`, { timeout: 10_000 }, async (t) => {
    quiet(t);
    const bot = new GoldenBot(await Peer.connect(t, handlers[handler](), { open: false }));
    for (const step of steps) {
      await bot.play(step);
    }
    await bot.end();
  });
}
