// Calls the control API. What goes wrong is shown as a toast with the server's own words.
import { toast } from './toast.js';
import { t } from './i18n.js';

/** Calls the API and returns its answer, or null after it has shown why there is none. */
export async function call(method, path, body) {
  const init = { method };
  if (body instanceof Blob) init.body = body;
  else if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { 'Content-Type': 'application/json' };
  }
  try {
    return await answerOf(await fetch(path, init));
  } catch (error) {
    toast(error instanceof TypeError ? t('api.unreachable') : error.message, 'bad');
    return null;
  }
}

async function answerOf(response) {
  const text = await response.text();
  let answer = {};
  try {
    answer = text ? JSON.parse(text) : {};
  } catch {
    if (response.ok) return {};
  }
  if (!response.ok) throw new Error(answer.error || `${response.status} ${response.statusText}`);
  return answer;
}

const accountPath = (account, rest) => `/api/accounts/${encodeURIComponent(account)}/${rest}`;

/** Does something with an account: say, follow, seat, verify … */
export const act = (account, verb, body) => call('POST', accountPath(account, verb), body);

/** Sends something of a person and does not wait for the bot: what comes of it is in the stream. */
export const push = (account, verb, body) => act(account, verb, { ...body, wait: false });

/** The address of a medium's bytes. */
export const mediaPath = (account, id) => accountPath(account, `media/${encodeURIComponent(id)}`);

/** Uploads bytes and returns the id of the medium, or null. */
export async function upload(account, type, file, name) {
  const query = new URLSearchParams({ type, name });
  const answer = await call('POST', accountPath(account, `media?${query}`), file);
  return answer?.media ?? null;
}
