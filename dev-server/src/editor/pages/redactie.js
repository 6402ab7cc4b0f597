// Adds to a page's form: the preview while typing, buttons for Markdown, a warning about unsaved changes, and what was
// typed kept on the server. The form works without it.
"use strict";

{
  const form = document.getElementById("pagina");
  const frame = document.querySelector("iframe[name=voorbeeld]");
  // The pause after the last key before a preview is made, and before what was typed is kept, in milliseconds.
  const PREVIEW_AFTER = 300;
  const KEEP_AFTER = 2000;
  // What is kept from an earlier time is not replaced until the editor has chosen what to do with it.
  const mayKeep = document.querySelector("form.note") === null;
  let isChanged = form.dataset.changed !== undefined;
  let previewTimer = 0;
  let keepTimer = 0;
  let asked = 0;

  function send(action) {
    const values = new FormData(form);
    // A picture is sent only with its own button.
    values.delete("foto");
    const sent = new URLSearchParams(values);
    sent.set("doe", action);
    return fetch(form.action, { method: "POST", body: sent });
  }

  async function preview() {
    const number = ++asked;
    try {
      const html = await (await send("voorbeeld")).text();
      // Somebody who types on has asked for another one since.
      if (number !== asked) {
        return;
      }
      const at = frame.contentWindow?.scrollY ?? 0;
      frame.addEventListener("load", () => frame.contentWindow?.scrollTo(0, at), { once: true });
      frame.srcdoc = html;
    } catch {
      // The server has stopped. The next key tries again.
    }
  }

  async function keep() {
    keepTimer = 0;
    try {
      const answer = await send("houd");
      if (!answer.ok) {
        throw new Error(answer.statusText);
      }
    } catch {
      keepTimer = setTimeout(keep, KEEP_AFTER);
    }
  }

  form.addEventListener("input", () => {
    isChanged = true;
    clearTimeout(previewTimer);
    previewTimer = setTimeout(preview, PREVIEW_AFTER);
    // Also while somebody types without a pause.
    keepTimer ||= mayKeep ? setTimeout(keep, KEEP_AFTER) : 0;
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget !== "voorbeeld") {
      isChanged = false;
      clearTimeout(keepTimer);
    }
  });
  addEventListener("beforeunload", (event) => {
    // A browser asks only somebody who has done something on the page.
    if (isChanged && navigator.userActivation.hasBeenActive) {
      event.preventDefault();
    }
  });

  // What a button puts around the selected words, or before their line.
  const TOOLS = [
    ["Tussenkop", "## ", ""],
    ["Nadruk", "*", "*"],
    ["Link", "[", "](/)"],
    ["Opsomming", "- ", ""],
    ["Citaat", "> ", ""],
  ];

  for (const area of document.querySelectorAll("textarea[data-markdown]")) {
    const tools = document.createElement("div");
    tools.className = "tools";
    for (const [name, before, after] of TOOLS) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.addEventListener("click", () => {
        const { selectionStart: start, selectionEnd: end, value } = area;
        const at = after || start === 0 ? start : value.lastIndexOf("\n", start - 1) + 1;
        const chosen = value.slice(at, end);
        area.focus();
        area.setSelectionRange(at, end);
        area.setRangeText(before + chosen + after, at, end, "end");
        if (after) {
          // Of a link whose words were chosen, the address is still to be typed.
          const rest = chosen !== "" && after.includes("/") ? [chosen.length + after.indexOf("/"), 1] : [0, chosen.length];
          const from = at + before.length + rest[0];
          area.setSelectionRange(from, from + rest[1]);
        }
        area.dispatchEvent(new Event("input", { bubbles: true }));
      });
      tools.append(button);
    }
    area.before(tools);
  }
  // A topic that is in use becomes a button, which adds it or takes it away.
  const topics = document.getElementById("onderwerpen");
  const tags = document.getElementById("veld-tags");
  const chosen = () => tags.value.split("\n").filter((line) => line.trim() !== "");
  const buttons = [...(topics?.querySelectorAll("span") ?? [])].map((topic) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = topic.textContent;
    button.addEventListener("click", () => {
      const others = chosen().filter((tag) => tag !== button.textContent);
      const isNew = others.length === chosen().length;
      tags.value = (isNew ? [...others, button.textContent] : others).join("\n");
      tags.dispatchEvent(new Event("input", { bubbles: true }));
    });
    return button;
  });
  if (buttons.length > 0) {
    const pressed = () =>
      buttons.forEach((button) => button.setAttribute("aria-pressed", chosen().includes(button.textContent)));
    topics.replaceChildren(...buttons);
    topics.className = "tools";
    tags.addEventListener("input", pressed);
    pressed();
  }

  // A picture that is dropped on the text is chosen; what it shows is asked for.
  const picture = document.getElementById("veld-foto");
  const body = document.querySelector("textarea[data-markdown]");
  body.addEventListener("dragover", (event) => {
    if (event.dataTransfer.types.includes("Files")) {
      event.preventDefault();
    }
  });
  body.addEventListener("drop", (event) => {
    if (event.dataTransfer.files.length > 0) {
      event.preventDefault();
      const one = new DataTransfer();
      one.items.add(event.dataTransfer.files[0]);
      picture.files = one.files;
      picture.closest("details").open = true;
      document.getElementById("veld-foto-alt").focus();
    }
  });
  document.getElementById("fouten")?.focus();
  if (isChanged) {
    preview();
  }
  const added = document.querySelector(".picture .done");
  if (added !== null) {
    added.scrollIntoView({ block: "center" });
    // By then the site has the picture.
    setTimeout(preview, 2000);
  }
}
