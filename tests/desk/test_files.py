"""Folders go out as files, and files come in: what is refused is told, and script in them is only text."""

from __future__ import annotations

from playwright.sync_api import expect

from passerelle.groupware.session import Session
from passerelle.groupware.teller import Teller
from passerelle.model.folders import Module
from passerelle.model.items import Task
from tests.desk.browsing import Desk
from tests.desk.serving import Visitor, serving_replica
from tests.groupware.office import READER, Office

EVIL = "<img src=x onerror=alert(1)>"
TASKS = f"""BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//test//EN\r
BEGIN:VTODO\r
UID:one\r
SUMMARY:Paint {EVIL}\r
END:VTODO\r
BEGIN:VEVENT\r
UID:broken\r
SUMMARY:Never {EVIL}\r
END:VEVENT\r
END:VCALENDAR\r
"""


def send(visitor: Visitor, folder: int | str, content: str = TASKS, name: str = f"{EVIL}.ics") -> str:
    values = {"folder": str(folder), "name": name}
    answer = visitor.http.post(
        f"{visitor.url}/folders/take", params=values, content=content, headers={"X-Desk-Token": visitor.token()}
    )
    return f"{answer.status_code} {answer.text}"


def test_a_file_is_taken_and_told_of_and_script_in_it_is_only_text(anna: Visitor, office: Office) -> None:
    folder = office.default("anna", Module.TASKS)
    told = send(anna, folder)
    assert told.startswith("200")
    assert "<dd>1</dd>" in told
    assert "onerror" in told
    assert EVIL not in told
    page = anna.get("/tasks").text
    assert "onerror" in page
    assert EVIL not in page
    assert "<dt>Already there</dt><dd>1</dd>" in send(anna, folder)


def test_a_folder_comes_back_from_its_file(anna: Visitor, office: Office) -> None:
    office.session("anna").create(office.default("anna", Module.TASKS), Task(title="Paint"))
    file = anna.get("/folders/file", id=office.default("anna", Module.TASKS))
    assert file.headers["Content-Type"].startswith("text/calendar")
    assert file.headers["Content-Disposition"] == "attachment; filename*=UTF-8''Tasks.ics"
    other = office.private("anna", "Other", Module.TASKS).id
    send(anna, other, file.text)
    (record,) = office.session("anna").changes(other, Module.TASKS).items
    assert isinstance(record.item, Task)
    assert record.item.title == "Paint"


def test_nobody_takes_out_or_puts_in_what_they_may_not(bruno: Visitor, office: Office) -> None:
    hidden = office.default("anna", Module.TASKS)
    assert bruno.get("/folders/file", id=hidden).status_code == 404
    assert send(bruno, hidden).startswith("404")
    shared = office.share_default("anna", office.grant("bruno", READER), Module.TASKS)
    assert bruno.get("/folders/file", id=shared).status_code == 200
    assert send(bruno, shared).startswith("403")
    assert "Import…" not in bruno.get("/folders/menu", id=shared).text


def test_what_is_no_calendar_is_refused_with_a_reason(anna: Visitor, office: Office) -> None:
    told = send(anna, office.default("anna"), "no calendar")
    assert "<dt>Refused</dt><dd>1</dd>" in told


def test_a_replica_takes_files_but_not_what_its_server_would_invite_others_to(office: Office) -> None:
    session = Session(office.store, office.user("anna").id, teller=Teller.SERVER)
    tasks = office.default("anna", Module.TASKS)
    with serving_replica(lambda: session) as (url, doors), Visitor(url) as anna:
        anna.get(doors.invite())
        assert "Import…" in anna.get("/folders/menu", id=tasks).text
        assert "<dt>Imported</dt><dd>1</dd>" in send(anna, tasks)
        met = TASKS.replace("UID:one", "UID:two\nATTENDEE:mailto:bruno@example.org").replace("Paint", "Meet")
        told = send(anna, tasks, met)
        assert "<dt>Imported</dt><dd>0</dd>" in told
        assert "Others take part in “Meet" in told
        alone = TASKS.replace("UID:one", "UID:three\nATTENDEE:mailto:Anna@example.org")
        assert "<dt>Imported</dt><dd>1</dd>" in send(anna, tasks, alone)


def test_a_file_is_chosen_or_dropped(window: Desk) -> None:
    page = window.page
    page.goto(f"{window.url}/tasks")
    page.get_by_role("button", name="Tasks: what can be done").click()
    with page.expect_file_chooser() as chosen:
        page.get_by_role("menuitem", name="Import…").click()
    chosen.value.set_files({"name": "tasks.ics", "mimeType": "text/calendar", "buffer": TASKS.encode()})
    expect(page.locator("dialog")).to_contain_text("Imported")
    window.check("import-light")
    page.keyboard.press("Escape")
    expect(page.locator("#rows")).to_contain_text("Paint <img")
    page.evaluate(
        """text => {
        const files = new DataTransfer();
        files.items.add(new File([text], "again.ics"));
        for (const name of ["dragover", "drop"])
            document.querySelector("#rows").dispatchEvent(
                new DragEvent(name, { dataTransfer: files, bubbles: true, cancelable: true }));
    }""",
        TASKS.replace("one", "two").replace("Paint", "Dropped"),
    )
    expect(page.locator("dialog")).to_contain_text("again.ics")
    expect(page.locator("#rows")).to_contain_text("Dropped")
