// The folder tree: which calendars are shown, the menu of a folder, counts by choice; and the boxes of its permissions.
import { headers, tell } from "./desk.js";

const HIDDEN = "hidden";

/** Calendars that somebody hid stay hidden, also when the tree comes anew. */
function restore() {
  const hidden = new Set((localStorage.getItem(HIDDEN) ?? "").split(","));
  for (const box of document.querySelectorAll("[name=shown]")) box.checked = !hidden.has(box.value);
}
restore();
document.addEventListener("change", ({ target }) => {
  if (!target.matches("[name=shown]")) return;
  const hidden = [...document.querySelectorAll("[name=shown]:not(:checked)")].map((one) => one.value);
  localStorage.setItem(HIDDEN, hidden.join(","));
  document.body.dispatchEvent(new Event("changed"));
});

const menu = document.querySelector("#folder-menu");
let opener, point;

document.addEventListener("contextmenu", (event) => {
  const button = event.target.closest("[data-folder]")?.querySelector(".more");
  if (!button) return;
  event.preventDefault();
  point = { x: event.clientX, y: event.clientY };
  button.click();
});

document.addEventListener("click", ({ target }) => {
  const more = target.closest(".more");
  if (more) {
    const { left, bottom } = more.getBoundingClientRect();
    [opener, point] = [more, point ?? { x: left, y: bottom }];
  }
  const chosen = target.closest("#folder-menu :is(button, a)");
  if (!chosen) return;
  menu.hidePopover();
  if ("counts" in chosen.dataset) count(chosen.dataset.counts);
});

function showMenu() {
  if (!menu?.childElementCount || !point || menu.matches(":popover-open")) return;
  menu.showPopover();
  menu.style.insetInlineStart = `${Math.min(point.x, innerWidth - menu.offsetWidth - 8)}px`;
  menu.style.insetBlockStart = `${Math.min(point.y, innerHeight - menu.offsetHeight - 8)}px`;
  menu.querySelector("button").focus();
  point = undefined;
}

menu?.addEventListener("toggle", ({ newState }) => {
  if (newState !== "closed") return;
  menu.replaceChildren();
  if (!document.querySelector("dialog[open]")) opener?.focus();
});

menu?.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...menu.querySelectorAll("button, a")];
  all.at((all.indexOf(document.activeElement) + step) % all.length).focus();
});

/** Whether folders say how much is in them is kept with the account. */
async function count(counts) {
  try {
    const body = new URLSearchParams({ counts });
    const answer = await fetch(`${document.body.dataset.root}/folders/count`, { method: "POST", body, headers: headers() });
    if (answer.ok) document.body.dispatchEvent(new Event("folders-changed"));
    else tell(await answer.text(), "danger");
  } catch {
    tell(document.body.dataset.offline, "danger");
  }
}

for (const name of ["changed", "counts-changed"]) {
  document.body.addEventListener(name, () => {
    if (document.querySelector("#tree .count")) document.body.dispatchEvent(new Event("folders-changed"));
  });
}

/** A level ticks boxes; ticked boxes are a level or none. Who may see all may see the own, too. */
document.addEventListener("change", ({ target }) => {
  const row = target.closest("[data-rights]");
  if (!row) return;
  const boxes = [...row.querySelectorAll("[data-box]")];
  const level = row.querySelector("[data-level]");
  if (target === level) {
    if (level.value !== "custom") for (const box of boxes) box.checked = level.value.split(" ").includes(box.dataset.box);
    return;
  }
  const group = boxes.filter((box) => box.dataset.box[0] === target.dataset.box[0]);
  const at = group.indexOf(target);
  group.forEach((box, index) => {
    if (target.checked ? index < at : index > at) box.checked = target.checked;
  });
  const ticked = boxes.filter((box) => box.checked).map((box) => box.dataset.box).sort().join(" ");
  level.value = [...level.options].some((option) => option.value === ticked) ? ticked : "custom";
});

document.addEventListener("htmx:after:swap", () => {
  restore();
  showMenu();
});
