// Finds pages as the visitor types, in an index that was made when the site was built. A large index comes in parts,
// of which only those are fetched that a query needs.
"use strict";

const form = document.querySelector("form.search");
const field = document.getElementById("zoekwoorden");
const status = document.getElementById("gevonden");
const list = document.getElementById("paginas");
const everything = [...list.children];

// How many pages are shown at first, and with each press of the button.
const step = 20;
// How many parts of the words one typed word may need. The first of them contains the exact word.
const mostParts = 3;

const more = document.createElement("button");
more.type = "button";
more.textContent = "Toon meer";
more.hidden = true;
list.after(more);

// ---- the index ----

let root = null;
const fetched = new Map();

// Fetches a file once.
function load(path) {
  if (!fetched.has(path)) {
    const answer = fetch(path).then((response) => {
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      return response.json();
    });
    // The next query tries again.
    answer.catch(() => fetched.delete(path));
    fetched.set(path, answer);
  }
  return fetched.get(path);
}

// Returns the stems among which the typed word can be, all or those of the parts that it falls in, and whether more
// words begin like it.
async function stemsNear(typed) {
  if (root.stems) return { stems: root.stems, isCut: false };
  const starts = root.wordFiles;
  let at = 0;
  while (at + 1 < starts.length && starts[at + 1][0] <= typed) at += 1;
  let end = at + 1;
  const goesOn = () => end < starts.length && starts[end][0].startsWith(typed);
  while (goesOn() && end < at + mostParts) end += 1;
  const names = starts.slice(at, end).map(([, fingerprint]) => `/zoeken/woorden.${fingerprint}.json`);
  const parts = await Promise.all(names.map(load));
  return { stems: parts.flat(), isCut: goesOn() };
}

// Returns the page with a number.
async function page(number) {
  if (root.pages) return root.pages[number];
  const per = root.pagesPerFile;
  const pages = await load(`/zoeken/paginas.${root.pageFiles[Math.floor(number / per)]}.json`);
  return pages[number % per];
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const valueOf = new Map([...digits].map((digit, value) => [digit, value]));

// Reads the pages of a stem, each with its weight (site-gen/src/render/search/postings.rs).
function* postings(text) {
  let before = 0;
  let number = 0;
  let scale = 1;
  for (const digit of text) {
    const value = valueOf.get(digit);
    number += (value % 32) * scale;
    scale *= 32;
    if (value < 32) {
      before += Math.floor(number / 8);
      yield [before, (number % 8) + 1];
      number = 0;
      scale = 1;
    }
  }
}

// ---- a query ----

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

// Returns whether two words differ by one letter too many, too few, wrong, or swapped with the next.
function isTypo(word, typed) {
  if (typed.length < 5 || Math.abs(word.length - typed.length) > 1) return false;
  let at = 0;
  while (at < word.length && word[at] === typed[at]) at += 1;
  const [left, right] = [word.slice(at), typed.slice(at)];
  return (
    left.slice(1) === right.slice(1) ||
    left.slice(1) === right ||
    left === right.slice(1) ||
    (left.slice(2) === right.slice(2) && left[0] === right[1] && left[1] === right[0])
  );
}

// Notes the scores of the pages of the stems that match: a rare word counts more than a common one. Returns whether there
// are any.
function score(stems, fitting, scores) {
  let isAny = false;
  for (const { forms, pages } of stems) {
    const fits = Math.max(...forms.split(" ").map(fitting));
    if (fits === 0) continue;
    isAny = true;
    const found = [...postings(pages)];
    const points = fits * Math.log2(1 + root.count / found.length);
    for (const [number, weight] of found) scores[number] = Math.max(scores[number], points * weight);
  }
  return isAny;
}

// Returns the score of each page for one typed word or a synonym of it, 0 if it does not match, and whether there may be
// more pages.
async function pagesFor(typed) {
  const same = root.synonyms.filter((words) => words.includes(typed)).flat();
  const alternatives = [...new Set([typed, ...same])];
  // All at once, because on a large site each may need a part of its own.
  const parts = await Promise.all(alternatives.map(stemsNear));
  const scores = new Float32Array(root.count);
  let isCut = false;
  for (const [at, word] of alternatives.entries()) {
    const near = parts[at];
    isCut ||= near.isCut;
    if (score(near.stems, (form) => fit(form, word), scores)) continue;
    // A mistake is seldom in the first three letters.
    const { stems } = await stemsNear(word.slice(0, 3));
    score([...near.stems, ...stems], (form) => (isTypo(form, word) ? 1 : 0), scores);
  }
  return { scores, isCut };
}

// Returns the numbers of the pages that match most of the words, best match first, how many words those are, and
// whether there may be more pages.
async function find(words) {
  const found = await Promise.all(words.map(pagesForParts));
  const isCut = found.some((one) => one.isCut);
  const sums = new Float32Array(root.count);
  const counts = new Uint16Array(root.count);
  let most = 0;
  for (const { scores } of found) {
    for (let number = 0; number < scores.length; number += 1) {
      if (scores[number] === 0) continue;
      sums[number] += scores[number];
      counts[number] += 1;
      most = Math.max(most, counts[number]);
    }
  }
  const numbers = [];
  counts.forEach((count, number) => {
    if (most > 0 && count === most) numbers.push(number);
  });
  numbers.sort((one, other) => sums[other] - sums[one] || other - one);
  return { numbers, most, isCut };
}

// Returns the typed words; one with hyphens is in the index in one piece and in its parts.
const wordsOf = (text) =>
  (text.match(/[\p{L}\p{N}]+(?:[-\u2010\u2011][\p{L}\p{N}]+)*/gu) ?? [])
    .map((word) => word.split(/[-\u2010\u2011]/u))
    .map((parts) => ({ joined: parts.join(""), parts: parts.filter((part) => part.length > 1) }))
    .filter(({ joined }) => joined.length > 1);

// Returns the better score of each page, for the word in one piece or for all its parts, and whether there may be more.
async function pagesForParts({ joined, parts }) {
  const [whole, ...found] = await Promise.all([joined, ...(parts.length > 1 ? parts : [])].map(pagesFor));
  if (found.length === 0) return whole;
  const scores = whole.scores.map((score, number) => {
    const of = found.map((part) => part.scores[number]);
    return Math.max(score, of.includes(0) ? 0 : of.reduce((sum, one) => sum + one, 0) / of.length);
  });
  return { scores, isCut: whole.isCut || found.some((part) => part.isCut) };
}

// ---- the page ----

function item(entry) {
  const shown = document.createElement("li");
  const link = document.createElement("a");
  link.href = entry.url;
  link.textContent = entry.title;
  shown.append(link);
  if (entry.description) shown.append(document.createElement("br"), entry.description);
  return shown;
}

function told(words, { numbers, most, isCut }) {
  if (numbers.length === 0) return `Niets gevonden voor “${field.value.trim()}”. Probeer een ander woord, of kies hieronder.`;
  const count = numbers.length === 1 ? "1 pagina" : `${numbers.length} pagina’s`;
  if (most < words.length) return `Geen pagina heeft alle woorden. ${count} met een deel ervan gevonden.`;
  return isCut ? `Ten minste ${count} gevonden. Typ meer letters om gerichter te zoeken.` : `${count} gevonden`;
}

// The latest query. An answer to an earlier one is no longer shown.
let latest = 0;
// The numbers of the pages that are still to be shown.
let rest = [];

const failure = "Zoeken lukt nu even niet. Kies hieronder een pagina, of probeer het zo nog eens.";

// Shows the answer to what is typed now.
async function show() {
  latest += 1;
  const query = latest;
  rest = [];
  more.hidden = true;
  const words = wordsOf(fold(field.value));
  const tell = (words, items) => {
    status.textContent = words;
    list.replaceChildren(...items);
  };
  if (words.length === 0) return tell("", everything);
  try {
    root ??= await load("/zoeken.json");
    const found = await find(words);
    if (query !== latest) return;
    const entries = await Promise.all(found.numbers.slice(0, step).map(page));
    if (query !== latest) return;
    rest = found.numbers.slice(step);
    more.hidden = rest.length === 0;
    tell(told(words, found), entries.length > 0 ? entries.map(item) : everything);
  } catch {
    if (query === latest) tell(failure, everything);
  }
}

// Shows more pages, and moves the focus to the first of them. If they cannot be fetched, the button stays.
async function showMore() {
  const [query, now, later] = [latest, rest.slice(0, step), rest.slice(step)];
  rest = [];
  try {
    const items = (await Promise.all(now.map(page))).map(item);
    if (query !== latest) return;
    rest = later;
    more.hidden = rest.length === 0;
    list.append(...items);
    items[0]?.querySelector("a").focus();
  } catch {
    if (query === latest) rest = [...now, ...later];
  }
}

field.value ||= new URLSearchParams(location.search).get("q") ?? "";
field.addEventListener("input", show);
more.addEventListener("click", showMore);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});
// Fetches the index before the first letter is typed.
load("/zoeken.json").catch(() => {});
show();
