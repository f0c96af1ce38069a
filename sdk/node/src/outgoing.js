import { TurnOverError } from './errors.js';
import { MAX_FRAME } from './limits.js';

/** How many actions, and how many bytes of them, may wait before turns wait too. */
const ROOM = 256;
const ROOM_BYTES = 1 << 20;

/** How many bytes of actions go into one frame: far below MAX_FRAME, and far above what a turn usually says at once. */
const MERGE_LIMIT = 256 << 10;

/** How many bytes may be on their way: a pong waits behind them, and a bot that reads slowly must not think that nobody is there. */
const SENDING_LIMIT = 1 << 20;

/**
 * Outgoing is what turns have said and the stream has not taken yet. Actions of one turn that lie next to each other go
 * out as one frame: a turn that replies and ends costs one frame, not two.
 */
export class Outgoing {
  #call;
  #queue = [];
  #bytes = 0;
  #sending = 0;
  #waiting = new Set();
  #scheduled = false;
  #blocked = false;
  #ending = false;
  #broken = false;

  constructor(call) {
    this.#call = call;
    call.on('drain', () => {
      this.#blocked = false;
      this.#flush();
    });
  }

  /**
   * put queues an action of a turn, which is {id, waits}, waits being its bytes in here. It resolves when there is room for
   * the next one, and rejects with TurnOverError when signal is aborted first. Callers that do not wait for it are stopped by
   * an error once a whole frame's bytes of their turn wait.
   */
  async put(turn, action, size, signal) {
    if (this.#broken) {
      throw new TurnOverError();
    }
    if (turn.waits > MAX_FRAME) {
      throw new Error(`more than ${MAX_FRAME} bytes wait to be sent: await each reply`);
    }
    this.#push({ turn, action, size });
    if (!this.#hasRoom()) {
      await this.#room(signal);
    }
  }

  /** done queues the end of a turn, for which there always is room. */
  done(turn, action) {
    if (!this.#broken) {
      this.#push({ turn, action, size: 0 });
    }
  }

  /** pong goes out before everything that waits. */
  pong(id) {
    if (!this.#broken && !this.#ending) {
      this.#write({ pong: { id } });
    }
  }

  /** end closes the stream behind what is queued. */
  end() {
    this.#ending = true;
    this.#flush();
  }

  /** break drops what is queued: nobody is there any more to read it. */
  break() {
    this.#broken = true;
    this.#queue.length = 0;
    this.#bytes = 0;
    this.#release();
  }

  #push(one) {
    this.#queue.push(one);
    this.#bytes += one.size;
    one.turn.waits += one.size;
    if (!this.#scheduled) {
      this.#scheduled = true;
      // Behind the promises that are settled already: the turn's next actions join this frame.
      setImmediate(() => {
        this.#scheduled = false;
        this.#flush();
      });
    }
  }

  #hasRoom() {
    return this.#queue.length <= ROOM && this.#bytes <= ROOM_BYTES;
  }

  #room(signal) {
    return new Promise((resolve, reject) => {
      const waiter = () => {
        signal.removeEventListener('abort', over);
        resolve();
      };
      const over = () => {
        this.#waiting.delete(waiter);
        reject(new TurnOverError());
      };
      signal.addEventListener('abort', over, { once: true });
      this.#waiting.add(waiter);
    });
  }

  #flush() {
    while (this.#queue.length > 0 && !this.#blocked && this.#sending <= SENDING_LIMIT && !this.#broken) {
      const { frame, size } = this.#merge();
      this.#write(frame, size);
    }
    if (this.#hasRoom()) {
      this.#release();
    }
    if (this.#ending && this.#queue.length === 0 && !this.#broken) {
      this.#broken = true;
      this.#call.end();
    }
  }

  #merge() {
    const first = this.#queue[0];
    let size = 0;
    let n = 0;
    for (const one of this.#queue) {
      if (one.turn !== first.turn || (n > 0 && size + one.size > MERGE_LIMIT)) {
        break;
      }
      size += one.size;
      n++;
    }
    this.#bytes -= size;
    first.turn.waits -= size;
    const actions = this.#queue.splice(0, n).map((one) => one.action);
    return { frame: { actions: { turn: first.turn.id, actions } }, size };
  }

  #write(frame, size = 0) {
    this.#sending += size;
    const sent = () => {
      this.#sending -= size;
      this.#flush();
    };
    if (!this.#call.write(frame, sent)) {
      this.#blocked = true;
    }
  }

  #release() {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const waiter of waiting) {
      waiter();
    }
  }
}
