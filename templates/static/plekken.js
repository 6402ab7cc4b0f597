// Tells at each date how many seats are left; without it the page says the same after sending.
"use strict";

const form = document.querySelector("form[data-seats-url]");

function words(left) {
  if (left === 0) return "vol, je kunt op de wachtlijst";
  return left === 1 ? "nog 1 plek vrij" : `nog ${left} plekken vrij`;
}

async function tell() {
  const answer = await fetch(form.dataset.seatsUrl);
  if (!answer.ok) return;
  const { seats_left: seatsLeft } = await answer.json();
  for (const place of form.querySelectorAll("[data-seats]")) {
    const left = seatsLeft[place.dataset.seats];
    if (left === undefined) continue;
    place.textContent = words(left);
    place.hidden = false;
  }
}

// Nothing depends on it: where it fails, the page is as it was.
if (form) tell().catch(() => {});
