// The square that stands for somebody, in one of six quiet tones: the first letter of a name, or the last character of a
// Chinese one, since the first is the family's.
import { el } from './dom.js';

export function avatar(name, extra = '') {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 997;
  return el('span', { class: `avatar tone-${sum % 6} ${extra}`, 'aria-hidden': 'true' }, letterOf(name));
}

function letterOf(name) {
  const letters = [...name.trim()];
  const chinese = /\p{Script=Han}/u.test(letters.at(-1) ?? '');
  return (chinese ? letters.at(-1) : letters[0]?.toUpperCase()) ?? '?';
}
