// Runs in the audio thread and hands what the microphone hears to the page, in parts of about a tenth of a second.

class Microphone extends AudioWorkletProcessor {
  #part = new Float32Array(4096);
  #filled = 0;

  process([[channel]]) {
    if (!channel) return true;
    if (this.#filled + channel.length > this.#part.length) this.#hand();
    this.#part.set(channel, this.#filled);
    this.#filled += channel.length;
    return true;
  }

  #hand() {
    const part = this.#part.slice(0, this.#filled);
    this.port.postMessage(part, [part.buffer]);
    this.#filled = 0;
  }
}

registerProcessor('microphone', Microphone);
