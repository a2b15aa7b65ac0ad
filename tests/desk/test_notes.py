"""Formatted notes in the dialogs: written by mouse and keyboard, pasted from anywhere, and never more than a note."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from passerelle.groupware.transfer import import_file
from passerelle.model.folders import Module
from passerelle.model.items import Contact, Item, Task
from passerelle.model.records import ItemRecord
from tests.desk.browsing import Desk
from tests.desk.serving import Visitor
from tests.groupware.office import MONDAY, Office, appointment_of, meeting

HOSTILE = '<b>x</b><script>alert(1)</script><img src=x onerror="alert(1)"><a href="javascript:alert(1)">y</a>'
CLEAN = "<b>x</b><a>y</a>"
KINDS = [(Module.CALENDAR, "calendar"), (Module.CONTACTS, "contacts"), (Module.TASKS, "tasks")]


def make(office: Office, module: Module, note: str | None = None, html: str | None = None) -> ItemRecord:
    items: dict[Module, Item] = {
        Module.CALENDAR: meeting(note=note, note_html=html),
        Module.CONTACTS: Contact(display_name="Zoé", note=note, note_html=html),
        Module.TASKS: Task(title="Paint", note=note, note_html=html),
    }
    return office.session("anna").create(office.default("anna", module), items[module])


def notes(office: Office, record: ItemRecord, module: Module) -> tuple[str | None, str | None]:
    item = office.session("anna").get(record.id, module).item
    return item.note, item.note_html


@pytest.mark.parametrize(("module", "area"), KINDS)
def test_what_a_form_says_is_cleaned_and_its_text_read_off(
    anna: Visitor, office: Office, module: Module, area: str
) -> None:
    record = make(office, module, "old")
    fields = anna.form(f"/{area}/item", id=record.id, folder=record.folder)
    assert (fields["note"], fields["note_html"]) == ("old", "")
    assert anna.post(f"/{area}/save", **fields | {"note_html": HOSTILE}).status_code == 204
    assert notes(office, record, module) == ("xy", CLEAN)
    fields = anna.form(f"/{area}/item", id=record.id, folder=record.folder)
    assert fields["note_html"] == CLEAN
    assert anna.post(f"/{area}/save", **fields).status_code == 204
    assert notes(office, record, module) == ("xy", CLEAN)
    assert anna.post(f"/{area}/save", **fields | {"note": "plain"}).status_code == 204
    assert notes(office, record, module) == ("plain", None)


def test_a_form_that_says_no_more_than_its_text_is_not_kept(anna: Visitor, office: Office) -> None:
    record = make(office, Module.TASKS, "a", "<b>a</b>")
    fields = anna.form("/tasks/item", id=record.id, folder=record.folder)
    assert anna.post("/tasks/save", **fields | {"note_html": "<div>a</div><div>b</div>"}).status_code == 204
    assert notes(office, record, Module.TASKS) == ("a\nb", None)
    fields = anna.form("/tasks/item", id=record.id, folder=record.folder)
    assert anna.post("/tasks/save", **fields | {"note_html": "<div><br></div>"}).status_code == 204
    assert notes(office, record, Module.TASKS) == (None, None)


def test_a_changed_occurrence_and_what_follows_keep_clean_notes(anna: Visitor, office: Office) -> None:
    for scope in ("one", "following"):
        series = office.session("anna").create(office.default("anna"), meeting(scope), ignore_conflicts=True)
        fields = anna.form("/calendar/item", id=series.id, folder=series.folder)
        repeated = fields | {"repeat": "DAILY", "ends": "count", "count": "3", "interval": "1", "ignore": "1"}
        assert anna.post("/calendar/save", **repeated).status_code == 204
        day = {"id": series.id, "folder": series.folder, "day": MONDAY.replace(day=MONDAY.day)}
        fields = anna.form("/calendar/item", **day) | {"scope": scope, "ignore": "1", "note_html": HOSTILE}
        assert anna.post("/calendar/save", **fields).status_code == 204
        items = office.session("anna").changes(series.folder, Module.CALENDAR).items
        found = {(one.item.note, one.item.note_html) for one in items if appointment_of(one).title == scope}
        assert ("xy", CLEAN) in found
        assert found <= {("xy", CLEAN), (None, None)}


def test_a_file_that_is_imported_brings_nothing_that_runs(office: Office) -> None:
    lines = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VEVENT", "UID:u1", "DTSTAMP:20260101T000000Z",
        "DTSTART:20300101T100000Z", "SUMMARY:Fair", f"X-ALT-DESC;FMTTYPE=text/html:{HOSTILE}", "END:VEVENT",
        "END:VCALENDAR", "",
    )  # fmt: skip
    import_file(office.session("anna"), office.default("anna"), "fair.ics", "\r\n".join(lines).encode())
    (record,) = office.session("anna").changes(office.default("anna"), Module.CALENDAR).items
    assert notes(office, record, Module.CALENDAR) == ("xy", CLEAN)


def test_what_a_peer_brought_uncleaned_is_cleaned_where_it_is_shown(anna: Visitor, office: Office) -> None:
    with office.store.writing(office.user("anna").id) as tx:
        folder = office.default("anna", Module.TASKS)
        record = tx.items.add(
            folder, Task(title="Paint", note="x", note_html=HOSTILE + "</textarea><script>2</script>")
        )
    page = anna.get("/tasks/item", id=record.id, folder=record.folder).text
    assert "alert" not in page
    assert anna.form("/tasks/item", id=record.id, folder=record.folder)["note_html"] == CLEAN


# In a browser


def opened(window: Desk, record: ItemRecord, area: str) -> Page:
    window.page.goto(f"{window.url}/{area}?place={record.folder}&open={record.id}")
    expect(editor(window.page)).to_be_visible()
    expect(window.page.get_by_role("button", name="Bold")).to_have_attribute("aria-pressed", re.compile("true|false"))
    return window.page


def editor(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Note")


@pytest.mark.parametrize(("module", "area"), KINDS)
def test_a_note_is_formatted_by_keyboard_and_shows_so_again(
    window: Desk, office: Office, module: Module, area: str
) -> None:
    record = make(office, module, "Bring  cake\n<3")
    page = opened(window, record, area)
    expect(editor(page)).to_have_text("Bring \N{NO-BREAK SPACE}cake<3")
    editor(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+B")
    expect(page.get_by_role("button", name="Bold")).to_have_attribute("aria-pressed", "true")
    page.keyboard.type("Big")
    page.keyboard.press("Control+B")
    page.keyboard.type(" and small")
    window.save()
    note, html = notes(office, record, module)
    assert note == "Bring  cake\n<3\nBig and small"
    assert html is not None
    assert "<b>Big</b> and small" in html
    expect(editor(opened(window, record, area)).locator("b")).to_have_text("Big")


def test_the_toolbar_makes_lists_and_links_with_one_stop_for_the_tab_key(window: Desk, office: Office) -> None:
    record = make(office, Module.TASKS, "Shop")
    page = opened(window, record, "tasks")
    page.get_by_role("button", name="Bold").focus()
    page.keyboard.press("Tab")
    expect(editor(page)).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.press("Shift+Tab")
    for name in ("Italic", "Underlined", "List"):
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("button", name=name, exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(editor(page).locator("ul li")).to_have_text("Shop")
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+K")
    page.keyboard.type("javascript:alert(1)")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Address of the link")).to_be_visible()
    page.get_by_label("Address of the link").fill("shop.example")
    page.keyboard.press("Enter")
    expect(editor(page).locator("a")).to_have_attribute("href", "https://shop.example")
    window.save()
    note, html = notes(office, record, Module.TASKS)
    assert note == "- Shop <https://shop.example>"
    assert html is not None
    assert "<ul>" in html


PASTED = Path(__file__).with_name("pasted.html").read_text(encoding="utf-8")


def test_what_is_pasted_from_word_or_the_web_keeps_its_form_and_nothing_else(window: Desk, office: Office) -> None:
    record = make(office, Module.TASKS)
    page = opened(window, record, "tasks")
    editor(page).focus()
    page.evaluate(
        """html => { const data = new DataTransfer(); data.setData("text/html", html); data.setData("text/plain", "x");
        document.querySelector("#note-editor").dispatchEvent(
          new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }""",
        PASTED,
    )
    expect(editor(page).locator("li")).to_have_text(["Minutes", "Budget"])
    shown = editor(page).inner_html()
    for part in ("style", "class", "script", "img", "javascript", "mso"):
        assert part not in shown
    expect(editor(page).locator("b")).to_have_text(["Agenda", "bold"])
    expect(editor(page).locator("i")).to_have_text("slanted")
    window.save()
    note, _html = notes(office, record, Module.TASKS)
    assert note is not None
    assert "- Minutes\n- Budget" in note


def test_a_dialog_that_is_saved_untouched_changes_no_note_and_a_refused_one_keeps_what_was_typed(
    window: Desk, office: Office
) -> None:
    record = make(office, Module.CALENDAR, "a\nb", "<p>a</p><p><strong>b</strong></p>")
    page = opened(window, record, "calendar")
    expect(editor(page).locator("b")).to_have_text("b")
    window.save()
    assert notes(office, record, Module.CALENDAR) == ("a\nb", "<p>a</p><p><strong>b</strong></p>")
    page = opened(window, record, "calendar")
    page.fill("[name=title]", "")
    editor(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Control+I")
    page.keyboard.type("c")
    page.click("dialog button.primary")
    expect(page.locator("dialog .error")).to_contain_text("needs a title")
    expect(editor(page).locator("i")).to_have_text("c")


@pytest.mark.parametrize("scheme", ["light", "dark", "telephone"])
def test_the_editor_is_accessible_and_looks_as_in_the_manual(
    chromium: Browser, url: str, office: Office, scheme: str
) -> None:
    html = (
        "<div>Please read before we meet:</div><ul><li><b>Budget</b>: the <u>second</u> draft</li><li>Minutes of "
        "October, on <a href='https://intranet.example/minutes'>the intranet</a></li></ul>"
        "<div><i>Cake is on me.</i></div>"
    )
    record = make(office, Module.TASKS, None, html)
    size = {"width": 390, "height": 800} if scheme == "telephone" else {"width": 1280, "height": 800}
    context: BrowserContext = chromium.new_context(
        viewport=size, color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce"  # type: ignore[arg-type]  # the types want a literal
    )  # fmt: skip
    desk = Desk(context, f"{url}/desk")
    desk.enter("anna")
    page = opened(desk, record, "tasks")
    editor(page).locator("i").click()
    expect(page.get_by_role("button", name="Italic")).to_have_attribute("aria-pressed", "true")
    desk.check(f"note-{scheme}", picture=scheme == "light")
    context.close()
    assert desk.troubles == []
