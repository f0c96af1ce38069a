/** loadState reads what saveState has saved for this conversation; initial if there is nothing, or nothing that it can read. */
export function loadState(message, initial = undefined) {
  if (message.state === undefined) {
    return initial;
  }
  try {
    return JSON.parse(message.state.toString());
  } catch {
    return initial; // Another version of the plugin wrote it.
  }
}

/** saveState saves a value for the next turn of this conversation, as JSON of at most MAX_STATE bytes; undefined forgets it. */
export function saveState(responder, value) {
  return responder.save(value === undefined ? '' : JSON.stringify(value));
}

/**
 * Conversation asks one thing after the other. Each step is a function (message, responder, turn) that returns the name of
 * the step for the person's next message, or nothing when all is said. turn.data is an object that lasts from step to
 * step, as JSON in the conversation's state; the step named first, the first of the object, begins.
 */
export class Conversation {
  #name;
  #steps;

  constructor(name, steps) {
    if (Object.keys(steps).length === 0) {
      throw new TypeError(`the conversation ${name} has no steps`);
    }
    this.#name = name;
    this.#steps = new Map(Object.entries(steps));
  }

  /** Runs the first step. */
  begin(message, responder, turn) {
    return this.#run(this.#steps.keys().next().value, {}, message, responder, turn);
  }

  /** Tells whether a state is one of this conversation, at a step that there is. */
  has(state) {
    return state?.conversation === this.#name && this.#steps.has(state.step);
  }

  /** Runs the step that a state is at. */
  resume(state, message, responder, turn) {
    return this.#run(state.step, state.data ?? {}, message, responder, turn);
  }

  async #run(step, data, message, responder, turn) {
    const next = await this.#steps.get(step)(message, responder, { ...turn, data });
    if (next !== undefined && !this.#steps.has(next)) {
      throw new Error(`the step ${step} of ${this.#name} returned ${JSON.stringify(next)}, which is no step`);
    }
    await saveState(responder, next === undefined ? undefined : { conversation: this.#name, step: next, data });
  }
}
