import { status } from '@grpc/grpc-js';

/**
 * HostError is an error of the Host that callers can tell apart by its code:
 *
 * - NOT_GRANTED: bot.yaml does not grant the plugin this
 * - INVALID: it could never be sent, saved or stored
 * - NO_PERSON: the channel has no person to give a conversation to
 * - TOO_SLOW: outcomes came faster than they were taken; send with the same key tells them
 * - CONFLICT: the value was changed by somebody else first
 * - FULL: the plugin has as many values as it may
 * - MEDIA_GONE, MEDIA_TOO_LARGE, MEDIA_FORM: the platform does not have the media, it has too many bytes, or it cannot
 *   be had, or taken, in this form
 * - TIMEOUT: the bot did not answer in time
 * - DISCONNECTED: the bot is gone, or has not said where it is
 * - FAILED: anything else
 */
export class HostError extends Error {
  name = 'HostError';

  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

// Two errors may have one code on the wire; the method tells them apart.
const always = {
  [status.PERMISSION_DENIED]: 'NOT_GRANTED',
  [status.INVALID_ARGUMENT]: 'INVALID',
  [status.DEADLINE_EXCEEDED]: 'TIMEOUT',
  [status.UNAVAILABLE]: 'DISCONNECTED',
};

/** What the codes mean for media. */
export const mediaCodes = {
  [status.NOT_FOUND]: 'MEDIA_GONE',
  [status.OUT_OF_RANGE]: 'MEDIA_TOO_LARGE',
  [status.FAILED_PRECONDITION]: 'MEDIA_FORM',
};

/** fromStatus makes a HostError of gRPC's error, or what the caller has aborted with of one of its own making. */
export function fromStatus(err, known, signal) {
  if (signal?.aborted && (err?.code === status.CANCELLED || err === signal.reason)) {
    return signal.reason;
  }
  if (typeof err?.code !== 'number') {
    return err;
  }
  return new HostError(known[err.code] ?? always[err.code] ?? 'FAILED', err.details || err.message);
}

/** invalid is for what the bot would not take: it never leaves. */
export function invalid(text) {
  return new HostError('INVALID', text);
}
