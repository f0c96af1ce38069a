// Brings files into the chat: chosen, dropped or pasted.
import { el } from './dom.js';
import { t } from './i18n.js';
import { push, upload } from './api.js';
import { current } from './view.js';
import { toast } from './toast.js';

/** Uploads a file and says it. */
export async function sendFile(now, type, file, name = file.name, more = {}) {
  const media = await upload(now.account.id, type === 'shortvideo' ? 'video' : type, file, name);
  if (media) await push(now.account.id, 'say', { person: now.person.id, type, media, ...more });
}

/** Lets the user choose a file of the device and sends it. */
export function pickFile(type, accept) {
  const now = current();
  const input = el('input', {
    type: 'file',
    accept,
    onchange: () => input.files[0] && sendFile(now, type, input.files[0]),
  });
  input.click();
}

function typeOf(file, platform) {
  if (file.type.startsWith('image/')) return 'image';
  if (file.type.startsWith('audio/') || /\.(amr|silk|wav|mp3)$/i.test(file.name)) return 'voice';
  if (file.type.startsWith('video/')) return 'video';
  return platform === 'kf' ? 'file' : '';
}

function sendAll(files) {
  const now = current();
  if (!now) return;
  for (const file of files) {
    const type = typeOf(file, now.account.platform);
    if (type) sendFile(now, type, file);
    else toast(t('attach.unsupported', { name: file.name }), 'bad');
  }
}

/** Takes what is dropped on a node or pasted into it. */
export function acceptDrops(node) {
  const over = (on) => node.classList.toggle('dropping', on);
  node.addEventListener('dragover', (event) => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    over(true);
  });
  node.addEventListener('dragleave', (event) => !node.contains(event.relatedTarget) && over(false));
  node.addEventListener('drop', (event) => {
    over(false);
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    sendAll(event.dataTransfer.files);
  });
  node.addEventListener('paste', (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    sendAll(event.clipboardData.files);
  });
}
