import { decodeContent, encodeText } from './content.js';
import { NoContentError } from './errors.js';

/**
 * Message is one message of a person, or one event, as a channel received it. It is plain data and never changes after
 * it was made.
 */
export class Message {
  constructor(fields) {
    Object.assign(this, fields);
    Object.freeze(this);
  }

  /** The text: that of a text, the transcript of a voice, and '' for everything else. */
  get text() {
    switch (this.content.kind) {
      case 'text':
        return this.content.text;
      case 'voice':
        return this.content.transcript;
      default:
        return '';
    }
  }

  /** Where an answer to the message goes, for the Host. */
  get address() {
    const { channel, account, conversation, sender } = this;
    return { channel, account, conversation, recipient: sender };
  }

  /** A copy of the message that carries another content. */
  withContent(content) {
    return new Message({ ...this, content });
  }
}

/** decodeMessage makes a Message of what came over the wire. It throws NoContentError if that has no known content. */
export function decodeMessage(p) {
  return new Message({
    id: p?.id ?? '',
    channel: p?.channel ?? '',
    account: p?.account ?? '',
    sender: p?.sender ?? '',
    conversation: p?.conversation ?? '',
    time: decodeTime(p?.timeMs),
    content: contentOf(p),
    state: p?.state?.length ? p.state : undefined,
    answerBy: decodeTime(p?.answerByMs),
    window: decodeWindow(p?.window),
  });
}

function contentOf(p) {
  try {
    return decodeContent(p?.content);
  } catch (err) {
    throw err instanceof NoContentError ? new NoContentError(`decode message ${p?.id ?? ''}`) : err;
  }
}

/** decodeWindow returns undefined for a window that is not known. */
export function decodeWindow(p) {
  if (!p) {
    return undefined;
  }
  const window = { left: p.left, until: decodeTime(p.untilMs) };
  return window.left === 0 && window.until === undefined ? undefined : window;
}

/** A Date ends here, in both directions. */
const LAST = 8.64e15;

/** decodeTime makes a Date of milliseconds: undefined for 0, and the nearest Date for what is out of its reach. */
export function decodeTime(ms) {
  const n = Number(ms ?? 0);
  return n === 0 ? undefined : new Date(Math.min(Math.max(n, -LAST), LAST));
}

/** encodeAddress makes an Address ready for the wire. */
export function encodeAddress(address, where) {
  if (typeof address !== 'object' || address === null) {
    throw new TypeError(`${where} must be an address, such as message.address`);
  }
  const out = {};
  for (const name of ['channel', 'account', 'conversation', 'recipient']) {
    out[name] = encodeText(address[name], `${where}.${name}`);
  }
  return out;
}
