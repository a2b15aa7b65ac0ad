// Reminders: the server tells what is due, and what will be within hours. A timer shows that in time, and asks the server
// once more before: what was dismissed elsewhere does not ring. Nobody is asked for anything as long as nothing changes.
const REST_MS = 900_000, WHILE_SHOWN_MS = 60_000, GLANCE_MS = 30_000, KEPT = 200;
const read = (name) => JSON.parse(localStorage.getItem(name) ?? "[]");
const write = (name, keys) => localStorage.setItem(name, JSON.stringify(keys.slice(-KEPT)));

const box = document.querySelector("#reminders");
const bell = document.querySelector("#bell");
const list = box?.querySelector(".rings");
const elsewhere = new BroadcastChannel("reminders");
let told = 0, wake = 0, timer, later, isAsked = false;

const all = () => [...list.querySelectorAll("[data-ring]")];
const due = () => all().filter((one) => !one.hidden);
const pause = () => list.querySelector("[name=minutes]");

/** @param tools headers, open and tell of the page */
export function remind({ headers, open, tell }) {
  if (!box) return;

  /** Ask the server, or tell it what to do with some reminders, and show what it answers. */
  async function ask(deed = "", fields) {
    if (!fields && document.activeElement === pause()) return rest(); // a list of choices would close under the user's hands
    const post = { method: "POST", body: new URLSearchParams(fields), headers: headers() };
    try {
      const answer = await fetch(box.dataset.from + deed, fields ? post : {});
      const text = await answer.text();
      if (answer.ok) fill(text);
      else if (fields) tell(text, "danger");
      if (fields) elsewhere.postMessage("");
    } catch {
      if (fields) tell(document.body.dataset.offline, "danger"); // else what is known rings nevertheless
    }
    show();
  }

  const soon = () => {
    clearTimeout(later);
    later = setTimeout(() => { if (!document.hidden) ask(); }, 200);
  };

  list.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    const rings = button?.closest("[data-ring]")?.dataset.ring ?? due().map((one) => one.dataset.ring).join(" ");
    if (button?.dataset.open) open(button.dataset.open);
    else if (button?.dataset.do === "snooze") ask("/snooze", { rings, minutes: pause().value });
    else if (button?.dataset.do) ask("/dismiss", { rings });
  });
  list.addEventListener("change", ({ target }) => localStorage.setItem("pause", target.value));
  box.querySelector("[data-fold]").addEventListener("click", fold);
  box.addEventListener("keydown", (event) => { if (event.key === "Escape") fold(); });
  bell.addEventListener("click", () => {
    if (!box.hidden) return fold();
    isAsked = true;
    show();
    (due()[0] ?? box).querySelector("button").focus();
  });
  box.querySelector("footer").addEventListener("click", ({ target }) => permit(target.dataset.notify));
  for (const name of ["changed", "counts-changed"]) document.body.addEventListener(name, soon);
  document.addEventListener("visibilitychange", soon);
  elsewhere.addEventListener("message", soon);
  ask();

  function rest() {
    clearTimeout(timer);
    const left = Math.max(0, wake - Date.now());
    timer = setTimeout(() => (Date.now() < wake ? rest() : ask()), Math.min(left, GLANCE_MS)); // timers sleep with the machine
  }

  /** Show what is due by now, and rest until something else is. */
  function show() {
    const now = Date.now();
    for (const one of all()) one.hidden = told + one.dataset.wait * 1000 > now;
    const shown = due(), waits = all().filter((one) => one.hidden).map((one) => told + one.dataset.wait * 1000);
    const keys = shown.map((one) => one.dataset.keyOf), folded = read("folded"), rung = read("rung");
    const fresh = shown.filter((one) => !rung.includes(one.dataset.keyOf));
    box.hidden = !isAsked && keys.every((key) => folded.includes(key));
    bell.ariaExpanded = String(!box.hidden);
    const badge = bell.querySelector("b");
    badge.textContent = keys.length;
    badge.hidden = !keys.length;
    const [none, some] = list.querySelectorAll("[data-none], [data-some]");
    if (none) [none.hidden, some.hidden] = [keys.length > 0, !keys.length];
    offer();
    if (fresh.length) {
      write("rung", [...rung, ...fresh.map((one) => one.dataset.keyOf)]);
      document.querySelector("#reminded").textContent = fresh.map(said).join(" ");
      for (const one of fresh) notify(one);
    }
    wake = Math.min(now + (keys.length && !document.hidden ? WHILE_SHOWN_MS : REST_MS), ...waits);
    rest();
  }
}

/** Put in what the server answered, and leave the focus where it was, or at what took the place of what had it. */
function fill(text) {
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const place = due().indexOf(focused?.closest("[data-ring]")), deed = focused?.dataset.do ?? "";
  list.innerHTML = text;
  told = Date.now();
  pause().value = localStorage.getItem("pause") ?? pause().value;
  for (const one of all()) one.hidden = one.dataset.wait > 0;
  if (!focused) return;
  const next = due()[Math.min(Math.max(place, 0), due().length - 1)];
  if (next) (next.querySelector(`[data-do="${CSS.escape(deed)}"]`) ?? next.querySelector("button")).focus();
  else bell.focus();
}

function fold() {
  isAsked = false;
  write("folded", [...read("folded"), ...due().map((one) => one.dataset.keyOf)]);
  box.hidden = true;
  bell.ariaExpanded = "false";
  bell.focus();
}

const words = (one, part) => one.querySelector(part).textContent.trim();
const said = (one) => `${box.dataset.said}: ${words(one, "strong")}, ${words(one, ".when")}.`;

/** Tell the user outside the page, if that was asked for and the page is not being looked at. */
function notify(one) {
  if (!mayNotify() || document.hasFocus()) return;
  const title = words(one, "strong");
  const shown = { body: `${words(one, ".what .soft")}\n${words(one, ".when")}`, tag: one.dataset.keyOf, data: location.href };
  try {
    const note = new Notification(title, shown);
    note.addEventListener("click", () => { window.focus(); note.close(); });
  } catch { // telephones
    worker().then((found) => found.showNotification(title, shown)).catch(() => localStorage.setItem("notify", "off"));
  }
}

/** What shows notifications where pages themselves may not; once it is ready to. */
async function worker() {
  const found = await navigator.serviceWorker.register(box.dataset.worker);
  const coming = found.installing ?? found.waiting;
  if (!found.active) await new Promise((done) => coming.addEventListener("statechange", () => found.active && done()));
  return found;
}

const mayNotify = () => window.Notification?.permission === "granted" && localStorage.getItem("notify") !== "off";

/** Offer what the browser lets one choose about telling outside the page. */
function offer() {
  const state = mayNotify() ? "granted" : window.Notification?.permission === "denied" ? "denied" : "default";
  for (const one of box.querySelectorAll("[data-notify]")) one.hidden = !window.Notification || one.dataset.notify !== state;
}

/** Turn telling outside the page on or off; the browser asks the user first, since that is what was clicked. */
async function permit(state) {
  if (!state) return;
  localStorage.setItem("notify", state === "granted" ? "off" : "on");
  if (Notification.permission === "default") await Notification.requestPermission();
  offer();
}
