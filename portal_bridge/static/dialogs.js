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

// At the swap itself: whoever types or presses Escape a moment later means the dialog that was just shown.
document.addEventListener("htmx:afterSwap", openDialogs);
document.addEventListener("htmx:afterSettle", openDialogs);
document.addEventListener("DOMContentLoaded", openDialogs);
