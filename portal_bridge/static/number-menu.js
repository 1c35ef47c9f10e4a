// The menu of a number: call it from my line or from another one, send a message, add to the contacts, block.
// Works on every page that includes `templates/_number_dialogs.html`.

import { ask } from "./api.js";
import { FormDialog } from "./form-dialog.js";

/** `tell(text)` says what came of it, `act(deed)` says what is wrong and shows the list anew, `message(box, name)` opens
 *  the dialog of a new message, `changed()` is called when names of a list are no longer what they were. */
export function connect(words, { tell, act, message, changed }) {
  const dialler = document.getElementById("call");
  const place = dialler.querySelector("#dialler");
  dialler.addEventListener("close", () => place.replaceChildren());
  const dial = async (method, values) => {
    await htmx.ajax(method, "/call", { source: place, target: place, swap: "innerHTML", values });
    if (place.firstElementChild) dialler.showModal();
  };
  const contact = new FormDialog(document.getElementById("contact"), async (form) => {
    const number = form.elements.number.value;
    const card = {
      first_name: form.elements.first_name.value,
      last_name: form.elements.last_name.value,
      company: form.elements.company.value,
      numbers: [{ kind: form.elements.kind.value, number }],
    };
    await ask("POST", "contacts", card);
    tell(words.contact_added);
    changed();
  });

  const choices = {
    call: ({ number }) => dial("POST", { to: number }),
    "call-from": ({ number }) => dial("GET", { to: number, from: "other" }),
    message: ({ box, name }) => message(box, name || box),
    contact: ({ number, name }) => {
      const { form } = contact;
      contact.open();
      form.elements.number.value = number;
      [form.elements.first_name.value, form.elements.last_name.value] = halves(name);
    },
    block: async ({ number }) => {
      const list = await ask("POST", "blocked-callers", { number });
      tell(words.blocked.replace("{count}", list.callers));
    },
    unblock: async ({ number }) => {
      await ask("DELETE", `blocked-callers?number=${encodeURIComponent(number)}`);
      tell(words.unblocked);
    },
  };
  document.addEventListener("click", async ({ target }) => {
    const choice = target.closest(".number-menu [data-do]");
    if (!choice) return;
    const menu = choice.closest(".number-menu");
    menu.open = false;
    menu.querySelector("summary").focus(); // where a dialog gives the focus back to
    const { dataset } = menu;
    const choose = () => choices[choice.dataset.do](dataset);
    if (["block", "unblock"].includes(choice.dataset.do)) await act(choose);
    else choose();
  });
}

/** "Nathalie Le Goff" -> first and last name. */
function halves(name) {
  const [first, ...last] = (name ?? "").split(" ");
  return [first, last.join(" ")];
}
