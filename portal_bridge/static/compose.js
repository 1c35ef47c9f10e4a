// The dialog in which a message is spoken: a new one, a reply, an introduction before one that is passed on.

import { ask } from "./api.js";
import { Recorder, possible } from "./recorder.js";
import { waiting } from "./slow.js";

const LONGEST = 300; // seconds, as the API takes
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

export class Compose {
  constructor(dialog, words) {
    this.dialog = dialog;
    this.words = words;
    this.parts = Object.fromEntries([...dialog.querySelectorAll("[data-part]")].map((each) => [each.dataset.part, each]));
    this.form = dialog.querySelector("form");
    this.names = new Map(); // as offered -> number and name
    this.#listen();
  }

  /** `how`: title, about (a line of text), recipients (whether they are asked for) and to (those there at first),
   *  optional (the sound may be missing) or silent (there is none), urgent (whether that is asked for),
   *  send({recipients, recording, urgent}) and done(answer). */
  open(how) {
    this.how = how;
    this.sound = null; // {wav, seconds}
    this.kept = null; // the id of its upload
    this.chosen = new Map(); // what is sent -> what is shown
    this.parts.title.textContent = how.title;
    this.parts.about.textContent = how.about ?? "";
    this.parts.recipients.hidden = !how.recipients;
    this.parts.urgent.hidden = !how.urgent;
    this.parts.recorder.hidden = Boolean(how.silent);
    this.parts.legend.textContent = how.optional ? this.words.introduction : this.words.recording;
    this.form.reset();
    for (const [number, name] of how.to ?? []) this.chosen.set(number, name);
    this.#showChosen();
    this.#say("trouble", "");
    this.#say("wrong_to", "");
    this.#say("wrong_sound", possible() ? "" : this.words.no_microphone);
    this.parts.record.disabled = !possible();
    this.#showRecorder();
    this.dialog.showModal();
    if (how.recipients) this.#learnExtensions();
  }

  #listen() {
    const { parts } = this;
    parts.record.addEventListener("click", () => (this.recorder ? this.#stop() : this.#start()));
    parts.add.addEventListener("click", () => this.#take());
    parts.to.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !parts.to.value.trim()) return;
      event.preventDefault();
      this.#take();
    });
    parts.to.addEventListener("change", () => this.names.has(parts.to.value) && this.#take());
    parts.cancel.addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("close", () => this.#leave());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
  }

  // -- the microphone
  async #start() {
    this.#say("wrong_sound", "");
    this.#forgetSound();
    this.recorder = new Recorder({
      longest: LONGEST,
      onProgress: (seconds, level) => {
        parts.time.textContent = `${clock(seconds)} / ${clock(LONGEST)}`;
        parts.level.value = level;
      },
      onFull: () => this.#stop(),
    });
    const { parts } = this;
    this.#showRecorder();
    try {
      await this.recorder.start();
    } catch (error) {
      this.recorder = null;
      this.#say("wrong_sound", error.name === "NotAllowedError" ? this.words.microphone_refused : this.words.no_microphone);
    }
    this.#showRecorder();
  }

  async #stop() {
    const recorder = this.recorder;
    this.recorder = null;
    this.sound = await recorder.stop();
    this.parts.preview.src = URL.createObjectURL(this.sound.wav);
    this.#showRecorder();
  }

  #forgetSound() {
    if (this.parts.preview.src) URL.revokeObjectURL(this.parts.preview.src);
    this.parts.preview.removeAttribute("src");
    this.#forgetUpload();
    this.sound = null;
  }

  #forgetUpload() {
    if (this.kept) ask("DELETE", `recordings/${this.kept}`).catch(() => {});
    this.kept = null;
  }

  #showRecorder() {
    const { parts } = this;
    const recording = Boolean(this.recorder);
    parts.record.dataset.recording = recording;
    parts.record.textContent = recording ? this.words.stop : this.sound ? this.words.record_again : this.words.record;
    parts.level.hidden = !recording;
    parts.preview.hidden = !this.sound;
    if (!recording) parts.time.textContent = this.sound ? clock(this.sound.seconds) : "";
    parts.send.disabled = recording;
  }

  // -- the recipients
  async #learnExtensions() {
    if (this.names.size) return;
    try {
      for (const { name, number, extension } of (await ask("GET", "extensions")).items) {
        const shown = `${name} · ${extension ?? number}`;
        this.names.set(shown, { number: extension ?? number, name });
        this.parts.extensions.append(new Option(shown, shown));
      }
    } catch {
      // whoever types a number or an extension needs no list
    }
  }

  #take() {
    const typed = this.parts.to.value.trim();
    if (!typed) return;
    const known = this.names.get(typed);
    this.chosen.set(known?.number ?? typed, known?.name ?? typed);
    this.parts.to.value = "";
    this.#say("wrong_to", "");
    this.#showChosen();
  }

  #showChosen() {
    this.parts.chosen.replaceChildren(
      ...[...this.chosen].map(([number, name]) => {
        const row = document.createElement("li");
        const remove = document.createElement("button");
        remove.type = "button";
        remove.textContent = "✕";
        remove.setAttribute("aria-label", this.words.remove.replace("{name}", name));
        remove.addEventListener("click", () => {
          this.chosen.delete(number);
          this.#showChosen();
          this.parts.to.focus();
        });
        row.append(name === number ? name : `${name} (${number})`, remove);
        return row;
      }),
    );
  }

  // -- sending
  async #send() {
    const { parts, how } = this;
    if (how.recipients) this.#take();
    if (!this.sound && !how.optional) {
      this.#say("wrong_sound", this.words.record_first);
      parts.record.focus();
      return;
    }
    parts.send.disabled = true;
    const over = waiting(parts.send);
    for (const each of ["trouble", "wrong_to", "wrong_sound"]) this.#say(each, "");
    try {
      if (this.sound && !this.kept) this.kept = (await ask("POST", "recordings?kind=message", this.sound.wav)).id;
      const answer = await how.send({ recipients: [...this.chosen.keys()], recording: this.kept, urgent: parts.is_urgent.checked });
      this.dialog.close();
      how.done(answer);
    } catch (error) {
      this.#refused(error);
    } finally {
      parts.send.disabled = false;
      over();
    }
  }

  #refused(error) {
    const fields = Object.entries(error.fields ?? {});
    const to = fields.filter(([field]) => field.startsWith("recipients")).map(([, message]) => message);
    const sound = fields.filter(([field]) => field === "file" || field === "recording").map(([, message]) => message);
    this.#say("wrong_to", to.join(" "));
    this.#say("wrong_sound", sound.join(" "));
    if (!to.length && !sound.length) this.#say("trouble", error.message || this.words.not_sent);
  }

  #leave() {
    this.recorder?.cancel();
    this.recorder = null;
    this.parts.preview.pause();
    this.#forgetSound(); // what was sent has a copy of its own
  }

  #say(part, text) {
    this.parts[part].textContent = text;
    this.parts[part].hidden = !text;
  }
}
