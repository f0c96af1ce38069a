import { fileURLToPath } from 'node:url';

import { loadSync } from '@grpc/proto-loader';

// 64-bit numbers are strings here: they do not fit JavaScript's.
const options = { longs: String, enums: String, defaults: true, oneofs: true };

const load = (name) => loadSync(fileURLToPath(new URL(`../proto/${name}`, import.meta.url)), options);

const bot = load('bot/v1/plugin.proto');

/** The service that a plugin serves. */
export const pluginService = bot['bot.v1.Plugin'];

/** The service that the bot serves. */
export const hostService = bot['bot.v1.Host'];

/** go-plugin's own services. */
export const healthService = load('health.proto')['grpc.health.v1.Health'];
export const controllerService = load('controller.proto')['plugin.GRPCController'];

const { serialize: serializeAction } = bot['bot.v1.Action'];
const { serialize: serializeContent } = bot['bot.v1.Content'];

/** The encoded size of an action, exact where it is not obviously small. */
export const actionSize = (action) => size(action, serializeAction);

/** The encoded size of a content, in the same way. */
export const contentSize = (content) => size(content, serializeContent);

/** What is surely below any bound need not be encoded twice. */
const SMALL = 64 << 10;

function size(value, serialize) {
  const most = atMost(value);
  return most <= SMALL ? most : serialize(value).length;
}

/** atMost returns a bound of the encoded size: a UTF-16 unit has at most 3 bytes, a field's head and a number at most 16. */
function atMost(value) {
  if (typeof value === 'string') {
    return 16 + 3 * value.length;
  }
  if (value instanceof Uint8Array) {
    return 16 + value.length;
  }
  if (value === null || typeof value !== 'object') {
    return 16;
  }
  let sum = 16;
  for (const one of Object.values(value)) {
    sum += atMost(one);
  }
  return sum;
}
