// Shows whether there are seats left for each session, in the form and on its card. Without it, visitors learn
// that a session is full only after they submit the form.
"use strict";

const form = document.querySelector("form[data-seats-url]");

const words = {
  none: "vol, je kunt op de wachtlijst gaan staan",
  few: "nog enkele plekken vrij",
  enough: "er is plek",
};

// A card says something already, which stays unless seats are scarce.
const onCard = {
  none: "Vol. Je kunt op de wachtlijst gaan staan.",
  few: "Je kunt je aanmelden. Er zijn nog enkele plekken.",
};

async function tell() {
  const answer = await fetch(form.dataset.seatsUrl);
  if (!answer.ok) return;
  const { seats_left: seatsLeft } = await answer.json();
  for (const place of form.querySelectorAll("[data-seats]")) {
    const text = words[seatsLeft[place.dataset.seats]];
    if (text === undefined) continue;
    place.textContent = text;
    place.hidden = false;
  }
  for (const card of document.querySelectorAll("[data-card]")) {
    card.textContent = onCard[seatsLeft[card.dataset.card]] ?? card.textContent;
  }
}

// Ignores a failure: the form works without it.
if (form) tell().catch(() => {});
