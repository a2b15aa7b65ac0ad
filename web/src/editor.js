// The editor of notes, fetched once a dialog has one; until then, and if it does not come, there is the field of the text.
// What is pasted loses all but what a note may have. The server cleans it again: nothing is trusted that comes from here.
import DOMPurify from "dompurify";
import Squire from "squire-rte";

const ALLOWED = {
  ALLOWED_TAGS: "a b blockquote br code del div em h1 h2 h3 h4 h5 h6 hr i li ol p pre s strong sub sup table tbody td th thead tr u ul".split(" "),
  ALLOWED_ATTR: ["href", "colspan", "rowspan"],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto|tel):/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};
const DEEDS = {
  B: ["bold", "removeBold"], I: ["italic", "removeItalic"], U: ["underline", "removeUnderline"],
  UL: ["makeUnorderedList", "removeList"], OL: ["makeOrderedList", "removeList"],
};
const BOLD = /(?:^|[;\s])font-weight:\s*(?:bold|[6-9]00)/i, NOT_BOLD = /(?:^|[;\s])font-weight:\s*(?:normal|400)/i;
const ITALIC = /font-style:\s*italic/i, UNDERLINED = /text-decoration[^;]*underline/i;
let last;

/** Put the editor into a note's place. */
export function edit(place) {
  last?.destroy();
  const text = place.querySelector("[name=note]"), html = place.querySelector("[name=note_html]");
  const label = place.querySelector("label"), bar = place.querySelector(".formats"), link = place.querySelector("[data-link]");
  const page = document.createElement("div");
  label.id = "note-label";
  label.removeAttribute("for");
  Object.assign(page, { id: "note-editor", className: "editor", role: "textbox", ariaMultiLine: "true", tabIndex: 0 });
  page.setAttribute("aria-labelledby", label.id);
  const hadFocus = document.activeElement === text;
  text.after(page);
  const editor = new Squire(page, { sanitizeToDOMFragment: (given) => DOMPurify.sanitize(tidied(given), ALLOWED) });
  last = editor;
  editor.setHTML(html.value || asBlocks(text.value));
  if (hadFocus) editor.focus();
  text.hidden = true;
  bar.hidden = false;
  editor.addEventListener("input", () => { html.value = editor.getHTML(); });

  const buttons = [...bar.querySelectorAll("[data-format]")];
  const press = () => {
    for (const one of buttons) one.ariaPressed = String(editor.hasFormat(one.dataset.format));
  };
  for (const name of ["pathChange", "select", "cursor", "input"]) editor.addEventListener(name, press);
  press();
  label.addEventListener("click", () => editor.focus());
  const format = (name) => {
    if (name !== "A") editor[DEEDS[name][Number(editor.hasFormat(name))]]().focus();
    else if (editor.hasFormat("A")) editor.removeLink().focus();
    else ask();
  };
  bar.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-format]");
    if (button) format(button.dataset.format);
  });
  for (const [key, name] of Object.entries({ b: "B", i: "I", u: "U", k: "A", B: "B", I: "I", U: "U", K: "A" })) {
    for (const held of ["Ctrl", "Meta"]) { // in capitals, too: Caps Lock may be on
      editor.setKeyHandler(`${held}-${key}`, (_editor, event) => {
        event.preventDefault();
        format(name);
      });
    }
  }
  rove(bar, buttons);

  function ask() {
    link.hidden = false;
    link.value = /^\S+\.\S+$/.test(editor.getSelectedText()) ? editor.getSelectedText() : "";
    link.focus();
  }
  link.addEventListener("input", () => link.setCustomValidity(""));
  link.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault(); // neither sends the form nor closes the dialog
    event.stopPropagation();
    const address = event.key === "Enter" ? addressOf(link.value) : "";
    if (address === undefined) {
      link.setCustomValidity(link.dataset.refused);
      return link.reportValidity();
    }
    link.setCustomValidity("");
    link.hidden = true;
    editor.focus();
    if (address) editor.makeLink(address);
  });
  page.addEventListener("click", (event) => {
    const found = event.target.closest("a[href]");
    if (found && (event.ctrlKey || event.metaKey)) window.open(found.href, "_blank", "noopener,noreferrer");
  });
}

/** One stop for the Tab key; the arrows lead from button to button. */
function rove(bar, buttons) {
  const stop = (at) => buttons.forEach((one, number) => { one.tabIndex = number === at ? 0 : -1; });
  stop(0);
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key], at = buttons.indexOf(document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    const next = (at + step + buttons.length) % buttons.length;
    stop(next);
    buttons[next].focus();
  });
}

/** A text as the editor shows it, line by line; spaces in a row stay. */
function asBlocks(text) {
  const block = document.createElement("div");
  return text.split("\n").map((line) => {
    block.textContent = line.replace(/ {2}/g, " \u00a0").replace(/^ /, "\u00a0");
    return `<div>${block.innerHTML || "<br>"}</div>`;
  }).join("");
}

/** The address that somebody means; undefined for what a note may not lead to. */
function addressOf(typed) {
  const text = typed.trim();
  if (!text || ALLOWED.ALLOWED_URI_REGEXP.test(text)) return text;
  if (/^[a-z][a-z0-9+.-]*:/i.test(text) || /\s/.test(text)) return undefined;
  return text.includes("@") ? `mailto:${text}` : `https://${text}`;
}

/** What other programs put into the clipboard, with what it says by styles said by elements. */
function tidied(given) {
  // renamed before it is read: the policy of the page forbids styles and scripts there as well, and would say so for each
  const renamed = (tag) => tag.replace(/([\s"'/])(style|on[a-z]+)\s*=/gi, "$1data-$2=");
  const inert = given.replace(/<style[^]*?<\/style>/gi, "").replace(/<[^>]*>/g, renamed);
  const { body } = new DOMParser().parseFromString(inert, "text/html");
  for (const one of body.querySelectorAll("[data-style*='mso-list']")) if (one.isConnected) asEntry(one);
  for (const one of body.querySelectorAll("b, strong, span")) {
    const style = one.dataset.style ?? "";
    if (NOT_BOLD.test(style)) one.replaceWith(...one.childNodes); // Google's documents stand in one of these
    else if (BOLD.test(style)) wrap(one, "b");
    if (ITALIC.test(style)) wrap(one, "i");
    if (UNDERLINED.test(style) && !one.closest("a")) wrap(one, "u");
  }
  return body.innerHTML;
}

function wrap(element, name) {
  const around = element.ownerDocument.createElement(name);
  around.append(...element.childNodes);
  element.append(around);
}

/** Word says of a paragraph that it is an entry of a list, and begins it with the bullet. */
function asEntry(paragraph) {
  if (!/^(?:P|DIV)$/.test(paragraph.nodeName)) return;
  const mark = paragraph.querySelector("[data-style*='mso-list:Ignore']");
  const name = /^\s*[0-9a-z]+[.)]/i.test(mark?.textContent ?? "") ? "ol" : "ul";
  mark?.remove();
  const entry = paragraph.ownerDocument.createElement("li");
  entry.append(...paragraph.childNodes);
  const before = paragraph.previousElementSibling;
  if (before?.localName === name && before.dataset.word) {
    before.append(entry);
    paragraph.remove();
  } else {
    const list = paragraph.ownerDocument.createElement(name);
    list.dataset.word = "1";
    list.append(entry);
    paragraph.replaceWith(list);
  }
}
