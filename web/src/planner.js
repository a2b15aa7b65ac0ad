// The planner in the dialog of an appointment: a time is taken from a suggestion, or drawn on the lines of the day.
import htmx from "htmx.org/dist/htmx.esm.js";

const STEP = 15;
const pad = (number) => String(number).padStart(2, "0");
const formOf = (element) => element.closest("form");
const opener = (form) => form.querySelector("[data-planner]");
const ask = (form) => htmx.trigger(opener(form), "planned");

/** Put a time into the form, and look anew who is free. */
function take(form, start, end) {
  const [from, to] = form.elements.all_day.checked ? ["first", "last"] : ["start", "end"];
  form.elements[from].value = start;
  form.elements[to].value = end;
  ask(form);
}

document.addEventListener("click", (event) => {
  const suggestion = event.target.closest?.("[data-take]");
  if (suggestion) {
    const form = formOf(suggestion);
    form.elements.planned_day.value = "";
    take(form, ...suggestion.dataset.take.split("/"));
  }
  const adding = event.target.closest?.("[data-add-party]");
  if (adding) add(formOf(adding), adding.dataset.addParty);
});

/** Add what was typed to those who are needed, or to those who need not come. */
function add(form, name) {
  const party = form.elements.party;
  const typed = party.value.trim();
  if (!typed) return party.focus();
  const list = form.elements[name];
  list.value = [...list.value.split("\n").filter((line) => line.trim()), typed].join("\n");
  party.value = "";
  party.focus();
  if (form.querySelector(".planner")) ask(form);
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.name !== "party") return;
  event.preventDefault(); // one more participant, not the end of the dialog
  add(formOf(event.target), "participants");
});

// What is typed elsewhere in the form shows in an open planner.
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (!form?.querySelector(".planner")) return;
  if (!["start", "end", "first", "last", "all_day", "participants", "optional", "calendar"].includes(event.target.name)) return;
  form.elements.planned_day.value = "";
  ask(form);
});

const minutesOf = (text) => Number(text.slice(11, 13)) * 60 + Number(text.slice(14, 16));

/** Draw the planned time where the pointer is, and take it when the pointer goes. */
document.addEventListener("pointerdown", (event) => {
  const line = event.target.closest?.(".planner .line svg");
  const form = line && formOf(line);
  if (!form || event.button || form.elements.all_day.checked) return;
  event.preventDefault();
  const planner = line.closest(".planner");
  const all = planner.querySelectorAll(".line .wanted");
  const edge = Number(planner.dataset.from);
  const total = Number(planner.dataset.minutes);
  const length = Math.max(STEP, (new Date(form.elements.end.value) - new Date(form.elements.start.value)) / 60_000);
  const box = line.getBoundingClientRect();
  const at = (x) => ((x - box.left) / box.width) * total;
  const before = Number(all[0].getAttribute("x"));
  const isHeld = all[0].getAttribute("width") > 0 && at(event.clientX) >= before && at(event.clientX) <= before + length;
  const grip = isHeld ? at(event.clientX) - before : 0;
  let left = before;
  const draw = (x) => {
    left = Math.min(Math.max(Math.floor((at(x) - grip) / STEP + (isHeld ? 0.5 : 0)) * STEP, 0), Math.max(total - STEP, 0));
    for (const one of all) {
      one.setAttribute("x", left);
      one.setAttribute("width", Math.min(length, total - left));
    }
  };
  draw(event.clientX);
  const move = (moved) => draw(moved.clientX);
  const end = () => {
    document.removeEventListener("pointermove", move);
    if (isHeld && left === before) return;
    const day = planner.dataset.day;
    take(form, wall(day, edge + left), wall(day, edge + left + length));
  };
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", end, { once: true });
});

/** The wall-clock time some minutes after the beginning of a day. */
function wall(day, minutes) {
  const date = new Date(`${day}T00:00`);
  date.setDate(date.getDate() + Math.floor(minutes / 1440));
  const rest = minutes % 1440;
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}T${pad(Math.floor(rest / 60))}:${pad(rest % 60)}`;
}
