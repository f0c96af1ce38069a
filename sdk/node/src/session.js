import { stackOf, textOf, TurnOverError } from './errors.js';
import { decodeMessage } from './message.js';
import { Outgoing } from './outgoing.js';
import { Responder } from './responder.js';

/** Timers count in 31 bits; a longer one would go off at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Session is the plugin's side of one Converse stream: it starts turns, cancels them, and ends with the last of them. */
export class Session {
  /** Settles when the stream has ended and the last turn with it. It never rejects. */
  ended;

  #handle;
  #outgoing;
  #turns = new Map();
  #running = new Set();
  #closed = false;
  #finish;

  /** handle(message, responder, {signal, deadline}) handles one message. */
  constructor(call, handle) {
    this.#handle = handle;
    this.#outgoing = new Outgoing(call);
    this.ended = new Promise((resolve) => {
      this.#finish = resolve;
    });
    call.on('data', (frame) => this.#take(frame));
    call.on('end', () => this.drain());
    call.on('cancelled', () => this.#lose());
    call.on('error', () => this.#lose());
    call.on('close', () => this.#lose());
  }

  /**
   * drain takes no more turns and closes the stream when those that run are over. The bot runs a turn that came too late in
   * the plugin's next process.
   */
  async drain() {
    this.#closed = true;
    while (this.#running.size > 0) {
      await Promise.all(this.#running);
    }
    this.#outgoing.end();
    this.#finish();
  }

  /** The bot is gone: nobody waits for what still runs. */
  #lose() {
    this.#closed = true;
    for (const cancel of this.#turns.values()) {
      cancel(new TurnOverError());
    }
    this.#outgoing.break();
    this.drain();
  }

  /** A frame of a kind that this version does not know is none. */
  #take(frame) {
    switch (frame.frame) {
      case 'turn':
        this.#begin(frame.turn);
        break;
      case 'cancel':
        this.#turns.get(frame.cancel.turn)?.(new TurnOverError());
        break;
      case 'ping':
        this.#outgoing.pong(frame.ping.id);
        break;
    }
  }

  #begin(turn) {
    if (this.#closed) {
      return;
    }
    const running = this.#run(turn).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #run(turn) {
    const { signal, cancel, deadline, release } = bounded(turn.timeoutMs);
    const responder = new Responder(turn.id, signal, this.#outgoing);
    this.#turns.set(turn.id, cancel);
    const failed = await this.#try(turn, responder, { signal, deadline });
    release();
    if (this.#turns.get(turn.id) === cancel) {
      this.#turns.delete(turn.id);
    }
    Responder.done(responder, failed);
  }

  /** Returns the text of what went wrong, '' for nothing. Whatever is thrown costs this turn and nothing else. */
  async #try(turn, responder, context) {
    try {
      const message = decodeMessage(turn.message);
      await this.#handle(message, responder, context);
      return '';
    } catch (err) {
      if (!context.signal.aborted) {
        process.stderr.write(`error in the turn of message ${turn.message?.id ?? ''}: ${stackOf(err)}\n`);
      }
      return textOf(err);
    }
  }
}

/** bounded makes the signal of a turn, which the timeout aborts too; 0 is none. */
function bounded(timeoutMs) {
  const controller = new AbortController();
  const cancel = (reason) => controller.abort(reason);
  if (timeoutMs === 0) {
    return { signal: controller.signal, cancel, deadline: undefined, release() {} };
  }
  const late = () => cancel(new DOMException('the bot no longer waits', 'TimeoutError'));
  const timer = setTimeout(late, Math.min(timeoutMs, LONGEST_TIMER));
  return {
    signal: controller.signal, cancel, deadline: new Date(Date.now() + timeoutMs), release: () => clearTimeout(timer),
  };
}
