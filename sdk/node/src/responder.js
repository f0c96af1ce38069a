import { Buffer } from 'node:buffer';

import { encodeContent, encodeText } from './content.js';
import { TurnOverError } from './errors.js';
import { MAX_CONTENT, MAX_ERROR_TEXT, MAX_STATE } from './limits.js';
import { actionSize } from './wire.js';

/**
 * Responder is what a handler answers with while it handles a message. Its methods resolve when the bot's side has room
 * for more, and actions go out in the order of the calls. They reject, before anything leaves, with an error that
 * says why for what cannot be sent at all, and with TurnOverError when the turn has ended or was cancelled.
 */
export class Responder {
  #turn;
  #signal;
  #outgoing;
  #over = false;

  constructor(turn, signal, outgoing) {
    this.#turn = { id: turn, waits: 0 };
    this.#signal = signal;
    this.#outgoing = outgoing;
  }

  /** One more message to the person: a text, or a content. */
  async reply(content) {
    return this.#do('reply', { reply: encoded('reply', () => encodeContent(content)) });
  }

  /** More text of the reply that is being written. The next reply, or the end of the turn, ends that reply. */
  async append(text) {
    return this.#do('append', { append: required('append', text) });
  }

  /** Lets the next step of the chain see the message as it is. */
  async pass() {
    return this.#do('pass', { pass: {} });
  }

  /** Lets the next step of the chain see the message with this content instead. */
  async forward(content) {
    return this.#do('forward', { forward: encoded('forward', () => encodeContent(content)) });
  }

  /** Gives the conversation to a person. The reason is for that person. */
  async handoff(reason = '') {
    return this.#do('handoff', { handoff: encodeText(reason, 'handoff') });
  }

  /**
   * Makes this what the plugin gets as message.state in the next turn of this conversation: bytes, or text as UTF-8. At
   * most MAX_STATE bytes; empty forgets it. It holds once the turn has ended without an error.
   */
  async save(state) {
    const bytes = bytesOf(state);
    if (bytes.length > MAX_STATE) {
      throw new RangeError(`save: ${bytes.length} bytes of state, more than the ${MAX_STATE} that are kept`);
    }
    return this.#do('save', { save: bytes });
  }

  /**
   * done ends the turn, without an error if failed is ''. It is sent even when the turn was cancelled: the bot may not have
   * been the one that did. The session calls it, no handler.
   */
  static done(responder, failed) {
    const text = Buffer.from(failed).subarray(0, MAX_ERROR_TEXT).toString();
    responder.#over = true;
    responder.#outgoing.done(responder.#turn, { done: { error: text } });
  }

  #do(name, action) {
    const size = actionSize(action);
    if (size > MAX_CONTENT) {
      throw new RangeError(`${name}: ${size} bytes of content, more than the ${MAX_CONTENT} that one message may have`);
    }
    if (this.#over || this.#signal.aborted) {
      throw new TurnOverError();
    }
    return this.#outgoing.put(this.#turn, action, size, this.#signal);
  }
}

function encoded(name, encode) {
  try {
    return encode();
  } catch (err) {
    err.message = `${name}: ${err.message}`;
    throw err;
  }
}

function required(name, text) {
  if (typeof text !== 'string') {
    throw new TypeError(`${name}: the text must be text, not ${typeof text}`);
  }
  return encodeText(text, name);
}

/** bytesOf copies, for the caller may go on writing. */
function bytesOf(state) {
  if (typeof state === 'string' || state instanceof Uint8Array) {
    return Buffer.from(state);
  }
  throw new TypeError(`save: the state must be text or bytes, not ${typeof state}; JSON.stringify makes text of an object`);
}
