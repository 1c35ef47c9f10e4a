// The page Accueil: sections stay as they were opened. Nothing is kept or decided here.
"use strict";

document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.id === "call-manager") {
    const open = document.querySelectorAll("#call-manager details[data-keep][open]");
    event.detail.parameters.opened = Array.from(open, (section) => section.dataset.keep).join(",");
  }
});
