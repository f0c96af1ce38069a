// Writes a WAV file: one channel, 16 bits.

/** The file for samples between -1 and 1. */
export function wav(samples, rate) {
  const head = 44;
  const view = new DataView(new ArrayBuffer(head + samples.length * 2));
  const word = (at, text) => [...text].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  word(0, 'RIFF');
  view.setUint32(4, head - 8 + samples.length * 2, true);
  word(8, 'WAVEfmt ');
  view.setUint32(16, 16, true); // The length of the format.
  view.setUint16(20, 1, true); // PCM.
  view.setUint16(22, 1, true); // Channels.
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true); // Bytes per second.
  view.setUint16(32, 2, true); // Bytes per sample.
  view.setUint16(34, 16, true); // Bits per sample.
  word(36, 'data');
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, i) => view.setInt16(head + i * 2, Math.max(-1, Math.min(1, sample)) * 0x7fff, true));
  return new Blob([view], { type: 'audio/wav' });
}
