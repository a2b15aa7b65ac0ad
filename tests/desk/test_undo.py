"""What a page has just done is undone: by whom, how long, and without anybody being invited anew."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO

import httpx2
import pytest
from playwright.sync_api import expect

from passerelle.desk.undoing import undone
from passerelle.groupware.attachments import AttachmentLimits, NewFile, Target, set_limits
from passerelle.groupware.logins import ORIGIN
from passerelle.groupware.session import Session
from passerelle.model.errors import Contradiction
from passerelle.model.folders import Module
from passerelle.model.ids import ItemId, Stamp
from passerelle.model.items import Task
from passerelle.model.participants import Answer
from passerelle.model.records import ItemRecord
from passerelle.sync.history.undo import Change
from tests.desk.browsing import Desk
from tests.desk.serving import Visitor
from tests.groupware.office import Office, answers_of, meeting


def told(answer: httpx2.Response) -> str:
    """What the page may have undone."""
    assert answer.status_code == 204, answer.text
    return str(json.loads(answer.headers["HX-Trigger"])["done"]["undo"])


def titles(office: Office, login: str = "anna") -> list[str | None]:
    found = office.session(login).changes(office.default(login, Module.TASKS), Module.TASKS).items
    return [one.item.title for one in found if isinstance(one.item, Task)]


def mail(office: Office) -> list[str]:
    with office.store.reading() as tx:
        return [one.recipient for one in tx.outbox.unsent()]


def test_making_changing_moving_and_deleting_are_undone_and_done_again(anna: Visitor, office: Office) -> None:
    other = office.private("anna", "Other", Module.TASKS).id
    new = anna.form("/tasks/item") | {"title": "Paint"}
    made = told(anna.post("/tasks/save", **new))
    again = told(anna.post("/undo", changes=made))
    assert titles(office) == []
    told(anna.post("/undo", changes=again))
    (record,) = office.session("anna").changes(office.default("anna", Module.TASKS), Module.TASKS).items
    fields = anna.form("/tasks/item", id=record.id, folder=record.folder)
    changed = told(anna.post("/tasks/save", **fields | {"title": "Paint it black", "place": str(other)}))
    assert titles(office) == []
    told(anna.post("/undo", changes=changed))
    assert titles(office) == ["Paint"]
    gone = told(anna.post("/tasks/delete", **anna.form("/tasks/item", id=record.id, folder=record.folder)))
    told(anna.post("/undo", changes=gone))
    assert titles(office) == ["Paint"]


def attached(office: Office, title: str, content: bytes) -> ItemRecord:
    """A task of Anna's with a file."""
    session, folder = office.session("anna"), office.default("anna", Module.TASKS)
    task = session.create(folder, Task(title=title))
    file = NewFile(name=f"{title}.pdf", media_type="application/pdf", size=len(content), stream=BytesIO(content))
    session.attach(Target(task.id, Module.TASKS, folder), file)
    return task


def deleted(anna: Visitor, task: ItemRecord) -> str:
    """Delete a task in its dialog; return what may have that undone."""
    return told(anna.post("/tasks/delete", **anna.form("/tasks/item", id=task.id, folder=task.folder)))


def files(office: Office) -> dict[str | None, list[str]]:
    found = office.session("anna").changes(office.default("anna", Module.TASKS), Module.TASKS).items
    return {one.item.title: [file.name for file in one.attachments] for one in found if isinstance(one.item, Task)}


def test_what_comes_back_has_its_files(anna: Visitor, office: Office) -> None:
    gone = deleted(anna, attached(office, "Paint", b"%PDF"))
    assert files(office) == {}
    told(anna.post("/undo", changes=gone))
    assert files(office) == {"Paint": ["Paint.pdf"]}


def test_files_kept_for_undo_give_way_to_new_ones_where_there_is_no_room_for_both(
    anna: Visitor, office: Office
) -> None:
    with office.store.writing(office.user("anna").id) as tx:
        set_limits(tx, AttachmentLimits(user=10))
    first = deleted(anna, attached(office, "First", b"first"))
    second = deleted(anna, attached(office, "Second", b"other"))
    with office.store.reading() as reading:
        assert reading.attachments.former_size_of(office.user("anna").id) == 10
    attached(office, "Third", b"third")
    with office.store.reading() as reading:
        assert reading.attachments.former_size_of(office.user("anna").id) == 0
    for changes in (first, second):
        told(anna.post("/undo", changes=changes))
    assert files(office) == {"First": [], "Second": [], "Third": ["Third.pdf"]}


def test_what_was_not_done_by_oneself_or_long_ago_is_not_undone(anna: Visitor, bruno: Visitor, office: Office) -> None:
    made = told(anna.post("/tasks/save", **anna.form("/tasks/item") | {"title": "Paint"}))
    assert bruno.post("/undo", changes=made).status_code == 404
    assert bruno.post("/undo", changes="1-2").status_code == 404
    assert bruno.post("/undo", changes="x").status_code == 422
    item, _, position = made.partition("-")
    session = Session(office.store, office.user("anna").id, ORIGIN)
    with pytest.raises(Contradiction, match="too late"):
        undone(session, [Change(ItemId(int(item)), Stamp(int(position)))], datetime.now(UTC) + timedelta(seconds=1))
    assert titles(office) == ["Paint"]


def test_what_was_changed_elsewhere_meanwhile_stays(anna: Visitor, office: Office) -> None:
    session, folder = office.session("anna"), office.default("anna", Module.TASKS)
    task = session.create(folder, Task(title="Paint", note="white"))
    fields = anna.form("/tasks/item", id=task.id, folder=folder)
    changed = told(anna.post("/tasks/save", **fields | {"title": "Varnish", "note": "clear"}))
    session.update(task.id, folder, lambda _: {"title": "Wallpaper"})
    told(anna.post("/undo", changes=changed))
    item = session.get(task.id, Module.TASKS).item
    assert (item.title, item.note) == ("Wallpaper", "white")  # type: ignore[union-attr]  # it is a task


def test_a_meeting_that_comes_back_has_its_answers_and_nobody_gets_mail(anna: Visitor, office: Office) -> None:
    session, folder = office.session("anna"), office.default("anna")
    record = session.create(folder, meeting("Together", participants=office.invite("anna", "bruno")), notify=False)
    office.session("bruno").confirm(record.id, Answer.ACCEPTED)
    before = mail(office)
    gone = told(anna.post("/calendar/delete", **anna.form("/calendar/item", id=record.id, folder=folder)))
    assert len(mail(office)) > len(before)
    told(anna.post("/undo", changes=gone))
    assert mail(office) == before
    back = session.get(record.id, Module.CALENDAR)
    assert answers_of(back)[office.user("bruno").id] == Answer.ACCEPTED
    assert office.session("bruno").get(record.id, Module.CALENDAR).folder == office.default("bruno")


def test_undo_is_a_button_and_a_key(window: Desk, office: Office) -> None:
    session, folder = office.session("anna"), office.default("anna", Module.TASKS)
    session.create(folder, Task(title="Paint"))
    page = window.page
    page.goto(f"{window.url}/tasks")
    page.get_by_label("Done: Paint").check()
    expect(page.locator("#rows")).not_to_contain_text("Paint")
    window.check("undo-light")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#rows")).to_contain_text("Paint")
    page.get_by_role("button", name="Paint").click()
    page.once("dialog", lambda question: question.accept())
    page.locator("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#rows")).not_to_contain_text("Paint")
    page.keyboard.press("Control+z")
    expect(page.locator("#rows")).to_contain_text("Paint")
