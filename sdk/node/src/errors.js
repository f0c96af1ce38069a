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

/** How many causes of an error are told. */
const MAX_CAUSES = 4;

/**
 * textOf returns what an operator is to read of something that was thrown, never empty: the text of an error, and those of
 * its causes ("fetch failed" alone says little). Whatever was thrown, and however broken, it throws nothing itself.
 */
export function textOf(thrown) {
  try {
    const texts = [ownText(thrown)];
    for (let cause = thrown?.cause; cause !== undefined && texts.length <= MAX_CAUSES; cause = cause?.cause) {
      texts.push(ownText(cause));
    }
    return texts.join(': ') || 'an error without a text';
  } catch {
    return 'an error whose text cannot be read';
  }
}

function ownText(thrown) {
  return thrown instanceof Error ? String(thrown.message || thrown.code || thrown.name) : String(thrown);
}

/** stackOf returns where something was thrown, as far as that is known. It throws nothing itself. */
export function stackOf(thrown) {
  try {
    return typeof thrown?.stack === 'string' ? thrown.stack : textOf(thrown);
  } catch {
    return textOf(thrown);
  }
}
