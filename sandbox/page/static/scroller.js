// Keeps a list at its end while the user is there, and offers the way back when they are not.
import { el } from './dom.js';
import { icon } from './icons.js';
import { t } from './i18n.js';

/** Watches a scrolling box. keep(change, force) changes it and stays at the end; toEnd goes there. */
export function scroller(box) {
  let stuck = true;
  const button = el(
    'button',
    { class: 'to-end', hidden: true, 'aria-label': t('chat.end'), title: t('chat.end'), onclick: () => toEnd() },
    icon('down'),
  );
  const toEnd = () => {
    stuck = true;
    button.hidden = true;
    box.scrollTop = box.scrollHeight;
  };
  box.addEventListener(
    'scroll',
    () => {
      stuck = box.scrollHeight - box.scrollTop - box.clientHeight < 60;
      if (stuck) button.hidden = true;
    },
    { passive: true },
  );
  // Pictures that arrive later, and a composer that grows, change the height.
  new ResizeObserver(() => stuck && toEnd()).observe(box);
  box.addEventListener('load', () => stuck && toEnd(), true);
  const keep = (change, force = false) => {
    const was = stuck;
    change();
    if (was || force) toEnd();
    else button.hidden = false;
  };
  return { button, keep, toEnd };
}
