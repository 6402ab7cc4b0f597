// Reloads the page after a build, and shows the problems of a failed build in a dialog over it.
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

// A browser may keep a page in its back/forward cache. The page must close its connection then:
// a browser opens at most six per site, so the seventh page would block all requests.
addEventListener("pageshow", () => {
  events = new EventSource("/_dev/events");
  events.addEventListener("message", tell);
});
addEventListener("pagehide", () => events?.close());
