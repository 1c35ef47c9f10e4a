// Records the microphone as what the API takes: WAV, 16 kHz, 16 bits, mono PCM.

const RATE = 16000;
const HEAD = 44;

export const possible = () =>
  Boolean(navigator.mediaDevices?.getUserMedia) && typeof AudioWorkletNode === "function";

/** One recording. `onProgress(seconds, level 0..1)` while it lasts; `longest` seconds end it (`onFull`). */
export class Recorder {
  constructor({ longest, onProgress, onFull }) {
    Object.assign(this, { longest, onProgress, onFull });
    this.blocks = [];
    this.samples = 0;
  }

  /** Rejects with a DOMException when the microphone is refused or missing. */
  async start() {
    const constraints = { channelCount: 1, echoCancellation: true, noiseSuppression: true };
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: constraints });
    try {
      this.context = new AudioContext();
      await this.context.audioWorklet.addModule("./recorder-worklet.js");
      const source = this.context.createMediaStreamSource(this.stream);
      this.tap = new AudioWorkletNode(this.context, "tap", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
      this.tap.port.onmessage = ({ data }) => this.#take(data);
      source.connect(this.tap);
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  /** The finished recording: `{ wav: Blob, seconds }`. */
  async stop() {
    const rate = this.context.sampleRate;
    this.#release();
    const length = Math.max(1, Math.min(Math.ceil((this.samples * RATE) / rate), this.longest * RATE));
    const offline = new OfflineAudioContext(1, length, RATE);
    const buffer = offline.createBuffer(1, Math.max(1, this.samples), rate);
    let at = 0;
    for (const block of this.blocks) {
      buffer.copyToChannel(block, 0, at);
      at += block.length;
    }
    const source = offline.createBufferSource();
    source.buffer = buffer;
    source.connect(offline.destination);
    source.start();
    const samples = (await offline.startRendering()).getChannelData(0);
    return { wav: new Blob([wave(samples)], { type: "audio/wav" }), seconds: samples.length / RATE };
  }

  /** Ends it and forgets it. */
  cancel() {
    this.#release();
    this.blocks = [];
  }

  #take(block) {
    if (!this.stream) return;
    this.blocks.push(block);
    this.samples += block.length;
    const seconds = this.samples / this.context.sampleRate;
    this.onProgress(seconds, block.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0));
    if (seconds >= this.longest) this.onFull();
  }

  #release() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    if (this.context && this.context.state !== "closed") this.context.close();
  }
}

function wave(samples) {
  const bytes = samples.length * 2;
  const view = new DataView(new ArrayBuffer(HEAD + bytes));
  const text = (at, letters) => [...letters].forEach((letter, n) => view.setUint8(at + n, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, HEAD - 8 + bytes, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // mono
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, bytes, true);
  samples.forEach((sample, n) => {
    const held = Math.max(-1, Math.min(1, sample));
    view.setInt16(HEAD + n * 2, held < 0 ? held * 0x8000 : held * 0x7fff, true);
  });
  return view.buffer;
}
