// A list that is true while somebody looks at it: the page is asked for again, and what it shows becomes what came.
// Rows that are the same (data-state) stay as they are, with their open menus, the focus and the player in them.

/** `parts` are ids of what is shown anew as a whole; `player` is moved, never copied. */
export class LiveList {
  constructor({ rows, parts, player }) {
    Object.assign(this, { rows, parts, player });
    this.asked = 0;
  }

  /** Ask for the page again; of several at once, the last one is shown. Rejects when it cannot be had. */
  async refresh() {
    const turn = ++this.asked;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.redirected && new URL(answer.url).pathname !== location.pathname) {
      document.dispatchEvent(new CustomEvent("session-ended"));
      return;
    }
    if (!answer.ok) throw new Error();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (turn !== this.asked) return;
    const focus = this.#focus();
    document.title = page.title;
    for (const id of this.parts) this.#become(document.getElementById(id), page.getElementById(id));
    this.#rows(page.getElementById(this.rows.id));
    this.#focusAgain(focus);
  }

  #become(part, wanted) {
    if (part && wanted && part.innerHTML !== wanted.innerHTML) part.replaceWith(document.adoptNode(wanted));
  }

  #rows(wanted) {
    const there = new Map([...this.rows.children].map((row) => [row.id, row]));
    let place = this.rows.firstElementChild;
    for (const came of [...wanted.children]) {
      const old = there.get(came.id);
      there.delete(came.id);
      const row = old?.dataset.state === came.dataset.state ? old : document.adoptNode(came);
      if (old && old !== row) {
        if (place === old) place = row;
        this.#replace(old, row);
      }
      if (row === place) place = row.nextElementSibling;
      else this.rows.insertBefore(row, place);
    }
    for (const row of there.values()) {
      if (row.contains(this.player)) this.rows.after(this.player); // what is played is heard to its end
      row.remove();
    }
  }

  #replace(old, row) {
    for (const open of old.querySelectorAll("details[open][id]"))
      row.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute("open", "");
    old.after(row);
    if (old.contains(this.player)) row.append(this.player); // moved within one task, it plays on
    old.remove();
  }

  #focus() {
    const element = document.activeElement;
    return { element, row: [...this.rows.children].indexOf(element?.closest(".row")) };
  }

  /** Whoever works with the keyboard stays where they were: at the same control, or in the row that took its place. */
  #focusAgain({ element, row }) {
    if (!element || element === document.body || element.isConnected) return;
    const same = element.id ? document.getElementById(element.id) : null;
    const next = this.rows.children[Math.min(row, this.rows.children.length - 1)];
    (same ?? next?.querySelector("button, summary, a") ?? this.rows).focus();
  }
}
