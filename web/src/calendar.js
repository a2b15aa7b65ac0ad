// The calendar: occurrences come from the server as wall-clock times of the user's zone, and go back as such.
import { createCalendar, DayGrid, Interaction, List, TimeGrid } from "@event-calendar/core";
import "@event-calendar/core/index.css";
import "./calendar.css";
import { did, headers, open, tell } from "./desk.js";
import { follow, put } from "./moving.js";
import "./planner.js";
import { isYear, onDay, showYear } from "./year.js";

const place = document.querySelector("#calendar");
const words = JSON.parse(place.dataset.words);
const address = (path, values) => `${path}?${new URLSearchParams(values)}`;
const pad = (number) => String(number).padStart(2, "0");
/** A date of the calendar as the wall-clock time that it shows. */
const wall = (date) =>
  `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}T${pad(date.getHours())}:${pad(date.getMinutes())}`;
const chosenFolders = () =>
  [...document.querySelectorAll("[name=shown]:checked")].map((box) => box.value).join(",");

/** Tell the server where an occurrence was dragged to; take it back if the server refuses, or the person does. */
async function moved({ event, revert }) {
  const { id, folder, day, stamp } = event.extendedProps;
  const body = new URLSearchParams({
    id, folder, day: day ?? "", stamp, start: wall(event.start), end: wall(event.end), all_day: event.allDay ? "1" : "",
  });
  const scope = day ? await choose(words.which, words.scopes) : "all";
  if (!scope) return revert();
  body.set("scope", scope);
  try {
    let answer = await send(body);
    if (answer.status === 409 && answer.headers.get("Content-Type") === "application/json") {
      const { message, bookable } = await answer.json();
      if (!bookable) return refused(message, revert);
      if (!(await choose(message, { ignore: words.anyway }))) return revert();
      body.set("ignore", "1");
      answer = await send(body);
    }
    if (answer.ok) return did(answer);
    refused(await answer.text(), revert);
  } catch {
    refused(document.body.dataset.offline, revert);
  }
}

const send = (body) => fetch(place.dataset.move, { method: "POST", body, headers: headers() });

function refused(text, revert) {
  tell(text, "danger");
  revert();
}

/** Ask something; gives the name of the answer that was chosen, or "" for none. */
function choose(text, answers) {
  const question = document.createElement("dialog");
  question.className = "question";
  question.ariaLabel = text;
  const form = document.createElement("form");
  form.method = "dialog";
  const said = document.createElement("p");
  said.append(text);
  form.append(said, ...Object.entries({ ...answers, "": words.cancel }).map(([name, label]) => {
    const button = document.createElement("button");
    button.value = name;
    button.append(label);
    return button;
  }));
  question.append(form);
  document.body.append(question);
  question.showModal();
  return new Promise((resolve) => question.addEventListener("close", () => {
    question.remove();
    resolve(question.returnValue);
  }));
}

function content({ event, timeText }) {
  const nodes = [];
  if (timeText && !event.allDay && !event.extendedProps.more) {
    const time = document.createElement("time");
    time.className = "ec-event-time";
    time.append(timeText);
    nodes.push(time);
  }
  const title = document.createElement("h4");
  title.className = "ec-event-title";
  title.append(event.title || words.untitled);
  nodes.push(title);
  if (event.extendedProps.location) {
    const where = document.createElement("span");
    where.className = "where";
    where.append(event.extendedProps.location);
    nodes.push(where);
  }
  const day = document.createElement("span"); // who sees the grid sees the day, too
  day.className = "visually-hidden";
  day.append(`, ${dayName.format(event.start)}`);
  return { domNodes: [...nodes, day] };
}

/** How many lines a day of a month has room for: the server sends no more, for boxes that are hidden cost most. */
function roomOfDay(start, end) {
  const weeks = Math.round((end - start) / 604_800_000);
  return Math.max(2, Math.floor(((place.clientHeight - 110) / weeks - 38) / 24));
}

const tabular = new Set(["cell", "row", "rowgroup", "columnheader", "rowheader"]);
/** Grids are no tables: the library calls them so, but rows hold no cells that could be read, or stand in no table. */
function plain() {
  place.querySelector(".ec-print")?.setAttribute("data-key", "p");
  place.querySelector(".ec-main")?.setAttribute("tabindex", "0"); // it scrolls, also where nothing in it takes the focus
  bare();
  const grid = place.querySelector(".ec.ec-time-grid, .ec.ec-day-grid");
  if (!grid) return;
  grid.role = "group";
  grid.ariaLabel = place.querySelector(".ec-title")?.textContent ?? "";
  for (const part of [grid, ...grid.querySelectorAll("*")]) {
    if (tabular.has(part.role)) part.removeAttribute("role");
    for (const name of ["aria-colindex", "aria-colcount", "aria-colspan"]) part.removeAttribute(name);
  }
}

/** Under the toolbar of a year there is no list, and none in a list of nothing, though the library calls it one. */
function bare() {
  const frame = place.querySelector(".ec");
  if (!frame) return;
  const role = frame.dataset.role ?? frame.role;
  if (isYear() || (role === "list" && !frame.querySelector("[role=listitem]"))) {
    frame.dataset.role = role;
    frame.role = "group";
  } else if (frame.dataset.role) {
    if (frame.role === "group") frame.role = frame.dataset.role;
    delete frame.dataset.role;
  }
}

/** Show what is seen for paper, where no day is full. */
function printed() {
  const { type, activeStart, activeEnd, currentStart, currentEnd } = calendar.getView();
  const [start, end] = isYear() ? [currentStart, currentEnd] : [activeStart, activeEnd];
  const layout = { dayGridMonth: "month", timeGridWeek: "week", workWeek: "week" }[type] ?? "list";
  const days = { start: wall(start).slice(0, 10), end: wall(end).slice(0, 10) };
  window.open(address(place.dataset.paper, { layout, ...days, folders: chosenFolders() }));
}

// What is dragged out of the grid onto a folder goes there, and keeps its time.
let letGo, isPlaced = false;

const dayName = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long" });
const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const narrow = matchMedia("(max-width: 50rem)");
const calendar = createCalendar(place, [TimeGrid, DayGrid, List, Interaction], {
  view: localStorage.getItem("view") ?? (narrow.matches ? "listWeek" : "timeGridWeek"),
  date: new URL(location).searchParams.get("date") ?? new Date(),
  locale: document.documentElement.lang,
  firstDay: 1,
  height: "100%",
  scrollTime: "07:30:00",
  nowIndicator: true,
  allDayContent: words.allDay,
  noEventsContent: words.nothing,
  eventTimeFormat: (start) => clock.format(start),
  slotLabelFormat: (time) => clock.format(time),
  selectable: true,
  slotHeight: 26,
  lazyFetching: false, // a month knows less of its days than a week does
  hiddenDays: [],
  customButtons: { print: { text: words.print, click: printed } },
  headerToolbar: { start: "prev,today,next print", center: "title", end: "timeGridDay,workWeek,timeGridWeek,dayGridMonth,year,listYear" },
  buttonText: (text) => ({ ...text, ...words.buttons }),
  views: {
    year: { type: "listYear" },
    workWeek: { type: "timeGridWeek", hiddenDays: [0, 6] },
  },
  eventSources: [{
    events: async ({ start, end, startStr, endStr }) => {
      if (isYear()) return [];
      const room = calendar.getOption("view") === "dayGridMonth" ? { most: roomOfDay(start, end) } : {};
      const values = { ...room, start: startStr.slice(0, 10), end: endStr.slice(0, 10), folders: chosenFolders() };
      try {
        const answer = await fetch(address(place.dataset.events, values), { headers: headers() });
        if (answer.ok) return answer.json();
        if (answer.status === 401) location.reload();
        else tell(await answer.text(), "danger");
      } catch {
        tell(document.body.dataset.unseen, "danger");
      }
      return [];
    },
  }],
  loading: (is) => place.setAttribute("aria-busy", String(is)),
  eventContent: content,
  eventClassNames: ({ event }) => event.extendedProps.classes,
  eventClick: ({ event }) => {
    const { id, folder, day, more } = event.extendedProps;
    if (more) return showDay(more);
    open(address(place.dataset.item, { id, folder, ...(day ? { day } : {}) }));
  },
  select: ({ start, end, allDay }) => {
    open(address(place.dataset.item, { start: wall(start), end: wall(end), ...(allDay ? { all_day: "1" } : {}) }));
    calendar.unselect();
  },
  dateClick: ({ date, allDay }) => {
    const end = new Date(date.getTime() + (allDay ? 86_400_000 : 1_800_000));
    open(address(place.dataset.item, { start: wall(date), end: wall(end), ...(allDay ? { all_day: "1" } : {}) }));
  },
  eventAllUpdated: plain,
  eventDragStart: ({ event }) => { letGo = follow(event.extendedProps.folder); },
  eventDragStop: ({ event, jsEvent }) => {
    const { place: folder, copy } = letGo(jsEvent);
    const { id, folder: from, day } = event.extendedProps;
    isPlaced = Boolean(folder);
    if (folder) put({ id, folder: from, day: day ?? "" }, folder, copy);
  },
  eventDrop: (dropped) => (isPlaced ? dropped.revert() : moved(dropped)),
  eventResize: moved,
  datesSet: ({ view, start }) => {
    localStorage.setItem("view", view.type);
    const wasYear = isYear();
    if (view.type === "year") showYear(start.getFullYear(), chosenFolders());
    else if (wasYear) leaveYear();
    plain();
  },
});

function showDay(day) {
  calendar.setOption("date", day);
  calendar.setOption("view", "timeGridDay");
}

/** Ask anew for what is shown. */
function refresh() {
  if (isYear()) showYear(calendar.getView().currentStart.getFullYear(), chosenFolders());
  else calendar.refetchEvents();
}

function leaveYear() {
  showYear(null);
  queueMicrotask(() => calendar.refetchEvents());
}

onDay(showDay);

document.body.addEventListener("changed", refresh);
refresh();
