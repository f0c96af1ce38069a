// Hands to the channel what was said, and gets the replies.
import { Failure } from './failure.js';

const tries = 5;
const pause = (try_) => new Promise((resolve) => setTimeout(resolve, 500 * 2 ** try_));

/** A new id for what is said: the channel knows repeats by it. */
export function newID() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Says something and calls heard with its words, when a plugin has recognised them, and show with each reply. It resolves with the
 * number of replies, when no more will come. Called again with the same thing, it goes on where it failed.
 */
export async function talk(said, show, heard) {
  said.shown = said.shown || 0;
  let answer = await again(said);
  for (;;) {
    if (answer.heard) heard(answer.heard);
    for (const reply of answer.replies) {
      said.shown++;
      show(reply);
    }
    if (answer.over) return said.shown;
    answer = await more(said);
  }
}

// The channel has forgotten what was said if it was started again meanwhile. Then it is said again, and what was shown is not.
async function more(said) {
  try {
    return await ask(`replies?id=${said.id}&from=${said.shown}`, {});
  } catch (error) {
    if (error.what !== 'unknown') throw error;
    return again(said);
  }
}

async function again(said) {
  const answer = await post(said);
  return { ...answer, replies: answer.replies.slice(said.shown) };
}

function post({ id, wav, text, serverId }) {
  if (wav) return ask(`recording?id=${id}`, { method: 'POST', headers: { 'Content-Type': 'audio/wav' }, body: wav });
  const body = JSON.stringify({ id, text, serverId });
  return ask('said', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
}

// A lost network and a channel that starts again come back.
async function ask(address, options) {
  for (let n = 0; ; n++) {
    const response = await fetch(address, { credentials: 'same-origin', ...options }).catch(() => null);
    if (response && response.ok) {
      const answer = await response.json().catch(() => null);
      if (answer) return answer;
    }
    const again = !response || response.ok || response.status >= 500;
    if (!again || n === tries - 1) throw new Failure(response && !response.ok ? await why(response) : 'network');
    await pause(n);
  }
}

async function why(response) {
  const answer = await response.json().catch(() => ({}));
  return answer.error || (response.status >= 500 ? 'stopping' : 'broken');
}
