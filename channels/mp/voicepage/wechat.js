// Records with WeChat's JS-SDK, which also recognises what was said, where it still does.
import { Failure } from './failure.js';

const scripts = ['https://res.wx.qq.com/open/js/jweixin-1.6.0.js', 'https://res2.wx.qq.com/open/js/jweixin-1.6.0.js'];
const apis = ['startRecord', 'stopRecord', 'onVoiceRecordEnd', 'translateVoice', 'uploadVoice'];
const patience = 8000;

export const inWeChat = () => /MicroMessenger/i.test(navigator.userAgent);

/**
 * Returns a recorder, or null where WeChat does not let the page have one. start(loud, ended) calls ended when WeChat has stopped
 * by itself. What stop resolves with has the text and the serverId, or one of them.
 */
export async function wechat() {
  const config = await asked();
  if (!config || !(await loaded()) || !(await configured(config))) return null;
  let ending = null; // How the recording ended that WeChat has stopped by itself.
  return {
    async start(loud, ended) {
      ending = null;
      await call('startRecord', 'record');
      window.wx.onVoiceRecordEnd({
        complete(result) {
          ending = result;
          ended();
        },
      });
    },
    async stop() {
      const { localId } = ending || (await call('stopRecord', 'short'));
      const text = await call('translateVoice', 'upload', { localId, isShowProgressTips: 0 }).catch(() => ({}));
      const media = await call('uploadVoice', 'upload', { localId, isShowProgressTips: 0 }).catch(() => ({}));
      if (!text.translateResult && !media.serverId) throw new Failure('upload');
      return { text: text.translateResult || '', serverId: media.serverId || '' };
    },
  };
}

async function asked() {
  const address = location.href.split('#')[0]; // Exactly this is signed.
  const response = await fetch(`config?url=${encodeURIComponent(address)}`).catch(() => null);
  return response && response.ok ? response.json() : null;
}

async function loaded() {
  for (const src of scripts) {
    if (window.wx) return true;
    await soon((done) => {
      const script = document.createElement('script');
      script.onload = script.onerror = done;
      script.src = src;
      document.head.append(script);
    });
  }
  return Boolean(window.wx);
}

// WeChat calls ready also after an error, so what comes first counts.
function configured(config) {
  return soon((done) => {
    window.wx.error(() => done(false));
    window.wx.ready(() => done(true));
    window.wx.config({ debug: false, ...config, jsApiList: apis });
  });
}

// Resolves with what done is called with, or with undefined after a while.
function soon(begin) {
  return new Promise((resolve) => {
    setTimeout(resolve, patience);
    begin(resolve);
  });
}

function call(name, what, options = {}) {
  return new Promise((resolve, reject) => {
    const cancel = () => reject(new Failure('refused'));
    window.wx[name]({ ...options, success: resolve, fail: () => reject(new Failure(what)), cancel });
  });
}
