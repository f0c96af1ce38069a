// All words of the page, in the language of the browser.

const zh = {
  title: '按下说话',
  log: '对话',
  welcome: '有话直接说',
  'welcome.more': '点一下按钮开始，说完再点一下。识别出的文字和回复会显示在这里。',
  'talk.loading': '正在准备',
  'talk.ready': '开始说话',
  'talk.starting': '正在打开麦克风',
  'talk.recording': '说完了',
  'talk.sending': '正在识别',
  listening: '正在听…',
  sending: '正在识别，请稍候…',
  voice: '语音 {n} 秒',
  again: '重试',
  'no.reply': '没有回复',
  limit: '一次最多一分钟，已自动结束。',
  'kind.image': '[图片，请到聊天中查看]',
  'kind.voice': '[语音，请到聊天中收听]',
  'kind.video': '[视频，请到聊天中查看]',
  'kind.file': '[文件，请到聊天中查看]',
  'kind.location': '[位置]',
  'kind.other': '[这里无法显示的消息]',
  'error.refused': '没有麦克风权限。请在设置中允许后再试。',
  'error.none': '没有找到可用的麦克风。',
  'error.insecure': '录音需要 https 地址。请用 https 打开此页面。',
  'error.old': '这个浏览器不能录音。请换一个，或在微信中打开。',
  'error.short': '太短了，请多说一点。',
  'error.record': '录音没有成功，请再试一次。',
  'error.upload': '语音没能上传，请检查网络后再试。',
  'error.network': '网络不通，没有发送成功。',
  'error.busy': '现在人太多了，请过一会儿再试。',
  'error.stopping': '服务正在重启，请过一会儿再试。',
  'error.session': '页面开得太久了，请刷新后再说。',
  'error.large': '录音太长了，请分几次说。',
  'error.broken': '没有发送成功，请再试一次。',
  'error.unknown': '没有等到回复，请再试一次。',
};

const en = {
  title: 'Tap to speak',
  log: 'Conversation',
  welcome: 'Just say it',
  'welcome.more': 'Tap the button, speak, and tap it again. What was understood, and the answers, appear here.',
  'talk.loading': 'Getting ready',
  'talk.ready': 'Start speaking',
  'talk.starting': 'Opening the microphone',
  'talk.recording': 'Done speaking',
  'talk.sending': 'Recognising',
  listening: 'Listening…',
  sending: 'Working out what you said…',
  voice: 'Voice, {n} s',
  again: 'Try again',
  'no.reply': 'No reply',
  limit: 'A minute is the limit, so it has stopped.',
  'kind.image': '[Picture: see it in the chat]',
  'kind.voice': '[Voice: hear it in the chat]',
  'kind.video': '[Video: see it in the chat]',
  'kind.file': '[File: see it in the chat]',
  'kind.location': '[Place]',
  'kind.other': '[A message that cannot be shown here]',
  'error.refused': 'The microphone is not allowed. Allow it in the settings, then try again.',
  'error.none': 'No microphone was found.',
  'error.insecure': 'Recording needs https. Open this page with https.',
  'error.old': 'This browser cannot record. Use another one, or open the page in WeChat.',
  'error.short': 'That was too short. Say a little more.',
  'error.record': 'The recording did not work. Please try again.',
  'error.upload': 'The recording could not be uploaded. Check your network and try again.',
  'error.network': 'No network: it was not sent.',
  'error.busy': 'Too many people are here just now. Please try again later.',
  'error.stopping': 'The service is being restarted. Please try again in a moment.',
  'error.session': 'The page has been open for too long. Reload it, then speak.',
  'error.large': 'The recording is too long. Say it in parts.',
  'error.broken': 'It was not sent. Please try again.',
  'error.unknown': 'No answer arrived. Please try again.',
};

const chinese = navigator.language.toLowerCase().startsWith('zh');
const words = chinese ? zh : en;

/** The words for a key, with {n} replaced. */
export const t = (key, n = '') => (words[key] || key).replace('{n}', n);

/** Tells whether there are words for a key. */
export const has = (key) => key in words;

/** Writes the words that stand in the page from the beginning. */
export function translate() {
  document.documentElement.lang = chinese ? 'zh-CN' : 'en';
  document.title = t('title');
  document.getElementById('log').setAttribute('aria-label', t('log'));
  for (const node of document.querySelectorAll('[data-word]')) node.textContent = t(node.dataset.word);
}
