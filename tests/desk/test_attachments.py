"""Files that hang on items, in their dialogs."""

from __future__ import annotations

import re
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import BrowserContext, expect

from passerelle.groupware.attachments import AttachmentLimits, set_limits
from passerelle.model.folders import Module
from passerelle.model.items import Task
from passerelle.model.records import ItemRecord
from tests.desk.browsing import Desk
from tests.desk.serving import Visitor, serving_locally
from tests.groupware.office import READER, Office

EVIL = "<img onerror=alert(1)>.html"


@pytest.fixture
def task(office: Office) -> ItemRecord:
    return office.session("anna").create(office.default("anna", Module.TASKS), Task(title="Paint"))


def address(record: ItemRecord) -> dict[str, object]:
    return {"module": "tasks", "id": record.id, "folder": record.folder, "stamp": record.stamp}


def add(visitor: Visitor, record: ItemRecord, name: str, content: bytes, **headers: str) -> httpx2.Response:
    """Attach a file as the page does."""
    return visitor.http.post(
        f"{visitor.url}/attachments/add",
        params={key: str(value) for key, value in address(record).items()} | {"name": name},
        content=content,
        headers={"X-Desk-Token": visitor.token(), "Content-Type": "text/html"} | headers,
    )


def files(office: Office, record: ItemRecord) -> list[str]:
    return [one.name for one in office.session("anna").get(record.id, Module.TASKS).attachments]


def test_a_file_is_attached_kept_and_removed(anna: Visitor, office: Office, task: ItemRecord) -> None:
    page = add(anna, task, EVIL, b"<script>alert(1)</script>").text
    assert "&lt;img onerror" in page
    file = re.search(r"file=(\d+)", page)
    assert file is not None
    answer = anna.get("/attachments/file", **address(task), file=file[1])
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert anna.post("/attachments/remove", **address(task), file=file[1]).status_code == 200
    assert files(office, task) == []


def test_the_dialog_follows_to_the_new_version_only_if_it_showed_the_last_one(
    anna: Visitor, office: Office, task: ItemRecord
) -> None:
    page = add(anna, task, "a.txt", b"a").text
    now = office.session("anna").get(task.id, Module.TASKS)
    assert f'id="form-stamp" value="{now.stamp}"' in page
    assert "form-stamp" not in add(anna, task, "b.txt", b"b").text  # this one still shows the version before


def test_what_is_too_large_is_refused(anna: Visitor, office: Office, task: ItemRecord) -> None:
    with office.store.writing(office.user("anna").id) as tx:
        set_limits(tx, AttachmentLimits(file=10))
    answer = add(anna, task, "big.bin", b"x" * 11)
    assert (answer.status_code, "11" in answer.text) == (422, True)
    assert files(office, task) == []


def test_nobody_attaches_to_what_may_only_be_read_nor_reads_what_may_not(
    anna: Visitor, bruno: Visitor, office: Office, task: ItemRecord
) -> None:
    file = re.search(r"file=(\d+)", add(anna, task, "a.txt", b"secret").text)
    assert file is not None
    for path in ("/attachments", "/attachments/file"):
        assert bruno.get(path, **address(task), file=file[1]).status_code in {403, 404}
    office.share_default("anna", office.grant("bruno", READER), Module.TASKS)
    assert add(bruno, task, "b.txt", b"b").status_code == 403
    assert bruno.post("/attachments/remove", **address(task), file=file[1]).status_code == 403
    assert bruno.get("/attachments/file", **address(task), file=file[1]).content == b"secret"
    assert files(office, task) == ["a.txt"]


def test_a_page_of_another_site_attaches_nothing(anna: Visitor, office: Office, task: ItemRecord) -> None:
    assert add(anna, task, "a.txt", b"a", **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert add(anna, task, "a.txt", b"a", **{"X-Desk-Token": "0" * 64}).status_code == 403
    assert files(office, task) == []


def test_a_file_is_attached_in_the_browser_and_the_dialog_can_still_be_saved(
    context: BrowserContext, url: str, office: Office, task: ItemRecord, tmp_path: Path
) -> None:
    desk = Desk(context, f"{url}/desk")
    desk.enter("anna")
    (tmp_path / "plan.txt").write_text("plan")
    page = desk.page
    page.goto(f"{desk.url}/tasks")
    page.click("text=Paint")
    page.get_by_label("Attach a file").set_input_files(tmp_path / "plan.txt")
    expect(page.locator("[data-files] li")).to_contain_text("plan.txt")
    desk.check("tasks-attachments")
    page.locator("dialog").get_by_label("Subject").fill("Paint twice")
    desk.save()
    renamed = office.session("anna").get(task.id, Module.TASKS).item
    assert isinstance(renamed, Task)
    assert renamed.title == "Paint twice"
    assert files(office, task) == ["plan.txt"]
    assert desk.troubles == []


def test_before_a_replica_files_come_and_go_as_well(office: Office, task: ItemRecord) -> None:
    with serving_locally(office) as (url, doors), Visitor(url) as someone:
        someone.http.get(f"{url}/desk{doors.invite()}", follow_redirects=True)
        page = someone.get("/tasks/item", id=task.id, folder=task.folder)
        assert "/desk/attachments?module=tasks" in page.text
        assert "plan.txt" in add(someone, task, "plan.txt", b"plan").text
    assert files(office, task) == ["plan.txt"]
