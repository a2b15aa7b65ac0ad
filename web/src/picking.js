// People who were chosen: one a line for the server, and without scripts; here one after the other, each with a way out.
const lines = (area) => area.value.split("\n").map((line) => line.trim()).filter(Boolean);

function write(area, names) {
  area.value = names.join("\n");
  area.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Show the lines of a text area as a list of people. */
function prepare(area) {
  area.dataset.ready = "";
  area.hidden = true;
  const list = document.createElement("ul");
  list.className = "chosen";
  list.ariaLabel = area.ariaLabel;
  const draw = () => {
    list.hidden = !lines(area).length;
    list.replaceChildren(...lines(area).map((name) => {
      const one = document.createElement("li");
      const out = document.createElement("button");
      out.type = "button";
      out.className = "plain";
      out.ariaLabel = area.dataset.remove.replace("{name}", name);
      out.append("×");
      out.addEventListener("click", () => {
        write(area, lines(area).filter((line) => line !== name));
        area.form.querySelector(`[data-add="${area.name}"]`)?.focus();
      });
      one.append(name, out);
      return one;
    }));
  };
  area.addEventListener("change", draw);
  area.after(list);
  draw();
}

const prepareAll = () => document.querySelectorAll("textarea[data-people]:not([data-ready])").forEach(prepare);
document.addEventListener("htmx:after:swap", prepareAll);
prepareAll();

/** Take whoever was found into the list that it belongs to. */
function add(found) {
  const area = found.form.elements[found.dataset.add];
  const name = found.value.trim();
  if (name && !lines(area).includes(name)) write(area, [...lines(area), name]);
  found.value = "";
  found.focus();
}

document.addEventListener("click", ({ target }) => {
  const name = target.dataset?.adds;
  if (name) add(target.form.querySelector(`[data-add="${name}"]`));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.dataset?.add) return;
  event.preventDefault();
  add(event.target);
});
// What was typed and not taken yet is meant, too.
document.addEventListener("submit", ({ target }) => {
  for (const found of target.querySelectorAll("[data-add]")) if (found.value.trim()) add(found);
}, { capture: true });
