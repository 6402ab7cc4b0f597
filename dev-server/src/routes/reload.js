// Reloads the page after a build, and shows the problems of a failed build in a dialog over it.
"use strict";

// A block, because the scripts of a page share their names with this one.
{
  let events = null;
  let shown = null;
  let build = null;

  function element(name, style, ...content) {
    const made = document.createElement(name);
    made.style.cssText = style;
    made.append(...content);
    return made;
  }

  // A problem: what is wrong, the line, its place, and what to do.
  function item({ message, text, path, line, column, help }) {
    const made = element("li", "margin:0 0 1.25rem", element("strong", "display:block", message));
    if (text) {
      made.append(element("code", "display:block;margin:0.25rem 0;overflow-wrap:anywhere", text.trim()));
    }
    if (path) {
      const place = line ? `${path}, regel ${line}, teken ${column}` : path;
      made.append(element("span", "display:block;opacity:0.75;overflow-wrap:anywhere", place));
    }
    if (help) {
      made.append(element("span", "display:block;margin-top:0.25rem", help));
    }
    return made;
  }

  function overlay(problems, isFirst) {
    const title = isFirst ? "De site is nog niet gebouwd" : "Je wijziging is nog niet te zien";
    const state = isFirst ? "" : "Je ziet de vorige versie van de site. ";
    const close = element("button", "font:inherit;padding:0.5rem 1rem", "Sluiten");
    const dialog = element(
      "dialog",
      "box-sizing:border-box;width:min(46rem,100vw - 1.5rem);max-width:none;max-height:90vh;overflow:auto;" +
        "padding:1.25rem;text-align:start;font:1rem/1.5 system-ui,sans-serif",
      element("h2", "margin:0 0 0.5rem;font-size:1.25rem", title),
      element("p", "margin:0 0 1rem", `${state}Verbeter dit en sla op; dan komt de pagina vanzelf.`),
      element("ol", "margin:0;padding-left:1.25rem", ...problems.map(item)),
      close,
    );
    close.addEventListener("click", () => dialog.close());
    return dialog;
  }

  function tell(event) {
    shown?.remove();
    shown = null;
    if (event.data) {
      shown = overlay(JSON.parse(event.data), event.lastEventId === "0");
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
}
