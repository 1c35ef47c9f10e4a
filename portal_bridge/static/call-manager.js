// The page Accueil: dialogs are modal, sections stay as they were opened. Nothing is kept or decided here.
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

document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.id === "call-manager") {
    const open = document.querySelectorAll("#call-manager details[data-keep][open]");
    event.detail.parameters.opened = Array.from(open, (section) => section.dataset.keep).join(",");
  }
});

document.addEventListener("htmx:afterSettle", openDialogs);
document.addEventListener("DOMContentLoaded", openDialogs);
