import './stdout.js'; // First: from here on standard output belongs to the handshake.

export { Bot } from './bot.js';
export { KINDS } from './content.js';
export { loadState, saveState } from './conversation.js';
export { NoContentError, TurnOverError } from './errors.js';
export { Host } from './host.js';
export { HostError } from './host_errors.js';
export * from './limits.js';
export { log } from './log.js';
export { Message } from './message.js';
export { Problems } from './problems.js';
export { Responder } from './responder.js';
export { serve } from './serve.js';
