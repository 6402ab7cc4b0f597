// Reloads the page after a build, and shows over it what keeps the site from being built.
"use strict";

let events = null;
let shown = null;
let build = null;

function tell(event) {
  shown?.remove();
  shown = null;
  if (event.data) {
    shown = document.createElement("dialog");
    shown.style.cssText = "max-width:90vw;max-height:80vh;overflow:auto;padding:1.5rem;text-align:start";
    const problems = document.createElement("pre");
    problems.style.cssText = "margin:0;font:0.875rem/1.4 monospace";
    problems.textContent = event.data;
    shown.append(problems);
    document.body.append(shown);
    shown.showModal();
  }
  if (build !== null && build !== event.lastEventId) {
    location.reload();
  }
  build = event.lastEventId;
}

// A page that is left may be kept to come back to. It must not keep its connection too:
// a browser has six for a site, and with the seventh page everything would stand still.
addEventListener("pageshow", () => {
  events = new EventSource("/_dev/events");
  events.addEventListener("message", tell);
});
addEventListener("pagehide", () => events?.close());
