import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { Readable } from 'node:stream';

import { decodeMedia, encodeMedia, encodeText } from './content.js';
import { fromStatus, mediaCodes } from './host_errors.js';
import { MEDIA_CHUNK } from './limits.js';

const forms = { '': 'FORM_UNSPECIFIED', wav16k: 'FORM_WAV16K' };

/** openMedia is the Host's. */
export async function openMedia(host, { channel, media, want = '' }, { signal } = {}) {
  if (!Object.hasOwn(forms, want)) {
    throw new TypeError(`openMedia: want must be 'wav16k' or left out, not ${want}`);
  }
  const request = { channel: encodeText(channel, 'openMedia: channel'), media: encodeMedia(media), want: forms[want] };
  const call = host.stream('openMedia', request, signal);
  const parts = call[Symbol.asyncIterator]();
  const first = await next(parts, signal);
  const { name = '', type = '', size = '-1' } = first.value?.info ?? {};
  return { name, type, size: Number(size), body: bodyOf(call, parts, first, signal) };
}

async function next(parts, signal) {
  try {
    return await parts.next();
  } catch (err) {
    throw fromStatus(err, mediaCodes, signal);
  }
}

/** bodyOf makes a Readable of the parts; destroying it ends the call. */
function bodyOf(call, parts, first, signal) {
  const body = new Readable({
    async read() {
      try {
        let part = first ?? (await next(parts, signal));
        first = undefined;
        while (!part.done && !part.value.chunk?.length) {
          part = await next(parts, signal);
        }
        this.push(part.done ? null : part.value.chunk);
      } catch (err) {
        this.destroy(err);
      }
    },
    destroy(err, callback) {
      call.cancel();
      call.on('error', () => {}); // It was cancelled: that is no news.
      callback(err);
    },
  });
  return body;
}

/** saveMedia is the Host's. What the bot says counts also if it says it before the end. */
export async function saveMedia(host, { channel, kind, name, type, size = -1, body }, { signal } = {}) {
  const header = {
    channel: encodeText(channel, 'saveMedia: channel'),
    kind: encodeText(kind, 'saveMedia: kind'),
    info: { name: encodeText(name, 'saveMedia: name'), type: encodeText(type, 'saveMedia: type'), size: String(size) },
  };
  const { call, answer } = begin(host, signal);
  const over = answer.then(() => true, () => true);
  try {
    await write(call, { header }, over);
    await writeBody(call, body, over);
  } catch (err) {
    call.cancel();
    await over;
    throw err;
  }
  call.end();
  return decodeMedia((await answer).media);
}

function begin(host, signal) {
  let settle;
  const answer = new Promise((resolve, reject) => {
    settle = (err, saved) => (err ? reject(fromStatus(err, mediaCodes, signal)) : resolve(saved));
  });
  const call = host.stream('saveMedia', undefined, signal, settle);
  call.on('error', () => {}); // The answer says it.
  return { call, answer };
}

/** writeBody writes chunks until the body ends or the bot has answered, even while the body gives nothing. */
async function writeBody(call, body, over) {
  const pieces = piecesOf(body);
  const stopped = over.then(() => ({ done: true }));
  for (;;) {
    const { done, value } = await Promise.race([pieces.next(), stopped]);
    if (done) {
      pieces.return?.()?.catch?.(() => {}); // Without waiting: it may be the body that hangs.
      return;
    }
    if (!(value instanceof Uint8Array)) {
      throw new TypeError(`saveMedia: the body must give bytes, not ${typeof value}`);
    }
    for (let at = 0; at < value.length; at += MEDIA_CHUNK) {
      if (await write(call, { chunk: Buffer.from(value.subarray(at, at + MEDIA_CHUNK)) }, over)) {
        break;
      }
    }
  }
}

function piecesOf(body) {
  const iterable = body instanceof Uint8Array ? [body] : body;
  const iterate = iterable?.[Symbol.asyncIterator] ?? iterable?.[Symbol.iterator];
  if (typeof iterate !== 'function') {
    throw new TypeError('saveMedia: the body must be bytes, or something that for await takes bytes from');
  }
  return iterate.call(iterable);
}

/** write waits until there is room for more. It returns true if the bot has answered: nothing more is wanted then. */
async function write(call, part, over) {
  if (call.write(part)) {
    return Promise.race([over, Promise.resolve(false)]);
  }
  return Promise.race([over, once(call, 'drain').then(() => false)]);
}
