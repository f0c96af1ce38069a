// Light, dark, or as the system is.
const order = ['auto', 'light', 'dark'];
let theme = order.includes(localStorage.getItem('sandbox.theme')) ? localStorage.getItem('sandbox.theme') : 'auto';

export const currentTheme = () => theme;

export function nextTheme() {
  theme = order[(order.indexOf(theme) + 1) % order.length];
  localStorage.setItem('sandbox.theme', theme);
  applyTheme();
  return theme;
}

export function applyTheme() {
  document.documentElement.dataset.theme = theme;
}
