// "Composeur de numéro": the platform calls my phone (or another number), then whom I want, and joins them. How far
// it is comes live; it can be ended here.

import { ask } from "./api.js";

export class CallDialog {
  constructor(dialog, words) {
    this.dialog = dialog;
    this.words = words;
    this.parts = Object.fromEntries([...dialog.querySelectorAll("[data-part]")].map((each) => [each.dataset.part, each]));
    const { parts } = this;
    dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#dial(parts.from.value.trim());
    });
    parts.end.addEventListener("click", () => this.#end());
    parts.close.addEventListener("click", () => dialog.close());
    this.told = new Map(); // how far calls are: one may be told of before it is answered that it was made
    document.body.addEventListener("call", ({ detail }) => {
      this.told.set(detail.id, detail.state);
      if (detail.id === this.call) this.#show(detail.state);
    });
  }

  /** Call `number` from my own line, at once. */
  begin(number, name) {
    this.#open(number, name);
    this.parts.ask.hidden = true;
    this.#dial(null);
  }

  /** Ask from where to call it. */
  ask(number, name) {
    this.#open(number, name);
    this.parts.ask.hidden = false;
    this.parts.from.value = "";
    this.parts.from.focus();
  }

  #open(number, name) {
    this.number = number;
    this.call = null;
    this.parts.whom.textContent = name && name !== number ? `${name} – ${number}` : number;
    this.parts.state.textContent = "";
    this.parts.trouble.textContent = "";
    this.parts.end.hidden = true;
    this.dialog.showModal();
  }

  async #dial(from) {
    const { parts, words } = this;
    parts.trouble.textContent = "";
    if (from === "") {
      parts.trouble.textContent = words.give_number;
      return;
    }
    try {
      const made = await ask("POST", "calls", from === null ? { to: this.number } : { to: this.number, from });
      this.call = made.id;
      parts.ask.hidden = true;
      parts.end.hidden = false;
      parts.end.focus();
      this.other = from !== null;
      this.#show(this.told.get(made.id) ?? made.state);
    } catch (error) {
      parts.trouble.textContent = error.message;
    }
  }

  #show(state) {
    const rings = state === "ringing_from" && this.other ? "ringing_other" : state;
    this.parts.state.textContent = this.words[`call_${rings}`];
    if (state === "ended") {
      this.parts.end.hidden = true;
      this.parts.close.focus();
    }
  }

  async #end() {
    try {
      await ask("DELETE", `calls/${this.call}`);
    } catch {
      this.#show("ended"); // it was over already
    }
  }
}
