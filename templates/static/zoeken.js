// Finds pages as the visitor types, in an index that was made when the site was built.
"use strict";

const form = document.querySelector("form.search");
const field = document.getElementById("zoekwoorden");
const status = document.getElementById("gevonden");
const list = document.getElementById("paginas");
const everything = [...list.children];
let index = null;

// Folds text as the index does: lower case, without accents.
const plain = { ø: "o", ß: "ss", æ: "ae", œ: "oe", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };
const fold = (text) =>
  text
    .normalize("NFKD")
    .replace(/[\p{M}\u00AD\u200B-\u200D\u2060\uFEFF]/gu, "")
    .toLowerCase()
    .replace(/[øßæœłđðþı]/g, (letter) => plain[letter]);

// Returns how well a word of the index matches the typed word; 0 means no match.
function fit(word, typed) {
  if (word === typed) return 4;
  if (word.startsWith(typed)) return 2;
  if (typed.length > 3 && word.includes(typed)) return 1;
  // The typed word is a longer form of the indexed one, and may itself be on no page.
  return typed.length > 5 && word.length > 4 && typed.startsWith(word) ? 1 : 0;
}

// Returns the pages that match one typed word, each with a score. Forms with the same stem count once.
function pagesFor(typed) {
  const stems = new Map();
  for (const [word, stem] of Object.entries(index.words)) {
    const fits = fit(word, typed);
    if (fits > (stems.get(stem) ?? 0)) stems.set(stem, fits);
  }
  const scores = new Map();
  for (const [stem, fits] of stems) {
    for (const [page, weight] of Object.entries(index.stems[stem])) {
      scores.set(page, (scores.get(page) ?? 0) + fits * Math.log2(1 + weight));
    }
  }
  return scores;
}

// Returns the pages that match every word, best match first; null for a query without words.
function find(query) {
  const words = fold(query).match(/[\p{L}\p{N}]{2,}/gu) ?? [];
  if (words.length === 0) return null;
  const scores = words.map(pagesFor);
  return [...scores[0].keys()]
    .filter((page) => scores.every((score) => score.has(page)))
    .map((page) => [scores.reduce((sum, score) => sum + score.get(page), 0), index.pages[page]])
    .sort(([a], [b]) => b - a)
    .map(([, page]) => page);
}

function item(page) {
  const entry = document.createElement("li");
  const link = document.createElement("a");
  link.href = page.url;
  link.textContent = page.title;
  entry.append(link);
  if (page.description) entry.append(document.createElement("br"), page.description);
  return entry;
}

function show() {
  const found = find(field.value);
  list.replaceChildren(...(found ? found.map(item) : everything));
  if (found === null) status.textContent = "";
  else if (found.length === 0) status.textContent = "Niets gevonden. Probeer een ander woord.";
  else status.textContent = found.length === 1 ? "1 pagina gevonden" : `${found.length} pagina’s gevonden`;
}

async function start() {
  const answer = await fetch("/zoeken.json");
  if (!answer.ok) return;
  index = await answer.json();
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  field.addEventListener("input", show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
  show();
}

start();
