"""Reminders in the pages: they come up by themselves, are put off and dismissed, for one user and everywhere."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from passerelle.desk.reminding import in_words, seconds_until
from passerelle.model.folders import Module
from passerelle.model.items import Task
from passerelle.model.moments import Day, Timed
from passerelle.model.records import ItemRecord
from tests.desk.browsing import Desk
from tests.desk.serving import Visitor, serving_locally
from tests.groupware.office import EDITOR, ZONE, Office, daily, meeting

MINUTE = timedelta(minutes=1)


def soon(left: timedelta = 10 * MINUTE) -> Timed:
    """An hour that begins in a while."""
    start = datetime.now(UTC).replace(microsecond=0) + left
    return Timed(start=start, end=start + timedelta(hours=1), zone=ZONE)


def add(office: Office, title: str, when: Timed | None = None, login: str = "anna", **fields: object) -> ItemRecord:
    item = meeting(title, when or soon(), **{"alarm": 15, **fields})
    return office.session(login).create(office.default(login), item, ignore_conflicts=True)


def name_of(office: Office, login: str = "anna") -> str:
    """The name by which a page asks for the one reminder of a user."""
    now = datetime.now(UTC)
    (ring,) = office.session(login).rings(now, now)
    return f"{ring.name.item}-{ring.name.starts}"


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(seconds=20), "now"), (MINUTE, "in 1 minute"), (119 * MINUTE, "in 119 minutes"),
        (timedelta(hours=-2), "2 hours ago"), (timedelta(days=2), "in 2 days"), (timedelta(days=-7), "7 days ago"),
    ],
)  # fmt: skip
def test_how_long_it_is_is_said_in_the_unit_that_people_use(left: timedelta, said: str) -> None:
    assert in_words(left) == said


def test_a_page_knows_what_is_due_and_hidden_what_will_be_within_hours(anna: Visitor, office: Office) -> None:
    add(office, "Due", location="Hall <b>")
    add(office, "Later", soon(timedelta(hours=3)))
    add(office, "Tomorrow", soon(timedelta(days=1)))
    office.session("anna").create(
        office.default("anna", Module.TASKS),
        Task(title="Paint", alarm=datetime.now(UTC) - MINUTE, due=Day(day=date(2030, 1, 2))),
    )
    text = anna.get("/reminders").text
    assert "Hall &lt;b&gt;" in text
    assert "Due 02 Jan 2030" in text
    waits = [int(wait) > 0 for wait in re.findall(r'data-wait="([0-9]+)"', text)]
    assert waits == [False, False, True]
    assert text.index("<strong>Later") > text.index("<strong>Paint")
    assert "Tomorrow" not in text


def test_what_the_page_shows_can_be_dismissed_and_what_is_due_in_a_moment_is_not_shown_yet(office: Office) -> None:
    add(office, "In a moment", soon(15 * MINUTE + timedelta(seconds=30)))
    session = office.session("anna")
    (ring,) = session.rings(datetime.now(UTC), datetime.now(UTC) + MINUTE)
    before = ring.due - timedelta(milliseconds=300)
    session.dismiss([ring.name], before)
    assert session.rings(ring.due, ring.due) == (ring,)
    assert seconds_until(ring, before) == 1
    session.dismiss([ring.name], ring.due)
    assert session.rings(ring.due, ring.due) == ()
    assert seconds_until(ring, ring.due) == 0


def test_nobody_sees_or_dismisses_the_reminders_of_others(anna: Visitor, bruno: Visitor, office: Office) -> None:
    office.share_default("anna", office.grant("bruno", EDITOR))
    add(office, "Mine")
    rung = name_of(office)
    assert "Mine" not in bruno.get("/reminders").text
    assert bruno.post("/reminders/dismiss", rings=rung).status_code == 200
    assert "Mine" in anna.get("/reminders").text
    assert "Mine" not in anna.post("/reminders/dismiss", rings=rung).text


def test_a_page_of_another_site_and_a_form_of_nonsense_change_nothing(anna: Visitor, office: Office) -> None:
    add(office, "Mine")
    rung = name_of(office)
    forged = {"Sec-Fetch-Site": "cross-site", "X-Desk-Token": anna.token()}
    for path in ("/reminders/dismiss", "/reminders/snooze"):
        sent = anna.http.post(f"{anna.url}{path}", data={"rings": rung, "minutes": "5"}, headers=forged)
        assert sent.status_code == 403
    for rings, minutes in (("x", "5"), ("1", "5"), (rung, "6"), (rung, ""), (f"{2**70}-1", "5")):
        assert anna.post("/reminders/snooze", rings=rings, minutes=minutes).status_code == 422
    with Visitor(anna.url.removesuffix("/desk")) as stranger:
        assert "Mine" not in stranger.get("/reminders").text
    assert name_of(office) == rung


# In a browser


def panel(page: Page) -> Page:
    expect(page.locator("#reminders")).to_be_visible()
    return page


def test_a_reminder_comes_up_by_itself_leads_to_its_occurrence_and_stays_dismissed_in_both_browsers(
    window: Desk, chromium: Browser, office: Office
) -> None:
    elsewhere = chromium.new_context()
    other = Desk(elsewhere, window.url)
    other.enter("anna")
    expect(window.page.locator("#bell b")).not_to_be_visible()
    add(office, "Jour fixe", soon(15 * MINUTE + timedelta(seconds=2)), recurrence=daily(3))
    page = panel(window.page)
    row = page.locator("#reminders li", has_text="Jour fixe")
    expect(page.locator("#reminded")).to_have_text(re.compile("Reminder: Jour fixe, in 1[45] minutes."))
    expect(row).to_contain_text(re.compile("in 1[45] minutes"))
    expect(page.locator("#bell b")).to_have_text("1")
    panel(other.page)
    row.get_by_role("button", name="Open: Jour fixe").click()
    expect(page.locator("dialog [name=title]")).to_have_value("Jour fixe")
    expect(page.get_by_label("this occurrence")).to_be_checked()
    page.keyboard.press("Escape")
    row.get_by_role("button", name="Dismiss: Jour fixe").click()
    expect(page.locator("#reminders")).not_to_be_visible()
    page.reload()
    expect(page.locator("#bell")).to_be_visible()
    other.page.reload()
    for one in (page, other.page):
        one.wait_for_function("document.querySelector('#reminders .rings').childElementCount > 0")
        expect(one.locator("#reminders")).not_to_be_visible()
    elsewhere.close()
    assert other.troubles == []


def test_reminders_are_worked_through_by_keyboard(window: Desk, office: Office) -> None:
    for title in ("First", "Second", "Third"):
        add(office, title)
    page = panel(window.page)
    expect(page.locator("#reminders li")).to_have_count(3)  # one that came later would rightly open the panel again
    page.keyboard.press("r")
    expect(page.locator("#reminders")).not_to_be_visible()
    page.reload()
    expect(page.locator("#bell b")).to_have_text("3")
    expect(page.locator("#reminders")).not_to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="Open: First")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Snooze: Second")).to_be_focused()
    expect(page.locator("#bell b")).to_have_text("2")
    page.get_by_role("button", name="Dismiss: Second").press("Enter")
    expect(page.get_by_role("button", name="Dismiss: Third")).to_be_focused()
    page.get_by_role("button", name="Dismiss all").press("Enter")
    expect(page.locator("#bell")).to_be_focused()
    now = datetime.now(UTC)
    (again,) = office.session("anna").rings(now, now + 6 * MINUTE)
    assert again.item.title == "First"
    assert again.due - now <= 5 * MINUTE
    page.keyboard.press("Enter")
    expect(page.locator("#reminders")).to_contain_text("There is nothing to remind you of.")
    page.keyboard.press("Escape")
    expect(page.locator("#reminders")).not_to_be_visible()


def test_what_was_missed_while_the_machine_slept_shows_also_if_the_server_is_away(
    context: BrowserContext, url: str, office: Office
) -> None:
    context.add_init_script("window.Notification.requestPermission = () => { throw new Error('asked uninvited'); }")
    add(office, "Board", soon(3 * 60 * MINUTE))
    window = Desk(context, f"{url}/desk")
    window.page.clock.install()
    window.enter("anna")
    expect(window.page.locator("#reminders li")).to_have_count(1)
    expect(window.page.locator("#reminders")).not_to_be_visible()
    window.page.route("**/reminders", lambda route: route.abort())
    window.page.clock.fast_forward(3 * 60 * 60 * 1000)
    expect(panel(window.page).locator("#reminders li")).to_contain_text("Board")
    assert [one for one in window.troubles if "ERR_FAILED" not in one] == []


def test_other_windows_are_told_only_once_that_was_asked_for(context: BrowserContext, url: str, office: Office) -> None:
    context.add_init_script(
        """window.asked = 0; window.notes = []; let permission = "default";
        window.Notification = class extends EventTarget {
          constructor(title, { body }) { super(); window.notes.push([title, body]); }
          static get permission() { return permission; }
          static async requestPermission() { window.asked += 1; permission = "granted"; return permission; }
        };
        Object.defineProperty(document, "hasFocus", { value: () => false });"""
    )
    window = Desk(context, f"{url}/desk")
    window.enter("anna")
    page = window.page
    add(office, "Silent")
    expect(panel(page).locator("#reminders li")).to_have_count(1)
    assert page.evaluate("[window.asked, window.notes.length]") == [0, 0]
    page.click("text=Tell me also when I am in another window")
    expect(page.locator("text=Do not tell me in other windows any more")).to_be_visible()
    add(office, "Loud", location="Hall")
    expect(page.locator("#reminders li")).to_have_count(2)
    assert page.evaluate("window.asked") == 1
    ((title, body),) = page.evaluate("window.notes")
    assert title == "Loud"
    assert "Hall\nin" in body
    assert window.troubles == []


def test_telephones_whose_pages_may_not_notify_are_told_by_a_worker(
    context: BrowserContext, url: str, office: Office
) -> None:
    context.grant_permissions(["notifications"], origin=url)
    context.add_init_script(
        """window.Notification = class {
          constructor() { throw new TypeError("Illegal constructor."); }
          static permission = "granted";
        };
        Object.defineProperty(document, "hasFocus", { value: () => false });"""
    )
    window = Desk(context, f"{url}/desk")
    window.enter("anna")
    add(office, "Train", location="Platform 9")
    expect(panel(window.page).locator("#reminders li")).to_have_count(1)
    shown = window.page.evaluate_handle(
        """async () => {
          for (;;) {
            for (const one of await navigator.serviceWorker.getRegistrations())
              for (const note of await one.getNotifications()) return [note.title, note.body];
            await new Promise((done) => setTimeout(done, 20));
          }
        }"""
    )
    title, body = shown.json_value()
    assert title == "Train"
    assert "Platform 9\nin" in body
    assert window.troubles == []


def test_the_desk_of_a_replica_reminds_as_well(context: BrowserContext, office: Office) -> None:
    add(office, "Offline")
    with serving_locally(office) as (url, doors):
        desk = Desk(context, f"{url}/desk")
        desk.page.goto(f"{url}/desk{doors.invite()}")
        panel(desk.page).get_by_role("button", name="Dismiss: Offline").click()
        expect(desk.page.locator("#reminders")).not_to_be_visible()
        assert desk.troubles == []


@pytest.mark.parametrize("scheme", ["light", "dark", "telephone"])
def test_the_reminders_are_accessible_and_look_as_in_the_manual(
    chromium: Browser, url: str, office: Office, scheme: str
) -> None:
    add(office, "Weekly planning", location="Room 4.12", recurrence=daily(3))
    add(office, "Lunch with the auditors", soon(-5 * MINUTE), location="Trattoria da Piero")
    office.session("anna").create(
        office.default("anna", Module.TASKS),
        Task(title="Send the offer", alarm=datetime.now(UTC) - MINUTE, due=Day(day=datetime.now(UTC).date())),
    )
    size = {"width": 390, "height": 800} if scheme == "telephone" else {"width": 1280, "height": 800}
    context = chromium.new_context(
        viewport=size, color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce",  # type: ignore[arg-type]  # the types want a literal
    )  # fmt: skip
    desk = Desk(context, f"{url}/desk")
    desk.enter("anna")
    desk.page.goto(f"{url}/desk/tasks")
    expect(panel(desk.page).locator("#reminders li")).to_have_count(3)
    desk.check(f"reminders-{scheme}", picture=scheme == "light")
    context.close()
    assert desk.troubles == []
