// Shows how many seats are left for each date. Without it, visitors learn that a session is full only
// after they submit the form.
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

// Ignores a failure: the form works without the number of seats.
if (form) tell().catch(() => {});
