// *Messages et appels*: what its buttons do. Everything is asked of the JSON API; the list then shows what is true.

import { ask } from "./api.js";
import { Compose } from "./compose.js";
import { FormDialog } from "./form-dialog.js";
import { LiveList } from "./live-list.js";
import { connect } from "./number-menu.js";
import { Player } from "./player.js";

const root = document.getElementById("messages");
const words = JSON.parse(root.dataset.words);
const { tab } = root.dataset;
const put = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

// -- what is told
const toasts = document.getElementById("toasts");
function tell(text, undo) {
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.textContent = text || words.trouble;
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words.undo;
    button.addEventListener("click", () => {
      toast.remove();
      act(undo);
    });
    toast.append(" ", button);
  }
  toasts.replaceChildren(toast);
  setTimeout(() => toast.remove(), undo ? 12000 : 8000);
}

// -- the list
const rows = document.getElementById("rows");
const element = document.getElementById("player");
const list = new LiveList({ rows, parts: ["messages-head", "messages-tabs", "pager", "main-tabs"], player: element });
const refresh = () => list.refresh().catch(() => {}); // the next event brings it
const player = new Player(element, (button) => {
  const row = button?.closest(".row");
  if (row?.hasAttribute("data-new")) ask("PATCH", `messages/${row.dataset.message}`, { new: false }).then(refresh, () => {});
});

/** Do something that the API may refuse, and show what became of the list. */
async function act(action) {
  try {
    await action();
  } catch (error) {
    tell(error.fields ? error.message : words.trouble);
  }
  await refresh();
}

let waiting;
const soon = () => {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, 50);
};
document.body.addEventListener("mailbox", soon);
document.body.addEventListener("live", soon); // what came between the page and its stream
if (document.body.dataset.live) soon();
if (tab in { missed: 1, outgoing: 1, received: 1, rejected: 1 }) {
  let held = Infinity;
  document.body.addEventListener("calls", ({ detail: { calls } }) => {
    const ended = !(calls >= held); // one of the line's, as far as it is known here
    held = calls ?? Infinity;
    if (!ended) return;
    soon();
    setTimeout(soon, 1500); // it is in the history a moment later
  });
}

// -- speaking and mailing
const compose = new Compose(document.getElementById("compose"), words);
const sent = ({ recipients }) => {
  tell(put(words.sent, { names: recipients.map(({ name }) => name).join(", ") }));
  refresh();
};
const newMessage = (to) =>
  compose.open({ title: words.new_message, recipients: true, urgent: true, to, send: (what) => ask("POST", "messages", what), done: sent });
let mailed;
const email = new FormDialog(document.getElementById("email"), async ({ elements }) => {
  const address = elements.address.value.trim();
  await ask("POST", `${mailed}/email`, { address });
  tell(put(words.mailed, { address }));
  refresh();
});

connect(words, { tell, act, message: (box, name) => newMessage([[box, name]]), changed: refresh });

// -- what can be done with a message
const collection = (row) => (row.dataset.kind === "fax" ? "faxes" : "messages");
const one = (row) => `${collection(row)}/${row.dataset.message}`;
const about = (row) => put(words.about, { who: row.dataset.who, when: row.dataset.when });
const mark = (isNew, said) => (row) =>
  act(async () => {
    await ask("PATCH", one(row), { new: isNew });
    tell(said);
  });
const deeds = {
  new: () => newMessage(),
  delete: (row) =>
    act(async () => {
      const { message } = row.dataset;
      await ask("DELETE", one(row));
      tell(words.deleted, () => ask("POST", `deleted/${message}/restore`));
    }),
  "delete-all": () =>
    act(async () => {
      const { count } = await ask("POST", `${tab === "faxes" ? "faxes" : "messages"}/delete-all`);
      tell(put(words.deleted_all, { count }));
    }),
  "purge-all": () =>
    act(async () => {
      await ask("DELETE", "deleted");
      tell(words.purged);
    }),
  restore: (row) =>
    act(async () => {
      await ask("POST", `deleted/${row.dataset.message}/restore`);
      tell(words.restored);
    }),
  purge: (row) =>
    act(async () => {
      await ask("DELETE", `deleted/${row.dataset.message}`);
      tell(words.purged);
    }),
  "mark-new": mark(true, words.marked_new),
  "mark-heard": mark(false, words.marked_heard),
  look: (row) => row.hasAttribute("data-new") && mark(false, words.marked_heard)(row),
  reply: (row) =>
    compose.open({
      title: put(words.reply, { who: row.dataset.who }),
      about: about(row),
      send: ({ recording }) => ask("POST", `${one(row)}/reply`, { recording }),
      done: sent,
    }),
  forward: (row) =>
    compose.open({
      title: words.forward,
      about: about(row),
      recipients: true,
      optional: true,
      silent: row.dataset.kind === "fax",
      send: ({ recipients, recording }) => ask("POST", `${one(row)}/forward`, { recipients, recording }),
      done: sent,
    }),
  email: (row) => {
    mailed = one(row);
    email.open();
  },
};

document.addEventListener("click", ({ target }) => {
  const play = target.closest("[data-sound]");
  if (play) player.press(play);
  const button = target.closest("[data-act]");
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  const menu = button.closest("details.menu");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  deeds[button.dataset.act](button.closest(".row"));
});
