// What every page shares: requests carry the token, dialogs open when something comes into them, messages show and go.
import htmx from "htmx.org/dist/htmx.esm.js";
import "./files.js";
import "./folders.js";
import { attachFiles } from "./attaching.js";
import { copyFields } from "./copying.js";
import "./live.js";
import "./moving.js";
import "./picking.js";
import { remind } from "./reminders.js";
import "./search.js";

const dialog = document.querySelector("#dialog");
const messages = document.querySelector("#messages");
const token = document.querySelector("meta[name=token]")?.content ?? "";

/** Headers that every request with an effect needs. */
export const headers = () => ({ "X-Desk-Token": token });

document.addEventListener("htmx:config:request", (event) => {
  Object.assign(event.detail.ctx.request.headers, headers());
});

// What was refused is said in a sentence, and what the page shows is asked for anew. Who was logged out sees the login.
document.addEventListener("htmx:after:request", (event) => {
  const { response, text } = event.detail.ctx;
  if (response.status < 400 || !response.headers.get("Content-Type")?.startsWith("text/plain")) return;
  event.preventDefault();
  if (response.headers.get("X-Desk-Page")) return location.reload();
  tell(text, "danger");
  document.body.dispatchEvent(new Event("changed"));
});

document.addEventListener("htmx:error", () => tell(document.body.dataset.offline, "danger"));

/** Show a sentence for some seconds, with a way to undo what it tells; what went wrong stays until it is dismissed. */
export function tell(text, kind = "", changes = "") {
  if (!text || !messages) return;
  const box = document.createElement("div");
  box.className = `message ${kind}`;
  box.role = kind ? "alert" : "status";
  box.append(text);
  if (changes) box.append(undoer(changes, box));
  const close = document.createElement("button");
  close.type = "button";
  close.className = "plain";
  close.ariaLabel = document.body.dataset.close;
  close.append("×");
  close.addEventListener("click", () => box.remove());
  box.append(close);
  messages.append(box);
  if (!kind) setTimeout(() => box.remove(), changes ? 12_000 : 6000);
}

/** The button that undoes what a message tells; only the last one counts. */
function undoer(changes, box) {
  for (const older of messages.querySelectorAll(".undo")) older.remove();
  const button = document.createElement("button");
  button.type = "button";
  button.className = "undo";
  button.append(document.body.dataset.undoLabel);
  button.addEventListener("click", async () => {
    box.remove();
    try {
      const body = new URLSearchParams({ changes });
      const answer = await fetch(document.body.dataset.undo, { method: "POST", body, headers: headers() });
      if (answer.ok) did(answer);
      else tell(await answer.text(), "danger");
    } catch {
      tell(document.body.dataset.offline, "danger");
    }
  });
  return button;
}

/** Say what an answer tells was done, and show all anew. */
export function did(answer) {
  const { done } = JSON.parse(answer.headers.get("HX-Trigger") ?? "{}");
  document.dispatchEvent(new CustomEvent("done", { detail: done }));
}

function empty() {
  document.querySelector("#dialog-content")?.replaceChildren();
}

/** Close the dialog. It is emptied at once: what is put elsewhere meanwhile would open it again for what is in it. */
function shut() {
  empty();
  dialog?.close();
}

/** Fetch a form and show it in the dialog. */
export const open = (url) => htmx.ajax("GET", url, { target: "#dialog-content", swap: "innerHTML" });

document.addEventListener("htmx:after:swap", () => {
  if (dialog && !dialog.open && document.querySelector("#dialog-content")?.childElementCount) dialog.showModal();
  for (const form of document.querySelectorAll("form[data-form]:not([data-ready])")) prepare(form);
});

// A menu in a dialog closes when it has done its work, with Escape, and when one goes elsewhere.
document.addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll("details.more[open]")) {
    if (!target.closest("details.more > summary") || !menu.contains(target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.more[open]");
  if (!menu) return;
  event.preventDefault();
  menu.open = false;
  menu.querySelector("summary").focus();
});

dialog?.addEventListener("close", empty);
dialog?.addEventListener("click", (event) => {
  if (event.target.closest("button[data-close]")) shut();
});

// The server names what was done; whatever shows items listens to "changed".
document.addEventListener("done", (event) => {
  shut();
  tell(event.detail?.message, "", event.detail?.undo);
  if (event.detail?.folders) document.body.dispatchEvent(new Event("folders-changed"));
  document.body.dispatchEvent(new Event("changed"));
});

// A search result leads to a page and names what to open there; whoever loads it again does not want that once more.
const asked = new URL(location);
const wanted = asked.searchParams.get("open");
if (wanted && dialog) {
  open(`${asked.pathname}/item?${new URLSearchParams({ id: wanted, folder: asked.searchParams.get("place") })}`);
  asked.searchParams.delete("open");
  history.replaceState(null, "", asked);
}

/** Parts of a form that depend on other parts of it: shown where they apply, and then only sent. */
function prepare(form) {
  form.dataset.ready = "";
  const note = form.querySelector("[data-note]");
  if (note) import("./editor.js").then(({ edit }) => edit(note));
  const update = () => {
    for (const part of form.querySelectorAll("[data-if]")) {
      const [name, ...wanted] = part.dataset.if.split(" ");
      const value = new FormData(form).get(name) ?? ""; // read anew: the part before may have come or gone
      part.hidden = !wanted.includes(value);
      for (const field of part.querySelectorAll("input, select, textarea")) field.disabled = part.hidden;
    }
  };
  form.addEventListener("change", update);
  update();
}
for (const form of document.querySelectorAll("form[data-form]")) prepare(form);

// Light and dark follow the system until somebody chooses.
const scheme = document.querySelector("#scheme");
const chosen = localStorage.getItem("scheme");
if (chosen) document.documentElement.dataset.scheme = chosen;
scheme?.addEventListener("click", () => {
  const dark = getComputedStyle(document.documentElement).getPropertyValue("--is-dark").trim() === "1";
  const next = dark ? "light" : "dark";
  document.documentElement.dataset.scheme = next;
  localStorage.setItem("scheme", next);
});

// On a narrow screen the folders come and go.
const menu = document.querySelector("#menu");
menu?.addEventListener("click", () => {
  const isOpen = document.body.classList.toggle("folders-open");
  menu.ariaExpanded = String(isOpen);
});

document.addEventListener("keydown", (event) => {
  const button = document.querySelector("#messages .undo");
  if (!button || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.key !== "z" || dialog?.open) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, [contenteditable]")) return;
  event.preventDefault();
  button.click();
});

// What is printed is laid out for paper, where a page has such a layout.
document.addEventListener("keydown", (event) => {
  const button = document.querySelector("[data-key=p]");
  if (!button || !(event.ctrlKey || event.metaKey) || event.key !== "p" || dialog?.open) return;
  event.preventDefault();
  button.click();
});

// Single keys do what the page's buttons say, unless somebody is typing.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || dialog?.open) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!button) return;
  event.preventDefault();
  if (button.matches("input")) button.focus();
  else button.click();
});

attachFiles(headers, tell);
copyFields(tell);
remind({ headers, open, tell });
