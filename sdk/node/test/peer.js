import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client, credentials, Metadata, ServerCredentials } from '@grpc/grpc-js';

import { PluginServer } from '../src/server.js';
import { pluginService } from '../src/wire.js';

/** bound binds a gRPC server to a socket of its own for the time of a test, and returns its address. */
export async function bound(t, server) {
  const folder = mkdtempSync(join(tmpdir(), 'bot-test-'));
  const address = `unix:${join(folder, 's')}`;
  await new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (err) => (err ? reject(err) : resolve()));
  });
  t.after(() => {
    server.forceShutdown();
    rmSync(folder, { recursive: true });
  });
  return address;
}

/** Peer is the bot's end of the wire for tests. Frames may also be sent as the bytes that they are on the wire. */
export class Peer {
  frames = [];
  #more = () => {};

  static async connect(t, plugin, { open = true, shutdown = () => {} } = {}) {
    const peer = new Peer();
    peer.server = new PluginServer(plugin, shutdown);
    peer.client = new Client(await bound(t, peer.server.grpc), credentials.createInsecure(), {
      'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1,
    });
    t.after(() => peer.client.close());
    if (open) {
      peer.open();
    }
    return peer;
  }

  /** call makes a unary call of a service. */
  call(service, method, request = {}) {
    const { path, requestSerialize, responseDeserialize } = service[method];
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, new Metadata(), (err, answer) => {
        (err ? reject(err) : resolve(answer));
      });
    });
  }

  open() {
    const { path, requestSerialize, responseDeserialize } = pluginService.Converse;
    const serialize = (frame) => (Buffer.isBuffer(frame) ? frame : requestSerialize(frame));
    this.stream = this.client.makeBidiStreamRequest(path, serialize, responseDeserialize, new Metadata());
    this.stream.on('data', (frame) => {
      this.frames.push(frame);
      this.#more();
    });
    this.stream.on('error', () => {});
    this.ended = new Promise((resolve) => this.stream.on('status', resolve));
  }

  turn(id, message, timeoutMs = 0) {
    this.stream.write({ turn: { id, message, timeoutMs } });
  }

  /** until waits for frames that satisfy a condition. */
  async until(condition) {
    while (!condition(this.frames)) {
      await new Promise((resolve) => {
        this.#more = resolve;
      });
    }
  }

  /** actions returns what a turn has done so far. */
  actions(id) {
    return this.frames.filter((f) => f.actions?.turn === String(id)).flatMap((f) => f.actions.actions);
  }

  /** over waits for the end of a turn and returns what it did, each action as [name, value]. */
  async over(id) {
    await this.until(() => this.actions(id).some((a) => a.action === 'done'));
    return this.actions(id).map((a) => [a.action, plain(a[a.action])]);
  }

  /** say runs a turn for a text. */
  say(id, text, timeoutMs) {
    this.turn(id, textMessage(text), timeoutMs);
    return this.over(id);
  }
}

/** textMessage is a message on the wire. */
export function textMessage(text, more = {}) {
  return { id: 'm1', channel: 'wx', account: 'gh_1', sender: 'o1', conversation: 'c1', content: { text: { text } }, ...more };
}

/** plain takes of what came over the wire what a test compares. */
function plain(value) {
  if (value?.kind === 'text') {
    return value.text.text;
  }
  return Buffer.isBuffer(value) ? value.toString() : value?.error ?? value;
}

/** quiet catches what goes to standard error during a test, and returns a function that tells it. */
export function quiet(t) {
  let said = '';
  t.mock.method(process.stderr, 'write', (chunk) => {
    said += chunk;
    return true;
  });
  return () => said;
}
