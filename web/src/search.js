// The search field of the frame: its results come and go below it, and open what they name.
const field = document.querySelector("#search");
const results = document.querySelector("#found");

const show = (is) => { results.hidden = !is; };

field?.addEventListener("focus", () => show(results.childElementCount > 0));
document.addEventListener("htmx:after:swap", () => {
  if (document.activeElement === field) show(results.childElementCount > 0);
});
document.addEventListener("pointerdown", ({ target }) => {
  if (!target.closest("#everywhere")) show(false);
});

document.querySelector("#everywhere")?.addEventListener("keydown", (event) => {
  const links = [...results.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  if (event.key === "Escape") {
    show(false);
    field.blur();
  } else if (event.key === "Enter" && at < 0) {
    event.preventDefault();
    links[0]?.click();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    (links[at + (event.key === "ArrowDown" ? 1 : -1)] ?? field).focus();
  }
});
