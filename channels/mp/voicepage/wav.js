// Makes the WAV that the channel takes: 16 kHz, one channel, 16 bits.

export const rate = 16000;

/** The file for parts of samples that were taken at another rate. */
export async function wav(parts, from) {
  return file(await resampled(parts, from));
}

async function resampled(parts, from) {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const offline = new OfflineAudioContext(1, Math.max(1, Math.floor((length * rate) / from)), rate);
  const buffer = offline.createBuffer(1, Math.max(1, length), from);
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

const head = 44;

function file(samples) {
  const size = samples.length * 2;
  const view = new DataView(new ArrayBuffer(head + size));
  const letters = (at, text) => [...text].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  const word = (at, n) => view.setUint16(at, n, true);
  const long = (at, n) => view.setUint32(at, n, true);
  letters(0, 'RIFF');
  long(4, head - 8 + size);
  letters(8, 'WAVEfmt ');
  long(16, 16); // Bytes of the format.
  word(20, 1); // PCM.
  word(22, 1); // One channel.
  long(24, rate);
  long(28, rate * 2);
  word(32, 2); // Bytes of a sample.
  word(34, 16); // Bits.
  letters(36, 'data');
  long(40, size);
  samples.forEach((sample, i) => view.setInt16(head + i * 2, Math.max(-1, Math.min(1, sample)) * 0x7fff, true));
  return new Blob([view], { type: 'audio/wav' });
}
