/// <reference types="node" />
import type { Readable } from 'node:stream';

/** The names of the kinds of content. */
export type Kind = 'text' | 'image' | 'voice' | 'video' | 'file' | 'location' | 'link' | 'menu' | 'event' | 'raw';

/** The kinds of content, in a fixed order. */
export const KINDS: readonly Kind[];

/** Points to bytes that the platform keeps. It never contains them. */
export interface Media {
  /** The platform's media id. */
  id: string;
  /** Where the bytes can be fetched without credentials, if anywhere. */
  url: string;
  /** The file's name, if there is one. */
  name: string;
  /** What the platform says the format is, such as "amr". Look at the bytes before believing it. */
  format: string;
}

/** Plain text. `choice` is, inbound, the id of the menu choice that was tapped to write it. */
export interface Text { kind: 'text'; text: string; choice: string }
/** A picture. */
export interface Image { kind: 'image'; media: Media }
/** Speech; `wideband` is the same at 16 kHz, where the platform has it, `transcript` what was said, where it is known. */
export interface Voice { kind: 'voice'; media: Media; wideband?: Media; transcript: string }
/** A film clip. Title and description are outbound only, for platforms that show them. */
export interface Video { kind: 'video'; media: Media; thumbnail?: Media; title: string; description: string }
/** A file of any format. */
export interface File { kind: 'file'; media: Media }
/** A place, in degrees, north and east positive; `scale` is the map's zoom level, 0 if unknown. */
export interface Location { kind: 'location'; latitude: number; longitude: number; scale: number; label: string }
/** A page on the web. */
export interface Link { kind: 'link'; url: string; title: string; description: string; pictureUrl: string }
/** A question with choices to tap. The id of a choice comes back as Text.choice. */
export interface Menu { kind: 'menu'; head: string; choices: { id: string; text: string }[]; tail: string }
/** Something happened, such as "subscribe". */
export interface Event {
  kind: 'event';
  type: string;
  key: string;
  /** Every field as the platform writes it, as JSON: numbers of 64 bits survive here only. */
  fieldsJson: string;
  /** The same, parsed. It throws where that is no JSON. */
  readonly fields: Record<string, unknown>;
}
/** A message of a type that has no content of its own. */
export interface Raw {
  kind: 'raw';
  type: string;
  /** Every field as the platform writes it, as JSON: numbers of 64 bits survive here only. */
  fieldsJson: string;
  /** The same, parsed. It throws where that is no JSON. */
  readonly fields: Record<string, unknown>;
}

/** What a message carries. */
export type Content = Text | Image | Voice | Video | File | Location | Link | Menu | Event | Raw;

/** Media to be sent: a media id, or what is known of the media. */
export type MediaToSend = string | Partial<Media>;

/** What a plugin says: a text, or a content of which only the kind is required. */
export type ContentToSend =
  | string
  | Content
  | { kind: 'text'; text: string }
  | { kind: 'image' | 'file'; media: MediaToSend }
  | { kind: 'voice'; media: MediaToSend; wideband?: MediaToSend; transcript?: string }
  | { kind: 'video'; media: MediaToSend; thumbnail?: MediaToSend; title?: string; description?: string }
  | { kind: 'location'; latitude: number; longitude: number; scale?: number; label?: string }
  | { kind: 'link'; url: string; title?: string; description?: string; pictureUrl?: string }
  | { kind: 'menu'; head?: string; choices: { id: string; text: string }[]; tail?: string }
  | { kind: 'event'; type: string; key?: string; fields?: object; fieldsJson?: string }
  | { kind: 'raw'; type: string; fields?: object; fieldsJson?: string };

/** Where a message goes, in the words of a message from there. */
export interface Address { channel: string; account?: string; conversation: string; recipient?: string }

/** How many messages the platform takes for a person, and until when: 0 and undefined if it is not known. A hint. */
export interface Window { left: number; until?: Date }

/** One message of a person, or one event, as a channel received it. It never changes. */
export class Message {
  private constructor();
  /** Unique in the channel, and the same when the platform sends the message again. */
  readonly id: string;
  /** The channel's name in bot.yaml. */
  readonly channel: string;
  /** The account that the person wrote to, as the platform names it. */
  readonly account: string;
  /** The person, as the platform names them. */
  readonly sender: string;
  /** What turns are ordered by: one at a time in each. */
  readonly conversation: string;
  /** When the platform says it was sent. */
  readonly time?: Date;
  readonly content: Content;
  /** What this plugin saved for this conversation last; undefined where it saved nothing or is not stateful. */
  readonly state?: Buffer;
  /** A hint: until then an answer is the cheapest for the platform. */
  readonly answerBy?: Date;
  /** What the platform let the bot send to the person when the message came. */
  readonly window?: Window;
  /** The text: that of a text, the transcript of a voice, and '' for everything else. */
  get text(): string;
  /** Where an answer to the message goes, for the Host. */
  get address(): Required<Address>;
  /** A copy of the message that carries another content. */
  withContent(content: Content): Message;
}

/**
 * What a handler answers with. The methods resolve when there is room for more, and reject, before anything leaves, for
 * what cannot be sent at all, and with TurnOverError when the turn has ended or was cancelled. Await them: who
 * does not is stopped by an error once 16 MiB of the turn wait. A turn that neither passes nor forwards ends the chain.
 */
export class Responder {
  private constructor();
  /** One more message to the person. At most MAX_CONTENT bytes. */
  reply(content: ContentToSend): Promise<void>;
  /** More text of the reply that is being written. The next reply, or the end of the turn, ends that reply. */
  append(text: string): Promise<void>;
  /** Lets the next step of the chain see the message as it is. */
  pass(): Promise<void>;
  /** Lets the next step of the chain see the message with this content instead. */
  forward(content: ContentToSend): Promise<void>;
  /** Gives the conversation to a person. The reason is for that person. */
  handoff(reason?: string): Promise<void>;
  /**
   * What the plugin gets as message.state in the next turn of this conversation. At most MAX_STATE bytes; empty forgets it.
   * It holds once the turn has ended without an error.
   */
  save(state: string | Uint8Array): Promise<void>;
}

/** One turn, beside its message. */
export interface Turn {
  /** Is aborted when the bot no longer waits: with a TurnOverError, or a TimeoutError at the deadline. */
  readonly signal: AbortSignal;
  /** When the bot stops waiting; undefined: it waits for ever. */
  readonly deadline?: Date;
}

/**
 * Answers one message. It is called many times at once, but for one conversation one at a time and in order. What it throws
 * costs this one message: the operator reads it, and the person sees the route's apology or nothing.
 */
export type Handle<T extends Turn = Turn> = (message: Message, responder: Responder, turn: T) => unknown;

/** What a plugin says of itself. */
export interface Description {
  /** Its own name and version, for logs and `bot check`. */
  name?: string;
  version?: string;
  /** A JSON Schema of the configuration. */
  configSchema?: object | string;
  /** True: it gets message.state. */
  stateful?: boolean;
}

/** A plugin as serve takes it. */
export interface Plugin {
  handle: Handle;
  /** Says what it is. */
  describe?(): Description | Promise<Description>;
  /** Is called once, before configure. */
  useHost?(host: Host): void;
  /** Is called once, before any message, with the `config:` of bot.yaml, secrets resolved. Throw, or return, Problems. */
  configure?(config: any, context: { signal: AbortSignal }): unknown;
}

/**
 * Runs a plugin until the bot that started it says stop or is gone: the last call of the program. It ends the process with
 * exit code 1 and a line of advice if it was not the bot that started it. Standard output belongs to the handshake: what
 * the program prints ends up in the bot's log.
 */
export function serve(plugin: Handle | Plugin): Promise<void>;

/** What a Bot is made of. */
export interface About<Settings = any> {
  name?: string;
  version?: string;
  /** A JSON Schema of the settings. The configuration is checked against it, and gets its defaults. */
  schema?: object;
  /** True: message.state is wanted. A conversation wants it by itself. */
  stateful?: boolean;
  /** Is called before any message. Throw, or return, Problems. */
  configure?(settings: Settings, context: { signal: AbortSignal }): unknown;
}

/** A turn of a command. */
export interface CommandTurn extends Turn {
  /** The text behind the command. */
  readonly args: string;
}

/** A turn of a conversation. */
export interface StepTurn extends Turn {
  /** Lasts from step to step, as JSON in the conversation's state. */
  readonly data: Record<string, any>;
}

/** A step of a conversation: returns the name of the step for the person's next message, or nothing when all is said. */
export type Step = (message: Message, responder: Responder, turn: StepTurn) =>
  string | undefined | void | Promise<string | undefined | void>;

/**
 * A plugin that finds the function for each message. In this order: the conversation that the person is in, a command that
 * the text begins with, the function of its kind, the one of otherwise. What nobody takes is passed on.
 */
export class Bot<Settings = any> implements Plugin {
  constructor(about?: About<Settings>);
  /** The `config:` of bot.yaml with the schema's defaults; {} before configure. */
  settings: Settings;
  /** What the bot does for the plugin beside its turns. It throws before the bot has handed it over. */
  get host(): Host;
  /** Calls fn for texts that are word, or begin with word and a space. */
  command(word: string, fn: Handle<CommandTurn>): this;
  /** Begins a conversation at the command word, with the first of the steps. */
  conversation(word: string, steps: Record<string, Step>): this;
  /** Calls fn for messages of a kind. */
  on(kind: Kind, fn: Handle): this;
  /** Calls fn for messages that nothing else takes. */
  otherwise(fn: Handle): this;
  /** Runs the plugin: see the function serve. */
  serve(): Promise<void>;
  handle(message: Message, responder: Responder, turn: Turn): Promise<void>;
  describe(): Description;
  configure(config: any, context: { signal: AbortSignal }): Promise<unknown>;
  useHost(host: Host): void;
}

/** What saveState has saved for this conversation; initial if there is nothing, or nothing that can be read. */
export function loadState<T = any>(message: Message, initial: T): T;
export function loadState<T = any>(message: Message): T | undefined;

/** Saves a value for the next turn of this conversation, as JSON of at most MAX_STATE bytes; undefined forgets it. */
export function saveState(responder: Responder, value: unknown): Promise<void>;

/** Every mistake found in a configuration. */
export class Problems extends Error {
  constructor();
  readonly list: { field: string; message: string }[];
  /** field is dotted from the top, '' for the whole; message says what is wrong and what to write instead. */
  add(field: string, message: string): this;
  /** Throws itself unless it is empty. */
  throwIfAny(): void;
  /** The problems in what was thrown: one without a field for anything that is no Problems. */
  static of(thrown: unknown): { field: string; message: string }[];
}

/** What a call of the Host takes: it rejects with the signal's reason; timeoutMs bounds it, 30,000 if not given. */
export interface CallOptions { signal?: AbortSignal; timeoutMs?: number }

/** How a message of send or handoff stands. Sent and failed are final. */
export interface Outcome {
  key: string;
  state?: 'queued' | 'sent' | 'failed';
  /** Why it has failed, or what it waits for. For an operator. */
  reason: string;
}

/** Media that was opened. */
export interface OpenedMedia {
  /** The file's name, without a folder, and the MIME type. May be empty. */
  name: string;
  type: string;
  /** How many bytes; -1 if it is not known. */
  size: number;
  /** The bytes, to be read to their end or destroyed. */
  body: Readable;
}

/** What saveMedia gives to a platform. */
export interface Upload {
  /** The channel that will send it, and what it will be sent as. */
  channel: string;
  kind: 'image' | 'voice' | 'video' | 'file';
  name?: string;
  type?: string;
  /** -1, or nothing, if it is not known. */
  size?: number;
  body: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** What the bot does for a plugin beside its turns, as far as `grants:` of bot.yaml go. Its methods reject with a HostError. */
export class Host {
  private constructor();
  /**
   * Sends a message that answers none: needs the grant send. A second one with the same key, 1 to MAX_SEND_KEY bytes, sends
   * nothing and says how the first one stands. It resolves when the message is on record.
   */
  send(message: { to: Address; content: ContentToSend; key: string }, options?: CallOptions): Promise<Outcome>;
  /** Gives a conversation to a person: needs the grant handoff. NO_PERSON: the channel has nobody. */
  handoff(request: { conversation: Address; reason?: string; key: string }, options?: CallOptions): Promise<Outcome>;
  /**
   * How each message of send and handoff ends, from the moment it resolves until the loop is left or the signal aborted. Needs
   * the grant send. TOO_SLOW: outcomes are lost; send with the same key tells them.
   */
  outcomes(options?: { signal?: AbortSignal }): Promise<AsyncGenerator<Outcome, void, void>>;
  /** Opens media that came in: needs the grant media. wav16k is sound as WAV, 16 kHz, one channel, 16 bits. */
  openMedia(request: { channel: string; media: MediaToSend; want?: 'wav16k' }, options?: { signal?: AbortSignal }): Promise<OpenedMedia>;
  /** Gives the platform of a channel bytes, to be sent in a content: needs the grant media. */
  saveMedia(upload: Upload, options?: { signal?: AbortSignal }): Promise<Media>;
  /** What the platform lets the bot send in a conversation now; undefined if the channel does not know. */
  window(conversation: Address, options?: CallOptions): Promise<Window | undefined>;
  /** One of the plugin's own values, or undefined: needs the grant kv, as the other three do. */
  get(key: string, options?: CallOptions): Promise<{ value: Buffer; revision: bigint } | undefined>;
  /** Writes a value of at most MAX_VALUE bytes. With a revision the value must still have it, 0n if there is none yet. */
  put(key: string, value: string | Uint8Array, options?: CallOptions & { revision?: bigint }): Promise<bigint>;
  /** Removes a value. Removing what is not there is no error. */
  delete(key: string, options?: CallOptions): Promise<void>;
  /** The keys that begin with a prefix, in the order of their bytes. */
  keys(prefix?: string, options?: CallOptions): Promise<string[]>;
}

/** What a Host's methods reject with. */
export class HostError extends Error {
  constructor(code: HostErrorCode, message: string);
  readonly code: HostErrorCode;
}

/** What a HostError can be told apart by. */
export type HostErrorCode =
  | 'NOT_GRANTED' | 'INVALID' | 'NO_PERSON' | 'TOO_SLOW' | 'CONFLICT' | 'FULL'
  | 'MEDIA_GONE' | 'MEDIA_TOO_LARGE' | 'MEDIA_FORM' | 'TIMEOUT' | 'DISCONNECTED' | 'FAILED';

/** The turn has ended or was cancelled. */
export class TurnOverError extends Error {
  constructor();
  readonly code: 'TURN_OVER';
}

/** A content that is missing, or of a kind that this version does not know. */
export class NoContentError extends Error {
  constructor(where?: string);
  readonly code: 'NO_CONTENT';
}

type Log = (text: string, fields?: Record<string, unknown>) => void;

/** Writes lines for the bot's log, which keeps level and fields, and adds the time and the plugin's name. No secrets, and not what people write. */
export const log: { debug: Log; info: Log; warn: Log; error: Log };

/** The most bytes of one frame, of one content, of a conversation's state and of an error's text. */
export const MAX_FRAME: number;
export const MAX_CONTENT: number;
export const MAX_STATE: number;
export const MAX_ERROR_TEXT: number;
/** The most bytes of a value's key, of a value, of the key of a message that answers none, and of a chunk of media. */
export const MAX_KEY: number;
export const MAX_VALUE: number;
export const MAX_SEND_KEY: number;
export const MEDIA_CHUNK: number;
/** How many values a plugin may have. */
export const MAX_KEYS: number;
