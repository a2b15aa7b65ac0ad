// Files are sent as they are, one after the other; the list that comes back takes the place of the one that was shown.
import htmx from "htmx.org/dist/htmx.esm.js";

export function attachFiles(headers, tell) {
  document.addEventListener("change", async (event) => {
    const { attach } = event.target.dataset ?? {};
    if (!attach) return;
    const [file] = event.target.files;
    const shown = event.target.closest("[data-files]");
    const { value: stamp } = event.target.form.elements.stamp;
    event.stopPropagation();
    shown.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`${attach}&${new URLSearchParams({ stamp, name: file.name })}`, {
        method: "POST", body: file, headers: { ...headers(), "Content-Type": file.type || "application/octet-stream" },
      });
      const text = await answer.text();
      if (answer.ok) htmx.swap({ target: shown, sourceElement: shown, text, swap: "outerHTML" });
      else tell(text, "danger");
    } catch {
      tell(document.body.dataset.offline, "danger");
    }
    shown.removeAttribute("aria-busy");
  }, { capture: true });
}
