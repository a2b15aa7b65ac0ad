// Files: calendars and address books are taken by dropping them on a folder or on the page, or by choosing them.
import { headers, tell } from "./desk.js";

const { root } = document.body.dataset;
const chooser = document.createElement("input");
chooser.type = "file";
chooser.accept = ".ics,.vcf,text/calendar,text/vcard";
chooser.multiple = true;

const isFile = (event) => event.dataTransfer?.types.includes("Files") && document.querySelector("#tree");
const shown = () => document.querySelector("[data-shows]")?.dataset.shows ?? "";

document.addEventListener("dragover", (event) => {
  if (isFile(event)) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  if (!isFile(event) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  take(event.dataTransfer.files, event.target.closest("[data-folder]")?.dataset.folder ?? shown());
});
document.addEventListener("click", ({ target }) => {
  const button = target.closest("button[data-take]");
  if (!button) return;
  const folder = button.dataset.take;
  chooser.value = "";
  chooser.onchange = () => take(chooser.files, folder);
  chooser.click();
});

/** Send files one after the other; the dialog tells what became of the last one, or of each with trouble. */
async function take(files, folder) {
  for (const file of files) {
    try {
      const address = `${root}/folders/take?${new URLSearchParams({ folder, name: file.name })}`;
      const answer = await fetch(address, { method: "POST", body: file, headers: headers() });
      const text = await answer.text();
      if (!answer.ok) {
        tell(text, "danger");
        continue;
      }
      document.querySelector("#dialog-content").innerHTML = text;
      document.querySelector("#dialog").showModal();
      if (files.length > 1) await new Promise((done) => document.querySelector("#dialog").addEventListener("close", done, { once: true }));
    } catch {
      tell(document.body.dataset.offline, "danger");
    }
    document.body.dispatchEvent(new Event("changed"));
  }
}
