// Items are moved by dragging them onto a folder of the tree, and copied with Ctrl (⌥ on a Mac) held down.
import { did, headers, tell } from "./desk.js";

const { root, module } = document.body.dataset;
const copies = (event) => event.ctrlKey || event.altKey;
let dragged, under;

/** Have an item moved, or copied, to a folder; the message tells it, with a way to undo it. */
export async function put(item, place, copy) {
  const body = new URLSearchParams({ module, ...item, place, copy: copy ? "1" : "" });
  try {
    const answer = await fetch(`${root}/items/place`, { method: "POST", body, headers: headers() });
    if (answer.ok) did(answer);
    else tell(await answer.text(), "danger");
  } catch {
    tell(document.body.dataset.offline, "danger");
  }
}

/** Mark the folder that something is dragged over; gives it, or nothing where there is none, or only its own. */
export function over(element, from) {
  const found = element?.closest?.("#tree [data-folder]");
  const folder = found && found.dataset.folder !== String(from) ? found : undefined;
  if (folder !== under) {
    under?.classList.remove("target");
    folder?.classList.add("target");
    under = folder;
  }
  return folder?.dataset.folder;
}

document.addEventListener("dragstart", ({ target, dataTransfer }) => {
  const row = target.closest?.("[data-item]");
  if (!row) return;
  dragged = { id: row.dataset.item, folder: row.dataset.from };
  dataTransfer.effectAllowed = "copyMove";
  dataTransfer.setData("text/plain", row.querySelector("strong")?.textContent ?? "");
});
document.addEventListener("dragover", (event) => {
  if (!dragged || !over(event.target, dragged.folder)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = copies(event) ? "copy" : "move";
});
document.addEventListener("drop", (event) => {
  const place = dragged && over(event.target, dragged.folder);
  if (!place) return;
  event.preventDefault();
  put(dragged, place, copies(event));
});
document.addEventListener("dragend", () => {
  over();
  dragged = undefined;
});

/** The same for what is dragged by a pointer, as in the calendar: follows it until it is let go. */
export function follow(from) {
  let place, copy;
  const move = (event) => {
    place = over(document.elementFromPoint(event.clientX, event.clientY), from);
    copy = copies(event);
  };
  addEventListener("pointermove", move);
  return (event) => {
    removeEventListener("pointermove", move);
    move(event);
    over();
    return { place, copy };
  };
}
