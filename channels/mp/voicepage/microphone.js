// Records with what browsers have. A recorder has start(loud, ended) and stop(), as the one of wechat.js.
import { Failure } from './failure.js';
import { wav } from './wav.js';

const longest = 60; // Seconds of sound, wherever they come from.

/** Returns a recorder. What stop resolves with has a wav and its seconds. */
export function microphone() {
  let now = null;
  return {
    async start(loud) {
      now = await listen(loud);
    },
    async stop() {
      const recording = now;
      now = null;
      const { parts, from } = await recording.end();
      const seconds = parts.reduce((sum, part) => sum + part.length, 0) / from;
      if (seconds < 0.5) throw new Failure('short');
      return { wav: await wav(parts, from), seconds };
    },
  };
}

async function listen(loud) {
  if (!window.isSecureContext) throw new Failure('insecure');
  if (!window.AudioWorkletNode || !window.OfflineAudioContext || !navigator.mediaDevices) throw new Failure('old');
  const context = new AudioContext(); // Before the first wait: phones want it made in the tap itself.
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    return await tapped(context, stream, loud);
  } catch (error) {
    context.close();
    throw explained(error);
  }
}

async function tapped(context, stream, loud) {
  const parts = [];
  let room = longest * context.sampleRate;
  const hear = (part) => {
    if (room <= 0) return;
    parts.push(part.slice(0, room));
    room -= part.length;
    loud(part.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0));
  };
  const release = () => stream.getTracks().forEach((track) => track.stop());
  try {
    await context.resume();
    const source = context.createMediaStreamSource(stream);
    source.connect(await worklet(context, hear));
  } catch (error) {
    release();
    throw error;
  }
  return {
    async end() {
      release();
      const from = context.sampleRate;
      await context.close();
      return { parts, from };
    },
  };
}

async function worklet(context, hear) {
  await context.audioWorklet.addModule('microphone-worklet.js');
  const node = new AudioWorkletNode(context, 'tap');
  node.port.onmessage = (event) => hear(event.data);
  node.connect(context.destination); // Some browsers run only what leads there. What it gives is silence.
  return node;
}

function explained(error) {
  if (error instanceof Failure) return error;
  if (error.name === 'NotAllowedError' || error.name === 'SecurityError') return new Failure('refused');
  if (error.name === 'NotFoundError' || error.name === 'NotReadableError') return new Failure('none');
  return new Failure('record');
}
