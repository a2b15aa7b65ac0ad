// What changes elsewhere shows here, too: an event stream names folders, and what shows them asks for them anew. Nothing
// is open while nobody looks; whoever comes back goes on where the stream ended.
const { events, place, module } = document.body.dataset;
const MODULES = { calendar: "calendar", contact: "contacts", task: "tasks" };
const FIRST_PAUSE_MS = 1000, LONGEST_PAUSE_MS = 60_000;
let isPressed = false, stream, seen = place, pause = FIRST_PAUSE_MS, waiting;
const news = new Set();

function listen() {
  clearTimeout(waiting);
  if (!events || stream || document.hidden) return;
  stream = new EventSource(`${events}?since=${seen}`);
  stream.addEventListener("open", () => { pause = FIRST_PAUSE_MS; });
  stream.addEventListener("message", (event) => {
    seen = event.lastEventId || seen;
    heard(JSON.parse(event.data));
  });
  stream.addEventListener("error", () => {
    if (stream?.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    hangUp();
    waiting = setTimeout(listen, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  });
}

function hangUp() {
  stream?.close();
  stream = undefined;
}

/** Several events at once lead to one look; nothing moves under a finger or a mouse that drags. */
function heard({ kind, folder, module: where }) {
  if (!news.size && !isPressed) setTimeout(tell, 50);
  if (kind !== "items") news.add("folders-changed");
  const shown = document.querySelector("[data-shows]")?.dataset.shows;
  const concerns = kind === "everything" || (MODULES[where] === module && (!shown || shown === String(folder)));
  news.add(concerns ? "changed" : "counts-changed");
}

function tell() {
  if (isPressed) return;
  const told = [...news];
  news.clear();
  for (const name of told) document.body.dispatchEvent(new Event(name));
}

for (const name of ["pointerdown", "pointerup", "pointercancel"]) {
  addEventListener(name, () => {
    isPressed = name === "pointerdown";
    if (!isPressed && news.size) setTimeout(tell, 50);
  }, { capture: true });
}
document.addEventListener("visibilitychange", () => (document.hidden ? hangUp() : listen()));
addEventListener("pagehide", hangUp);
addEventListener("pageshow", listen);
listen();
