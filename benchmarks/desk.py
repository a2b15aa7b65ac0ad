"""What the desk costs in a browser: its first load, a month that is full, a long list of contacts.

The browser is Debian's Chromium without a window, its own clocks tell the times. What a page weighs is what came over
the wire, as the browser's protocol says, beside the page of Radicale.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

from msgspec import Struct
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.connector import PROGRAM
from benchmarks.items import Mixture
from benchmarks.passerelle_both import PASSWORD, USER, fill_user
from benchmarks.processes import Failed, free_port, server
from benchmarks.results import Machine
from benchmarks.vdirsyncer_radicale import radicale_configuration
from passerelle.groupware.provision import add_user, initialise
from passerelle.model.items import Appointment, Contact
from passerelle.model.moments import Timed
from passerelle.store import Store

CHROMIUM = Path("/usr/bin/chromium")
MIXED = ("Meeting", "Call", "Lunch", "Visit", "Review", "Workshop")
REPEATS = 5
SMOOTH_MS = 50
"""A frame that takes longer is seen as a jerk."""

_UNTIL_STILL = """async (selector) => {
  const shown = document.querySelector(selector);
  let began = 0, last = 0;
  shown.addEventListener("click", () => { began = performance.now(); }, { capture: true, once: true });
  const frame = () => new Promise(requestAnimationFrame);
  const watcher = new MutationObserver(async () => { await frame(); last = performance.now(); });
  watcher.observe(document.body, { childList: true, subtree: true });
  shown.click();
  while (!last || performance.now() - last < 700) await frame();
  return last - began;
}"""
"""Clicks, and says after how many milliseconds the page changed for the last time."""
_SCROLL = """async () => {
  const work = document.querySelector("#work"), frames = [];
  let last = performance.now(), idle = 0, top = -1;
  const until = last + 30_000;
  while (idle < 60 && last < until) {
    work.scrollTop += 60;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
    idle = work.scrollTop === top ? idle + 1 : 0;
    top = work.scrollTop;
  }
  return { frames, rows: document.querySelectorAll("#rows li").length };
}"""
"""Scrolls through a list for half a minute, or to its end; says how long each frame took, in milliseconds."""


class Weight(Struct, frozen=True):
    """A page's first load: bytes over the wire, and requests."""

    page: str
    bytes: int
    requests: int


class Found(Struct, frozen=True, kw_only=True):
    """What was measured. Times are in milliseconds."""

    appointments: int
    contacts: int
    weights: tuple[Weight, ...]
    month_ms: float
    list_ms: float
    jerks: int
    frames: int
    longest_frame_ms: float
    rows: int


def measure(appointments: int, contacts: int, directory: Path, others: Path) -> Found:
    """Measure with so many appointments in this month, and so many contacts; Radicale too if it is in ``others``.

    Raises:
        Failed: a side did not do its work.
    """
    office = directory / "office"
    with Store.create(office) as store:
        initialise(store)
        user = add_user(store, USER, PASSWORD, first_name="Anna", email="anna@passerelle.example")
        fill_user(store, user.id, Mixture(tuple(_month(appointments)), tuple(_people(contacts))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False)
        with server([PROGRAM, "server", "run", "--port", "0", "--data", office], directory, {}) as ours:
            url = ours.wait_for(r"listening on (\S+)")
            weights = [_our_weight(browser, url)]
            times = _times(browser, url)
        if (others / "radicale").exists():
            weights.append(_radicales_weight(browser, directory, others))
        browser.close()
    return Found(appointments=appointments, contacts=contacts, weights=tuple(weights), **times)  # type: ignore[arg-type]  # the fields of Found


def _month(count: int) -> Iterator[Appointment]:
    today = datetime.now(UTC).date()
    days = calendar.monthrange(today.year, today.month)[1]
    for number in range(count):
        day, hour = date(today.year, today.month, 1 + number % days), 6 + number // days % 12
        start = datetime(day.year, day.month, day.day, hour, number % 4 * 15, tzinfo=UTC)
        span = Timed(start=start, end=start + timedelta(minutes=45), zone="Europe/Paris")
        yield Appointment(title=f"{MIXED[number % len(MIXED)]} {number}", when=span)


def _people(count: int) -> Iterator[Contact]:
    for number in range(count):
        name = f"{chr(65 + number % 26)}{number:05}"
        yield Contact(first_name="Kim", last_name=name, display_name=f"{name} Kim", email1=f"{name}@example.com")


@contextmanager
def _window(browser: Browser) -> Iterator[tuple[Page, list[tuple[str, int]]]]:
    """A window with an empty cache, and what comes over the wire in it."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    came: list[tuple[str, int]] = []
    protocol = context.new_cdp_session(page)
    protocol.send("Network.enable")
    protocol.on("Network.loadingFinished", lambda told: came.append((told["requestId"], told["encodedDataLength"])))
    yield page, came
    context.close()


def _weight(name: str, came: Sequence[tuple[str, int]]) -> Weight:
    return Weight(name, sum(size for _, size in came), len(came))


def _enter(page: Page, url: str) -> None:
    page.goto(f"{url}/desk/")
    page.fill("[name=login]", USER)
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_selector(".ec-event")


def _our_weight(browser: Browser, url: str) -> Weight:
    """From the login to the calendar, everything."""
    with _window(browser) as (page, came):
        _enter(page, url)
        page.wait_for_timeout(1000)
        return _weight("the desk, login and calendar", came)


def _radicales_weight(browser: Browser, directory: Path, others: Path) -> Weight:
    port = free_port()
    configuration = radicale_configuration(directory, port, [USER])
    configuration.write_text(configuration.read_text().replace("type = none", "type = internal"))
    with (
        server([others / "radicale", "--config", configuration], directory, {}) as theirs,
        _window(browser) as (page, came),
    ):
        theirs.wait_for("server ready")
        page.goto(f"http://127.0.0.1:{port}/.web/")
        page.fill("input[data-name=user]", USER)
        page.fill("input[data-name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_timeout(2000)
        return _weight("Radicale, login and collections", came)


def _times(browser: Browser, url: str) -> dict[str, float]:
    with _window(browser) as (page, _came):
        _enter(page, url)
        months = []
        for _ in range(REPEATS):
            months.append(page.evaluate(_UNTIL_STILL, ".ec-dayGridMonth"))
            page.evaluate(_UNTIL_STILL, ".ec-timeGridDay")
        lists = []
        for _ in range(REPEATS):
            page.goto(f"{url}/desk/contacts")
            page.wait_for_selector("#rows li")
            lists.append(page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"))
        scrolled = page.evaluate(_SCROLL)
    frames = scrolled["frames"]
    if not scrolled["rows"]:
        raise Failed("The list of contacts is empty.")
    return {
        "month_ms": median(months),
        "list_ms": median(lists),
        "jerks": sum(1 for one in frames if one > SMOOTH_MS),
        "frames": len(frames),
        "longest_frame_ms": max(frames),
        "rows": scrolled["rows"],
    }


_SECTION = """\
## The desk

In Debian's Chromium without a window, on loopback, by the browser's own clocks: a month with {appointments:,}
appointments from the click on *Month* until the page changed for the last time; a folder of {contacts:,} contacts from
the request until it stands, and scrolled through by 60 pixels a frame. What a first load weighs is what came over the
wire, with nothing in the browser's cache. Made by `make bench ARGS="desk --page"`.

Measured on {date} on {processor}, {cores} cores, with {versions}. {remark}

| | |
| --- | ---: |
| Month | {month:.0f} ms |
| List of contacts | {list_:.0f} ms |
| Frames of more than {smooth} ms while scrolling past {rows:,} contacts | {jerks} of {frames:,} |
| Longest frame | {longest:.0f} ms |
"""


def section(found: Found, machine: Machine, versions: Mapping[str, str], today: str, remark: str) -> str:
    """The section of the manual's page; ``remark`` is a sentence about the circumstances, or empty."""
    head = _SECTION.format(
        appointments=found.appointments,
        contacts=found.contacts,
        month=found.month_ms,
        list_=found.list_ms,
        smooth=SMOOTH_MS,
        rows=found.rows,
        jerks=found.jerks,
        frames=found.frames,
        longest=found.longest_frame_ms,
        date=today,
        processor=machine.processor,
        cores=machine.cores,
        versions=", ".join(f"{name} {version}" for name, version in versions.items()),
        remark=remark,
    ).replace(" \n", "\n")
    rows = [
        f"| First load of {one.page} | {one.bytes / 1000:.0f} kB in {one.requests} requests |" for one in found.weights
    ]
    return head + "\n".join(rows) + "\n"
