// Dialogs inside a form, which the server opens and closes: here they become modal, and Escape is their own way out.
"use strict";

function openDialogs() {
  for (const dialog of document.querySelectorAll("dialog[data-modal][open]")) {
    if (!dialog.matches(":modal")) {
      dialog.removeAttribute("open");
      dialog.showModal();
    }
  }
}

// Escape is the dialog's own way to be left.
document.addEventListener("cancel", (event) => {
  const close = event.target.querySelector?.("[data-close]");
  if (close) {
    event.preventDefault();
    close.click();
  }
}, true);

document.addEventListener("htmx:afterSettle", openDialogs);
document.addEventListener("DOMContentLoaded", openDialogs);
