// The year beside the calendar's other views: the server draws the months, the calendar keeps its toolbar above them.
import htmx from "htmx.org/dist/htmx.esm.js";

const place = document.querySelector("#calendar");
const months = document.querySelector("#year");
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

export const isYear = () => !months.hidden;

/** Show the months of a year, or hide them without one. */
export function showYear(year, folders) {
  months.hidden = year === null;
  place.classList.toggle("is-year", year !== null);
  if (year === null) return months.replaceChildren();
  months.setAttribute("aria-busy", "true");
  const address = `${place.dataset.year}?${new URLSearchParams({ year, folders })}`;
  htmx.ajax("GET", address, { target: "#year", swap: "innerHTML" }).then(() => {
    months.removeAttribute("aria-busy");
    const day = held && document.activeElement === document.body && months.querySelector(`[data-day="${held}"]`);
    if (day) goTo(day);
  });
}

// Drawing the months anew takes the day away that has the focus, which then belongs to the same day of the new ones.
let held;
for (const event of ["focusin", "pointerdown"]) {
  document.addEventListener(event, ({ target }) => {
    held = months.contains(target) ? target.closest("[data-day]")?.dataset.day : undefined;
  });
}

/** Give a day the focus, and make it the stop for the tabulator. */
function goTo(day) {
  for (const other of months.querySelectorAll("[data-day][tabindex='0']")) other.tabIndex = -1;
  day.tabIndex = 0;
  day.focus();
}

/** Call back with the day that somebody chooses. */
export function onDay(callback) {
  months.addEventListener("click", (event) => {
    const day = event.target.closest("[data-day]")?.dataset.day;
    if (day) callback(day);
  });
}

// Arrow keys go from day to day; only one of them is a stop for the tabulator.
months.addEventListener("keydown", (event) => {
  const from = event.target.closest("[data-day]");
  const step = STEPS[event.key];
  if (!from || !step) return;
  event.preventDefault();
  const days = [...months.querySelectorAll("[data-day]")];
  const to = days[days.indexOf(from) + step];
  if (to) goTo(to);
});
