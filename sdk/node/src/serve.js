import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ServerCredentials } from '@grpc/grpc-js';

import { stackOf, textOf } from './errors.js';
import { PluginServer } from './server.js';
import { handshake, startedByBot, takeStdout } from './stdout.js';

/** How long turns may go on once the bot has said stop; the bot itself waits about as long as it likes, and then kills. */
const DRAIN_MS = 10_000;

/** How long connections may take to close behind the last turn, and the last lines of the log to be read. */
const GOODBYE_MS = 500;

/** The longest path of a unix socket, in bytes, on every system that has them. */
const LONGEST_PATH = 103;

/**
 * serve runs a plugin until the bot that started it says stop or is gone. It is the last call of the program. plugin is a
 * function handle(message, responder, turn), a Bot, or an object with the method handle and any of describe, configure and
 * useHost. It resolves when the bot may call, and ends the process with exit code 1 and a line of advice if it was not the
 * bot that started it, or if it cannot listen.
 *
 * Standard output belongs to the handshake; whatever the program prints ends up in the bot's log.
 */
export async function serve(plugin) {
  if (!startedByBot()) {
    await fail('This program is a reply plugin and does nothing on its own: the bot starts it.\n' +
      'Name it in bot.yaml, as in `plugins: {mine: {command: [node, this-program.js]}}`, and run `bot run` or `bot chat`.');
  }
  if (process.env.PLUGIN_CLIENT_CERT) {
    await fail('The program that started this plugin wants TLS, which a unix socket does not need and this SDK does not speak: start it from the bot.');
  }
  takeStdout();
  try {
    const server = new PluginServer(plugin, () => end(server));
    liveWithBot(server);
    handshake(`1|1|unix|${await listen(server.grpc)}|grpc|`);
  } catch (err) {
    await fail(`The plugin cannot start: ${stackOf(err)}`);
  }
}

/** fail ends the process with a line of advice. */
async function fail(text) {
  await written(`${text}\n`);
  process.exit(1);
}

/** written waits until everything that was printed is on its way, and text behind it: the end of the process would cut it off. */
function written(text) {
  return within(GOODBYE_MS, new Promise((resolve) => process.stderr.write(text, resolve)));
}

/** liveWithBot ties the process to the bot's: only the bot decides when it ends, and it never outlives the bot. */
function liveWithBot(server) {
  const orphaned = () => process.exit(1);
  process.stdin.on('end', orphaned).on('close', orphaned).on('error', orphaned).resume();
  process.on('SIGINT', () => {}); // Ctrl-C reaches the whole group, and is for the bot.
  process.on('SIGTERM', () => end(server));
  process.on('unhandledRejection', (err) => {
    process.stderr.write(`error in a promise that nobody waits for: ${stackOf(err)}\n`);
  });
}

let ending = false;

async function end(server) {
  if (ending) {
    return;
  }
  ending = true;
  await within(DRAIN_MS, server.drain());
  await within(GOODBYE_MS, new Promise((resolve) => server.grpc.tryShutdown(resolve)));
  await written('');
  process.exit(0);
}

/** within waits for a promise, but not for ever. */
function within(ms, promise) {
  return Promise.race([promise, new Promise((resolve) => setTimeout(resolve, ms))]);
}

/** listen binds a unix socket, in the bot's folder or a private one, and returns its path. The folder goes with the process. */
async function listen(grpc) {
  if (process.platform === 'win32') {
    throw new Error('Node.js has no unix sockets on Windows: run the bot in WSL, or write this plugin in Go');
  }
  const given = process.env.PLUGIN_UNIX_SOCKET_DIR;
  const folder = given || mkdtempSync(join(tmpdir(), 'bot-'));
  const path = join(folder, `plugin-${randomBytes(4).toString('hex')}`);
  process.on('exit', () => remove(given ? path : folder));
  if (Buffer.byteLength(path) > LONGEST_PATH) {
    throw new Error(`the path of the socket is too long for this system: ${path}; set TMPDIR to a shorter folder`);
  }
  await new Promise((resolve, reject) => {
    grpc.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), (err) => (err ? reject(err) : resolve()));
  });
  chmodSync(path, 0o600);
  return path;
}

function remove(path) {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (err) {
    process.stderr.write(`remove ${path}: ${textOf(err)}\n`);
  }
}
