import { Buffer } from 'node:buffer';

import { credentials, makeGenericClientConstructor, Metadata, status } from '@grpc/grpc-js';

import { encodeContent, encodeText } from './content.js';
import { fromStatus, HostError, invalid } from './host_errors.js';
import { openMedia, saveMedia } from './host_media.js';
import { MAX_CONTENT, MAX_FRAME, MAX_KEY, MAX_SEND_KEY, MAX_VALUE } from './limits.js';
import { decodeWindow, encodeAddress } from './message.js';
import { wellFormed } from './text.js';
import { contentSize, hostService } from './wire.js';

/** How long a call without a stream waits for the bot where its caller sets no timeoutMs. */
const TIMEOUT_MS = 30_000;

const HostClient = makeGenericClientConstructor(hostService, 'Host');

/**
 * dialHost connects to the Host that Configure has named. It does not block: each call does. Plugins get theirs through
 * useHost, or as bot.host.
 */
export function dialHost({ address, token }) {
  return new Host(address, token);
}

/**
 * Host is what the bot does for a plugin beside its turns. What a plugin may use of it says `grants:` of bot.yaml. Methods
 * reject with a HostError. Each takes, last, {signal, timeoutMs}: when the signal is aborted it rejects with the signal's
 * reason; timeoutMs, 30,000 if not given, bounds every call but streams.
 */
export class Host {
  #address;
  #client;
  #token;

  constructor(address, token) {
    this.#address = address;
    this.#token = token;
    if (address) {
      this.#client = new HostClient(address, credentials.createInsecure(), {
        'grpc.max_receive_message_length': MAX_FRAME,
        'grpc.max_send_message_length': MAX_FRAME,
        'grpc.enable_http_proxy': 0, // The bot is on this machine.
      });
    }
  }

  /**
   * Sends a message that answers none: needs the grant send. A second one with the same key sends nothing and says how the
   * first one stands. It resolves when the message is on record, which may be before the platform has it.
   */
  async send({ to, content, key }, options) {
    const request = { to: encodeAddress(to, 'send: to'), content: encodeContent(content), key: checkKey(key, MAX_SEND_KEY) };
    const size = contentSize(request.content);
    if (size > MAX_CONTENT) {
      throw invalid(`send: ${size} bytes of content, more than the ${MAX_CONTENT} that one message may have`);
    }
    return decodeOutcome((await this.#unary('send', request, {}, options)).outcome);
  }

  /** Gives a conversation to a person, outside of a turn: needs the grant handoff. It is send for that. */
  async handoff({ conversation, reason, key }, options) {
    const request = {
      conversation: encodeAddress(conversation, 'handoff: conversation'),
      reason: encodeText(reason, 'handoff: reason'),
      key: checkKey(key, MAX_SEND_KEY),
    };
    const known = { [status.FAILED_PRECONDITION]: 'NO_PERSON' };
    return decodeOutcome((await this.#unary('handoff', request, known, options)).outcome);
  }

  /**
   * Resolves to how each message of send and handoff ends, for `for await`, from that moment until the loop is left or the
   * signal aborted, which ends the loop and is no error. It needs the grant send.
   */
  async outcomes({ signal } = {}) {
    const known = { [status.RESOURCE_EXHAUSTED]: 'TOO_SLOW' };
    const call = this.stream('outcomes', {}, signal);
    try {
      await begun(call);
    } catch (err) {
      throw fromStatus(err, known, signal);
    }
    return outcomesOf(call, known, signal);
  }

  /**
   * Opens media that came in: needs the grant media. Resolves, when the bot has said what it is, to {name, type, size, body}:
   * size is -1 if it is not known, and body a Readable of the bytes, to be read to its end or destroyed.
   */
  openMedia(request, options) {
    return openMedia(this, request, options);
  }

  /**
   * Gives the platform of a channel bytes, to be sent in a content: needs the grant media. body is bytes, or anything that
   * `for await` takes bytes from, and is read to its end. Resolves to the media.
   */
  saveMedia(upload, options) {
    return saveMedia(this, upload, options);
  }

  /** What the platform lets the bot send in a conversation now; undefined if the channel does not know. Needs no grant. */
  async window(conversation, options) {
    const request = { conversation: encodeAddress(conversation, 'window') };
    return decodeWindow((await this.#unary('getWindow', request, {}, options)).window);
  }

  /** One of the plugin's own values as {value, revision}, or undefined: needs the grant kv, as the other three do. */
  async get(key, options) {
    try {
      const { value, revision } = await this.#unary('getValue', { key: checkKey(key, MAX_KEY) }, notFound, options);
      return { value, revision: BigInt(revision) };
    } catch (err) {
      if (err.code === 'NOT_FOUND') {
        return undefined;
      }
      throw err;
    }
  }

  /**
   * Writes a value, text as UTF-8 or bytes, of at most MAX_VALUE bytes, and resolves to its new revision. With
   * {revision} the value must still have that one, 0n if it is not to be there; otherwise it is a CONFLICT.
   */
  async put(key, value, { revision, ...options } = {}) {
    if (typeof value !== 'string' && !(value instanceof Uint8Array)) {
      throw new TypeError(`put: the value must be text or bytes, not ${typeof value}`);
    }
    const request = { key: checkKey(key, MAX_KEY), value: Buffer.from(value) };
    if (request.value.length > MAX_VALUE) {
      throw invalid(`put: ${request.value.length} bytes, more than the ${MAX_VALUE} that a value may have`);
    }
    if (revision !== undefined) {
      request.revision = String(revision);
    }
    const known = { [status.ABORTED]: 'CONFLICT', [status.RESOURCE_EXHAUSTED]: 'FULL' };
    return BigInt((await this.#unary('putValue', request, known, options)).revision);
  }

  /** Removes a value. Removing what is not there is no error. */
  async delete(key, options) {
    await this.#unary('deleteValue', { key: checkKey(key, MAX_KEY) }, {}, options);
  }

  /** The keys that begin with a prefix, in the order of their bytes. */
  async keys(prefix = '', options = undefined) {
    return (await this.#unary('listKeys', { prefix: encodeText(prefix, 'keys: prefix') }, {}, options)).keys;
  }

  /** Ends the connection; calls after that are DISCONNECTED. The SDK does so when a new configuration comes. */
  close() {
    this.#client?.close();
    this.#client = undefined;
  }

  /** A streaming call of gRPC, which ends with the signal. For the SDK's own use. */
  stream(method, request, signal, answer) {
    signal?.throwIfAborted();
    const args = [...(request ? [request] : []), this.#metadata(), ...(answer ? [answer] : [])];
    return cancelledBy(signal, this.#connected()[method](...args));
  }

  #unary(method, request, known, { signal, timeoutMs = TIMEOUT_MS } = {}) {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const deadline = Date.now() + timeoutMs;
      const call = this.#connected()[method](request, this.#metadata(), { deadline }, (err, answer) => {
        signal?.removeEventListener('abort', cancel);
        if (err) {
          reject(fromStatus(err, known, signal));
        } else {
          resolve(answer);
        }
      });
      const cancel = () => call.cancel();
      signal?.addEventListener('abort', cancel, { once: true });
    });
  }

  #connected() {
    if (this.#client === undefined) {
      throw new HostError('DISCONNECTED', this.#address ? 'the connection is closed' : 'this bot serves nothing to plugins');
    }
    return this.#client;
  }

  #metadata() {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${this.#token}`);
    return metadata;
  }
}

const notFound = { [status.NOT_FOUND]: 'NOT_FOUND' };

function checkKey(key, most) {
  const length = typeof key === 'string' ? Buffer.byteLength(key) : 0;
  if (length === 0 || length > most || wellFormed(key) !== key) {
    throw invalid(`a key is a text of 1 to ${most} bytes in UTF-8, not one of ${length}`);
  }
  return key;
}

function decodeOutcome(p) {
  const states = { STATE_QUEUED: 'queued', STATE_SENT: 'sent', STATE_FAILED: 'failed' };
  return { key: p?.key ?? '', state: states[p?.state], reason: p?.reason ?? '' };
}

/** cancelledBy cancels a call when the signal is aborted. */
function cancelledBy(signal, call) {
  const cancel = () => call.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  call.on('status', () => signal?.removeEventListener('abort', cancel));
  return call;
}

/** begun resolves when the bot has taken a streaming call. */
function begun(call) {
  return new Promise((resolve, reject) => {
    call.once('metadata', resolve);
    call.once('error', reject);
  });
}

async function* outcomesOf(call, known, signal) {
  try {
    for await (const outcome of call) {
      yield decodeOutcome(outcome);
    }
  } catch (err) {
    if (!signal?.aborted) {
      throw fromStatus(err, known, signal);
    }
    return;
  } finally {
    call.cancel();
  }
  if (!signal?.aborted) {
    throw new HostError('DISCONNECTED', 'the bot has ended the outcomes');
  }
}
