// The page Accueil: sections stay as they were opened, and the calls of the line are counted. Nothing is kept or decided here.
"use strict";

document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.id === "call-manager") {
    const open = document.querySelectorAll("#call-manager details[data-keep][open]");
    event.detail.parameters.opened = Array.from(open, (section) => section.dataset.keep).join(",");
  }
});

// How many calls there are is said by the stream itself: nothing is asked for each call. What it says while the state of
// the line is being asked for is newer than the answer.
{
  let told;
  const count = () => {
    const shown = document.querySelector("#live [data-calls]");
    if (shown && told !== undefined) shown.textContent = shown.dataset[told > 1 ? "many" : "one"].replace("{}", told);
  };
  document.body.addEventListener("calls", ({ detail }) => {
    told = detail.calls;
    count();
  });
  document.addEventListener("htmx:beforeRequest", ({ target }) => {
    if (target.id === "live") told = undefined;
  });
  document.addEventListener("htmx:afterSwap", ({ target }) => {
    if (target.id === "live") count();
  });
}

// The way of a call that was asked about is that of the settings as they are saved now.
document.body.addEventListener("settings", () => {
  if (document.querySelector("#explained .way")) document.querySelector(".if form").requestSubmit();
});
