import { KINDS } from './content.js';
import { Conversation, loadState } from './conversation.js';
import { serve } from './serve.js';

/**
 * Bot is a plugin that finds the function for each message. In this order: the conversation that the person is in, a
 * command that the text begins with, the function of its kind, the one of otherwise. What nobody takes is passed on to the next
 * step of the chain. The functions are called (message, responder, turn), many at once but for one conversation one
 * at a time and in order; turn has the signal, which is aborted when the bot no longer waits, and the deadline.
 */
export class Bot {
  /** The plugin's `config:` of bot.yaml with the schema's defaults; {} before configure. */
  settings = {};

  #about;
  #host;
  #commands = new Map();
  #kinds = new Map();
  #conversations = [];
  #otherwise = (_, responder) => responder.pass();

  /**
   * about is {name, version, schema, stateful, configure}: a JSON Schema of the settings, whether message.state is wanted (a
   * conversation wants it by itself), and a function (settings, {signal}) that throws Problems, called before any message.
   */
  constructor(about = {}) {
    this.#about = about;
  }

  /** What the bot does for the plugin beside its turns. It throws before the bot has handed it over. */
  get host() {
    if (this.#host === undefined) {
      throw new Error('there is no host before configure');
    }
    return this.#host;
  }

  /** Calls fn for texts that are word or begin with word and a space. turn.args is the text behind it. */
  command(word, fn) {
    if (typeof word !== 'string' || !/^\S+$/.test(word)) {
      throw new TypeError(`a command is one word, not ${JSON.stringify(word)}`);
    }
    this.#commands.set(word, fn);
    return this;
  }

  /** Begins a Conversation of these steps at the command word. Its steps get every message of the person that is no event. */
  conversation(word, steps) {
    const conversation = new Conversation(word, steps);
    this.#conversations.push(conversation);
    return this.command(word, (...args) => conversation.begin(...args));
  }

  /** Calls fn for messages of a kind: 'text', 'image', 'voice', 'event' and so on. */
  on(kind, fn) {
    if (!KINDS.includes(kind)) {
      throw new TypeError(`there is no kind ${kind}: one of ${KINDS.join(', ')}`);
    }
    this.#kinds.set(kind, fn);
    return this;
  }

  /** Calls fn for messages that nothing else takes. */
  otherwise(fn) {
    this.#otherwise = fn;
    return this;
  }

  /** Runs the plugin: see the function serve. */
  serve() {
    return serve(this);
  }

  /** What the bot asks first. */
  describe() {
    const { name, version, schema, stateful } = this.#about;
    return { name, version, configSchema: schema, stateful: Boolean(stateful) || this.#conversations.length > 0 };
  }

  /** What the bot calls once, before any message. */
  async configure(config, context) {
    const { schema, configure } = this.#about;
    this.settings = schema ? await checked(schema, config) : config;
    return configure?.call(this, this.settings, context);
  }

  /** What the bot calls once, before configure. */
  useHost(host) {
    this.#host = host;
  }

  /** What the bot calls for each message. */
  async handle(message, responder, turn) {
    const [fn, context] = this.#find(message, turn);
    await fn(message, responder, context);
  }

  #find(message, turn) {
    const { kind } = message.content;
    const state = this.#conversations.length > 0 && kind !== 'event' ? loadState(message) : undefined;
    const under = this.#conversations.find((one) => one.has(state));
    if (under) {
      return [(...args) => under.resume(state, ...args), turn];
    }
    const [, word, args] = /^\s*(\S+)\s*([^]*)$/.exec(message.text) ?? [];
    if (this.#commands.has(word)) {
      return [this.#commands.get(word), { ...turn, args: args.trimEnd() }];
    }
    return [this.#kinds.get(kind) ?? this.#otherwise, turn];
  }
}

/** checked loads the checker only where there is a schema: it costs a good part of the time of a start. */
async function checked(schema, config) {
  const { settingsOf } = await import('./settings.js');
  return settingsOf(schema, config);
}
