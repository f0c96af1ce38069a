// What a plugin has made of a voice: the words that it has forwarded, below the bubble.
import { el } from './dom.js';
import { icon } from './icons.js';
import { t } from './i18n.js';
import { allTurns } from './store.js';

/** Adds to the voices of a list, which is the conversation of now, what turns have told of them meanwhile: keep makes the change. */
export function showHeard(list, now, keep) {
  for (const turn of allTurns()) {
    const step = turn.account === now.account.id && turn.person === now.person.id && turn.steps.find((s) => s.forwarded);
    if (!step) continue;
    const voice = list.querySelector(`.bubble.type-voice[data-kind="said"][data-message="${CSS.escape(turn.message)}"]`);
    // What the platform has recognised stands in the bubble already.
    if (!voice || voice.nextElementSibling?.matches('.heard') || voice.textContent.includes(step.forwarded)) continue;
    keep(() => voice.after(heard(step)));
  }
}

const heard = (step) =>
  el(
    'div',
    { class: 'heard', 'data-test': 'heard' },
    el('span', { class: 'heard-by faint' }, icon('waves'), t('voice.heard', { plugin: step.plugin })),
    step.forwarded,
  );
