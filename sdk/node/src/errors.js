/** What a responder's methods reject with when the turn has ended or was cancelled. */
export class TurnOverError extends Error {
  name = 'TurnOverError';
  code = 'TURN_OVER';

  constructor() {
    super('the turn is over');
  }
}

/** A content that is missing, or of a kind that this version does not know. */
export class NoContentError extends Error {
  name = 'NoContentError';
  code = 'NO_CONTENT';

  constructor(where = '') {
    super(`${where && `${where}: `}no content, or a kind of content that this version does not know`);
  }
}

/**
 * textOf returns what an operator is to read of something that was thrown, never empty. Whatever was thrown, and however
 * broken, it throws nothing itself.
 */
export function textOf(thrown) {
  try {
    if (thrown instanceof Error) {
      return String(thrown.message || thrown.name || 'an error without a text');
    }
    return String(thrown) || 'an error without a text';
  } catch {
    return 'an error whose text cannot be read';
  }
}

/** stackOf returns where something was thrown, as far as that is known. It throws nothing itself. */
export function stackOf(thrown) {
  try {
    return typeof thrown?.stack === 'string' ? thrown.stack : textOf(thrown);
  } catch {
    return textOf(thrown);
  }
}
