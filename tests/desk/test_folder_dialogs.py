"""The folder tree in a browser: its menu, its dialogs, its counts."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from passerelle.model.folders import Module
from passerelle.model.items import Task, TaskStatus
from tests.desk.browsing import Desk
from tests.desk.serving import serving_locally
from tests.groupware.office import READER, Office


@pytest.fixture
def tasks(window: Desk) -> Desk:
    window.page.goto(f"{window.url}/tasks")
    return window


def test_a_folder_is_made_shared_and_deleted_by_mouse(tasks: Desk, office: Office) -> None:
    page = tasks.page
    page.get_by_role("button", name="New folder: Private folders").click()
    page.get_by_label("Name").fill("Garden")
    tasks.save()
    garden = page.locator("#tree li", has_text="Garden")
    garden.click(button="right")
    tasks.check("folder-menu-light")
    page.get_by_role("menuitem", name="Permissions…").click()
    page.get_by_label("User or group").fill("Bruno Blanc")
    page.get_by_role("button", name="Add", exact=True).click()
    level = page.get_by_label("Level of Bruno Blanc")
    level.select_option(label="4 – read, create, change and delete own items")
    row = page.locator("[data-rights]", has_text="Bruno Blanc")
    expect(row.locator("[data-box=w2]")).to_be_checked()
    expect(row.locator("[data-box=w4]")).not_to_be_checked()
    row.locator("[data-box=w4]").check()
    expect(level).to_have_value("custom")
    row.locator("[data-box=d4]").check()
    expect(level.locator("option:checked")).to_have_text("6 – read, create, change and delete all items")
    tasks.check("permissions-light")
    tasks.save()
    expect(garden.locator(".mark")).to_be_visible()
    (view,) = [one for one in office.session("bruno").folders().changed if one.folder.name == "Garden"]
    assert (view.effective.folder, view.effective.write, view.effective.delete) == (4, 4, 4)
    garden.click(button="right")
    page.get_by_role("menuitem", name="Delete…").click()
    page.locator("dialog").get_by_role("button", name="Delete").click()
    expect(garden).to_have_count(0)


def test_the_menu_works_by_keyboard_and_gives_the_focus_back(tasks: Desk) -> None:
    page = tasks.page
    more = page.get_by_role("button", name="Tasks: what can be done")
    more.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Properties…")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Permissions…")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#folder-menu")).not_to_be_visible()
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Properties…")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("dialog")).to_contain_text("Owner")
    tasks.check("folder-light")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).not_to_be_visible()


def test_counts_are_shown_by_choice_and_follow_what_happens_elsewhere(tasks: Desk, office: Office) -> None:
    page, folder = tasks.page, office.default("anna", Module.TASKS)
    other = office.private("anna", "Other", Module.TASKS).id
    expect(page.locator(f"#folder-{other}")).to_be_visible()
    page.locator(f"#folder-{folder} a").click(button="right")
    page.get_by_role("menuitemcheckbox", name="Show how much is in each").click()
    expect(page.locator(f"#folder-{other} .count")).to_have_text("0/0")
    office.session("anna").create(other, Task(title="Elsewhere"))
    expect(page.locator(f"#folder-{other} .count")).to_have_text("1/1")
    office.session("anna").create(other, Task(title="Done", status=TaskStatus.DONE))
    expect(page.locator(f"#folder-{other} .count")).to_have_text("1/2")
    page.locator(f"#folder-{folder} a").click(button="right")
    expect(page.get_by_role("menuitemcheckbox")).to_be_checked()
    tasks.check("folder-counts-light")
    page.get_by_role("menuitemcheckbox").press("Enter")
    expect(page.locator("#tree .count")).to_have_count(0)


def test_a_folder_that_is_shared_elsewhere_comes_into_the_tree_and_goes(tasks: Desk, office: Office) -> None:
    folder = office.private("bruno", "Garden", Module.TASKS, office.grant("anna", READER))
    shared = tasks.page.locator(f"#folder-{folder.id}")
    expect(shared).to_contain_text("Bruno Blanc – Garden")
    office.session("bruno").delete_folder(folder.id)
    expect(shared).to_have_count(0)


def test_the_folders_of_a_replica_have_the_same_dialogs(context: BrowserContext, office: Office) -> None:
    with serving_locally(office) as (url, doors):
        desk = Desk(context, f"{url}/desk")
        desk.page.goto(f"{url}/desk{doors.invite()}")
        desk.page.get_by_role("button", name="New folder: Public folders").click()
        desk.page.get_by_label("Name").fill("Offline")
        desk.save()
        expect(desk.page.locator("#tree")).to_contain_text("Offline")
        desk.page.locator("#tree").get_by_label("Offline", exact=True).uncheck()
        office.private("anna", "Another")
        expect(desk.page.locator("#tree")).to_contain_text("Another")
        expect(desk.page.locator("#tree").get_by_label("Offline", exact=True)).not_to_be_checked()
        assert desk.troubles == []
