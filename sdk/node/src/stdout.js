import { writeSync } from 'node:fs';

/**
 * The environment variable that a plugin finds when the bot has started it. It is no secret: it only keeps people from
 * starting a plugin by hand and wondering why nothing happens.
 */
export const COOKIE_KEY = 'BOT_PLUGIN';
export const COOKIE_VALUE = 'chuanhuabot';

/** startedByBot tells whether it was the bot that started this process. */
export function startedByBot(env = process.env) {
  return env[COOKIE_KEY] === COOKIE_VALUE;
}

/**
 * takeStdout keeps standard output for the handshake: whatever the program prints from now on goes to standard error,
 * and so into the bot's log. Printing a second time costs nothing.
 */
export function takeStdout() {
  const { stdout, stderr } = process;
  if (stdout === stderr) {
    return;
  }
  stdout.write = stderr.write.bind(stderr); // For those who have it already, console among them.
  Object.defineProperty(process, 'stdout', { configurable: true, enumerable: true, get: () => stderr });
}

/** handshake writes go-plugin's one line on the real standard output. */
export function handshake(line) {
  writeSync(1, line + '\n');
}

// Importing the SDK is the first thing that a plugin does; serve may come much later.
if (startedByBot()) {
  takeStdout();
}
