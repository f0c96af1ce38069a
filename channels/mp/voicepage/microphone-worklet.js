// Runs in the audio thread and hands over what the microphone hears, a tenth of a second or so at a time.

class Tap extends AudioWorkletProcessor {
  constructor() {
    super();
    this.part = new Float32Array(4096);
    this.filled = 0;
  }

  process(inputs) {
    const heard = inputs[0][0];
    if (!heard) return true;
    if (this.filled + heard.length > this.part.length) {
      this.port.postMessage(this.part.slice(0, this.filled));
      this.filled = 0;
    }
    this.part.set(heard, this.filled);
    this.filled += heard.length;
    return true;
  }
}

registerProcessor('tap', Tap);
