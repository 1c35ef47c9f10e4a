// What pages do beyond HTML and htmx. Nothing here is needed to reach or change a setting.
import { waiting } from "./slow.js";

{
  const folded = "details.menu[open], details.tip[open]";

  // Menus and tips close by Escape, by a click elsewhere, and when another one opens.
  const close = (but) => document.querySelectorAll(folded).forEach((each) => { if (!each.contains(but)) each.open = false; });
  document.addEventListener("click", (event) => close(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.activeElement.closest(folded) || document.querySelector(folded);
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });
  document.addEventListener("focusin", (event) => close(event.target));

  // A form that was sent says so after a while, and is not sent twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    const button = event.submitter || form.querySelector("[type=submit]");
    if (button) waiting(button);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    document.querySelectorAll("[aria-busy=true]").forEach((button) => button.removeAttribute("aria-busy"));
  }));

  // The button that was pressed is sent even where htmx's request had to wait for another one.
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    const pressed = detail.triggeringEvent?.submitter;
    if (pressed?.name && detail.elt === pressed.form) detail.parameters[pressed.name] = pressed.value;
  });

  // What htmx asks for says that it is under way, too: at the button that was pressed, or where the answer will stand.
  const waits = new WeakMap();
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    const pressed = detail.requestConfig.triggeringEvent?.submitter;
    const shown = [pressed, ...detail.elt.querySelectorAll("[type=submit]")].find((each) => each?.checkVisibility());
    waits.set(detail.xhr, waiting((detail.elt.matches("form") && shown) || detail.target));
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => waits.get(detail.xhr)?.());

  // A dialog's way out, where it stands in one; elsewhere it is a link like any other.
  document.addEventListener("click", (event) => {
    const way = event.target.closest("[data-closes]"), dialog = way?.closest("dialog");
    if (dialog) { event.preventDefault(); dialog.close(); }
  });

  // The session is over: what was typed stays where it is. Told once, and whenever something is asked for (detail.asked).
  let toldOfEnd = false;
  document.addEventListener("session-ended", ({ detail }) => {
    const dialog = document.getElementById("session-ended");
    if (!dialog || dialog.open || (toldOfEnd && !detail?.asked)) return;
    toldOfEnd = true;
    dialog.showModal();
  });

  // A password is shown while its owner wants to see it.
  document.querySelectorAll("[data-shows]").forEach((button) => {
    const field = document.getElementById(button.dataset.shows), show = button.textContent;
    button.hidden = false;
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      const shown = field.type === "text";
      field.type = shown ? "password" : "text";
      button.textContent = shown ? show : button.dataset.hide;
      button.setAttribute("aria-pressed", String(!shown));
    });
  });

  // What was said once is not said again when the page is loaded anew.
  const here = new URL(location.href);
  if (here.searchParams.delete("said"), here.href !== location.href) history.replaceState(null, "", here.href);

  // The first mistake of a form, or what a form says, is where reading goes on.
  const wrong = document.querySelector("[aria-invalid=true]");
  if (wrong) wrong.focus();

  // What htmx could not do is told.
  const tell = (text) => {
    const toast = document.createElement("p");
    toast.className = "toast";
    toast.textContent = text;
    document.getElementById("toasts").replaceChildren(toast);
    setTimeout(() => toast.remove(), 8000);
  };
  document.body.addEventListener("htmx:responseError", (event) => {
    const { elt, xhr } = event.detail;
    const later = Number(xhr.getResponseHeader("Retry-After"));
    if (later && elt.matches("[data-live]")) { // nobody pressed anything: a little later will do, and not all at once
      setTimeout(() => elt.dispatchEvent(new Event("again")), 1000 * later * (1 + Math.random()));
      return;
    }
    let text = document.body.dataset.trouble;
    try { text = JSON.parse(event.detail.xhr.responseText).detail || text; } catch { /* not ours */ }
    tell(text);
  });
  document.body.addEventListener("htmx:sendError", () => tell(document.body.dataset.trouble));
  document.body.addEventListener("tell", (event) => tell(event.detail.value || event.detail));

  // What happens to the line, for parts with hx-trigger="mailbox from:body" (calls, call, devices, mailbox, settings) in a page
  // that has data-live somewhere. `read-anew` stands for all of them, but for the one that begins the stream.
  if (document.querySelector("[data-live]")) {
    const names = ["calls", "call", "devices", "mailbox", "settings"];
    const happen = (name, data) => document.body.dispatchEvent(new CustomEvent(name, { detail: data }));
    let stream;
    const follow = () => {
      stream = new EventSource("/api/v1/me/events");
      names.forEach((name) => stream.addEventListener(name, (event) => happen(name, JSON.parse(event.data))));
      // "live": the stream has begun; what came between the page and it is seen by who asks again then (data-live of body).
      stream.addEventListener("read-anew", () => {
        if (document.body.dataset.live) names.forEach((name) => happen(name, {}));
        else { document.body.dataset.live = "on"; happen("live", {}); }
      });
      // A browser comes back by itself when a stream breaks, but not when it is refused, as in a restart.
      stream.addEventListener("error", () => {
        if (stream.readyState === EventSource.CLOSED) setTimeout(follow, 2000 * (1 + Math.random()));
      });
    };
    follow();
    window.addEventListener("pagehide", () => stream.close());
  }
}
