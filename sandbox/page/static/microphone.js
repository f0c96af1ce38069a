// Listens to the microphone and gives what it heard at the sampling rate that voice messages have.

export const rate = 16000;

/**
 * Starts the microphone. hear is called with how loud it is, from 0 to 1; what is returned stops it and resolves with the
 * samples.
 */
export async function listen(hear) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: false } });
  const context = new AudioContext();
  await context.audioWorklet.addModule('microphone-worklet.js');
  const source = context.createMediaStreamSource(stream);
  const tap = new AudioWorkletNode(context, 'microphone');
  const parts = [];
  tap.port.onmessage = ({ data }) => {
    parts.push(data);
    let loud = 0;
    for (const sample of data) loud = Math.max(loud, Math.abs(sample));
    hear(Math.min(1, loud));
  };
  source.connect(tap);
  return async () => {
    for (const track of stream.getTracks()) track.stop();
    const sampled = context.sampleRate;
    await context.close();
    return resampled(parts, sampled);
  };
}

async function resampled(parts, from) {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (!length) return new Float32Array();
  const offline = new OfflineAudioContext(1, Math.ceil((length * rate) / from), rate);
  const buffer = offline.createBuffer(1, length, from);
  let at = 0;
  for (const part of parts) {
    buffer.copyToChannel(part, 0, at);
    at += part.length;
  }
  const source = offline.createBufferSource();
  source.buffer = buffer;
  source.connect(offline.destination);
  source.start();
  return (await offline.startRendering()).getChannelData(0);
}
