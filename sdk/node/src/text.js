/**
 * wellFormed replaces what is half of a surrogate pair, which has no UTF-8: one in a field of type string would end the whole
 * stream. (It is toWellFormed of later versions of Node.js.)
 */
export function wellFormed(text) {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}
