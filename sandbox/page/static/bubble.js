// One entry of the transcript as the person sees it: a bubble, a line in the middle, or what only a developer sees.
import { el } from './dom.js';
import { icon } from './icons.js';
import { t, tOr } from './i18n.js';
import { exactTime } from './clock.js';
import { avatar } from './avatar.js';
import { isEvent } from './kinds.js';
import { content } from './content.js';
import { preview } from './preview.js';

/** Returns the row of an entry in the conversation of now. */
export function bubble(entry, now) {
  const row = el('li', {
    class: `row ${entry.kind}`,
    tabindex: '-1',
    data: { number: String(entry.number) },
    title: exactTime(entry.at),
    'aria-label': label(entry),
  });
  if (entry.kind === 'fault') row.append(faultLine(entry));
  else if (entry.kind === 'note') row.append(noteLine(entry));
  else if (isEvent(entry)) row.append(eventLine(entry));
  else row.append(...sides(entry, now));
  return row;
}

const marks = (entry) => ({
  'data-test': 'bubble',
  data: { kind: entry.kind, type: entry.type, message: entry.message, number: String(entry.number) },
});
const label = (entry) => `${t(`kind-of.${entry.kind}`)}: ${preview(entry)}`;

function sides(entry, now) {
  const said = entry.kind === 'said';
  const servicer = entry.detail.servicer;
  const face = said
    ? avatar(now.person.name)
    : servicer
      ? avatar(servicerName(now, servicer), 'servicer')
      : el(
          'span',
          { class: 'avatar bot', 'aria-hidden': 'true' },
          icon(now.account.platform === 'kf' ? 'headset' : 'wire'),
        );
  const { node, bare } = content(entry, now);
  return [
    face,
    el(
      'div',
      { class: 'bubble-column' },
      servicer && el('span', { class: 'servicer-name' }, t('servicer', { name: servicerName(now, servicer) })),
      el('div', { class: `bubble ${bare ? 'bare' : ''} type-${entry.type}`, ...marks(entry) }, node),
      why(entry),
    ),
  ];
}

function servicerName(now, id) {
  return now.account.servicers?.find((s) => s.id === id)?.name || id;
}

const why = (entry) => entry.why && el('div', { class: 'why' }, icon('info'), el('span', {}, entry.why));

function faultLine(entry) {
  return el(
    'div',
    { class: 'middle' },
    el(
      'div',
      { class: 'fault-line', ...marks(entry) },
      icon('alert'),
      el('span', { 'data-test': 'fault-banner' }, entry.text),
    ),
    why(entry),
  );
}

function noteLine(entry) {
  const words = entry.text || entry.type ? preview(entry) : '';
  return el(
    'div',
    { class: 'note-line', ...marks(entry) },
    icon('eyeOff'),
    el(
      'div',
      { class: 'note-words' },
      el('span', { class: 'note-title' }, t('note.unseen')),
      words && el('span', { class: isEvent(entry) ? 'note-event' : 'note-text' }, words),
      el('span', { class: 'note-why' }, entry.why),
    ),
  );
}

function eventLine(entry) {
  const words = tOr(`event.${entry.type}`, entry.type);
  return el(
    'div',
    { class: 'middle' },
    el(
      'div',
      { class: 'event-line', ...marks(entry) },
      words,
      entry.text && el('span', { class: 'event-key' }, entry.text),
    ),
    why(entry),
  );
}
