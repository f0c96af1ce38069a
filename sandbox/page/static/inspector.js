// What went over the wire for one message, as a timeline whose rows open up.
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { subscribe } from './bus.js';
import { t } from './i18n.js';
import { exactTime } from './clock.js';
import { chooseEntry, shownEntry, view } from './view.js';
import { storyOf } from './story.js';
import { timeline } from './timeline.js';
import { preview } from './preview.js';
import { copyButton } from './copy.js';

export function inspector() {
  const head = el('div', { class: 'story-head' });
  const lines = timeline();
  const root = el('div', { class: 'inspector', 'data-test': 'inspector' }, followSwitch(), head, lines.element);
  let painted = '';
  const paint = () => {
    const entry = shownEntry();
    const story = entry && storyOf(entry);
    const key = story
      ? [
          entry.number,
          entry.account,
          entry.person,
          story.callbacks.length,
          story.turns.length,
          story.calls.length,
          story.calls.at(-1)?.number,
          story.callbacks.at(-1)?.number,
          Boolean(story.pending),
        ].join()
      : 'none';
    if (key === painted) return;
    painted = key;
    fill(head, story ? summary(story.anchor ?? entry, entry) : el('p', { class: 'hollow' }, t('inspector.none')));
    lines.show(story);
  };
  subscribe((topics) => {
    if (topics.has('clean')) painted = '';
    if (['entries', 'exchanges', 'turns', 'choice', 'entry', 'state', 'clean'].some((topic) => topics.has(topic)))
      paint();
  });
  paint();
  return root;
}

function followSwitch() {
  const box = el('input', {
    type: 'checkbox',
    role: 'switch',
    'data-test': 'follow',
    onchange: () => chooseEntry(box.checked ? 0 : (shownEntry()?.number ?? 0)),
  });
  const paint = () => {
    box.checked = view.entry === 0;
  };
  subscribe((topics) => (topics.has('entry') || topics.has('choice')) && paint());
  paint();
  return el(
    'label',
    { class: 'follow switch', title: t('inspector.follow.long') },
    box,
    el('span', { class: 'switch-track', 'aria-hidden': 'true' }),
    t('inspector.follow'),
  );
}

function summary(anchor, entry) {
  const id = anchor.message;
  return [
    el(
      'div',
      { class: 'story-what' },
      el('span', { class: `kind-mark ${anchor.kind}` }, t(`kind-of.${anchor.kind}`)),
      el('span', { class: 'story-text' }, preview(anchor) || '—'),
    ),
    el(
      'div',
      { class: 'story-facts faint numeric' },
      exactTime(anchor.at),
      id && el('code', { class: 'story-id', title: id }, id),
      id && copyButton(() => id),
    ),
    entry.number !== anchor.number && entry.why && el('div', { class: 'story-why' }, icon('info'), entry.why),
  ];
}
