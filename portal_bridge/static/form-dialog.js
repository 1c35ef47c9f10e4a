// A dialog with one form: what is wrong with a field is said beside it (data-error="field"), all else at the foot.

import { waiting } from "./slow.js";

export class FormDialog {
  /** `send(form)` rejects with Refused when it may not be. */
  constructor(dialog, send) {
    this.dialog = dialog;
    this.form = dialog.querySelector("form");
    this.form.addEventListener("submit", async (event) => {
      event.preventDefault();
      this.#wrong({});
      const over = waiting(this.form.querySelector("[type=submit]"));
      try {
        await send(this.form);
        dialog.close();
      } catch (error) {
        this.#wrong(error.fields ?? {}, error.message);
        this.form.querySelector("[aria-invalid=true]")?.focus();
      } finally {
        over();
      }
    });
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  }

  open() {
    this.form.reset();
    this.#wrong({});
    this.dialog.showModal();
  }

  #wrong(fields, message = "") {
    let left = Object.keys(fields).length ? "" : message;
    for (const place of this.form.querySelectorAll("[data-error]")) place.textContent = "";
    for (const [field, text] of Object.entries(fields)) {
      const place = this.form.querySelector(`[data-error="${CSS.escape(field)}"]`);
      if (place) place.textContent = text;
      else left = `${left} ${text}`.trim();
    }
    this.form.querySelector("[data-trouble]").textContent = left;
    for (const place of this.form.querySelectorAll("[data-error]")) {
      const input = place.closest(".field").querySelector("input, select");
      if (place.textContent) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  }
}
