// All words of the page, in the language of the user.
import { zh } from './words-zh.js';
import { en } from './words-en.js';

const tables = { zh, en };
const remembered = localStorage.getItem('sandbox.lang');
let language = tables[remembered] ? remembered : navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';

export const currentLanguage = () => language;

export function setLanguage(next) {
  language = next;
  localStorage.setItem('sandbox.lang', next);
  applyLanguage();
}

/** Tells the document its language, for fonts and screen readers. */
export function applyLanguage() {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  document.title = t('title');
}

/** The words for a key, with {names} replaced by values. A key without words is shown as it is. */
export function t(key, values = {}) {
  return has(key) ? tables[language][key].replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all) : key;
}

/** The words for a key, or what stands for it. */
export const tOr = (key, otherwise) => (has(key) ? tables[language][key] : otherwise);

export const has = (key) => Object.hasOwn(tables[language], key);
