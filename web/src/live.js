// What changes elsewhere shows here, too: an event stream names folders, and what shows them asks for them anew. Nothing
// is open while nobody looks; whoever comes back goes on where the stream ended.
const { events, place, module } = document.body.dataset;
const MODULES = { calendar: "calendar", contact: "contacts", task: "tasks" };
const FIRST_PAUSE_MS = 1000, LONGEST_PAUSE_MS = 60_000;
let isPressed = false, asked = 0, done = 0, stream, seen = place, pause = FIRST_PAUSE_MS, waiting;
const news = new Map();

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

/** Several events at once lead to one look. */
function heard({ kind, folder, module: where, at }) {
  setTimeout(tell, 50);
  if (kind !== "items") news.set("folders-changed", at);
  const shown = document.querySelector("[data-shows]")?.dataset.shows;
  const concerns = kind === "everything" || (MODULES[where] === module && (!shown || shown === String(folder)));
  news.set(concerns ? "changed" : "counts-changed", at);
}

/** Nothing moves under a finger or a mouse that drags; and what this page has just done itself is no news to it. */
function tell() {
  if (isPressed || asked) return;
  const told = [...news].filter(([, at]) => at > done);
  news.clear();
  for (const [name] of told) document.body.dispatchEvent(new Event(name));
}

const { fetch } = window;
window.fetch = async (address, options) => {
  if (options?.method !== "POST") return fetch(address, options);
  asked += 1;
  try {
    const answer = await fetch(address, options);
    done = Math.max(done, Number(answer.headers.get("X-Desk-Place")));
    return answer;
  } finally {
    asked -= 1;
    setTimeout(tell, 50);
  }
};

for (const name of ["pointerdown", "pointerup", "pointercancel"]) {
  addEventListener(name, () => {
    isPressed = name === "pointerdown";
    if (!isPressed) setTimeout(tell, 50);
  }, { capture: true });
}
document.addEventListener("visibilitychange", () => (document.hidden ? hangUp() : listen()));
addEventListener("pagehide", hangUp);
addEventListener("pageshow", listen);
listen();
