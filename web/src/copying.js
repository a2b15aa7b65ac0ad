// Buttons that copy what stands in a field.

/** `tell` says that it is done. Browsers hide the clipboard from pages without TLS: there, the field's text is selected. */
export function copyFields(tell) {
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("button[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    field.select();
    if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
    else document.execCommand("copy");
    tell(button.dataset.copied);
  });
}
