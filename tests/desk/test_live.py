"""What changes elsewhere shows in pages that are open, without anybody loading them again."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, expect

from passerelle.groupware import provision
from passerelle.model.folders import Module
from passerelle.model.items import Task
from passerelle.peers.base import Identity
from passerelle.sync.replica import Replica
from tests.desk.browsing import Desk
from tests.desk.serving import Visitor, serving_replica
from tests.groupware.office import READER, Office, at, meeting
from tests.sync.world import ME, World


def test_two_browsers_see_each_others_changes(window: Desk, chromium: Browser, office: Office) -> None:
    office.share_default("anna", office.grant("bruno", READER), Module.TASKS)
    elsewhere = chromium.new_context()
    other = Desk(elsewhere, window.url)
    other.enter("bruno")
    other.page.goto(f"{window.url}/tasks?place={office.default('anna', Module.TASKS)}")
    window.page.goto(f"{window.url}/tasks")
    window.page.click("text=New task")
    window.page.locator("dialog").get_by_label("Subject").fill("Paint")
    window.save()
    expect(other.page.locator("#rows")).to_contain_text("Paint")
    task = office.session("anna").changes(office.default("anna", Module.TASKS), Module.TASKS)
    (record,) = task.items
    office.session("anna").update(record.id, record.folder, lambda _: {"title": "Paint it black"})
    expect(other.page.locator("#rows")).to_contain_text("Paint it black")
    expect(window.page.locator("#rows")).to_contain_text("Paint it black")
    elsewhere.close()
    assert other.troubles == []


def test_an_appointment_made_elsewhere_appears_and_an_open_dialog_keeps_what_was_typed(
    window: Desk, office: Office
) -> None:
    window.show_next_week()
    window.page.keyboard.press("n")
    window.page.fill("[name=title]", "Half typed")
    office.session("anna").create(office.default("anna"), meeting("From the telephone"))
    expect(window.page.locator(".ec-event", has_text="From the telephone")).to_have_count(1)
    expect(window.page.locator("[name=title]")).to_have_value("Half typed")
    expect(window.page.locator("[name=title]")).to_be_focused()


def test_what_came_while_the_line_was_cut_or_nobody_looked_shows_afterwards(window: Desk, office: Office) -> None:
    session, folder = office.session("anna"), office.default("anna", Module.TASKS)
    window.page.goto(f"{window.url}/tasks")
    window.page.evaluate("dispatchEvent(new Event('pagehide'))")
    session.create(folder, Task(title="Made meanwhile"))
    window.page.evaluate("dispatchEvent(new Event('pageshow'))")
    expect(window.page.locator("#rows")).to_contain_text("Made meanwhile")


def test_a_stream_tells_nothing_of_folders_that_one_may_not_read_and_ends_with_the_login(
    bruno: Visitor, office: Office
) -> None:
    with bruno.http.stream("GET", f"{bruno.url}/events") as answer:
        lines = answer.iter_lines()
        assert next(line for line in lines if line.startswith("id:"))
        office.session("anna").create(office.default("anna"), meeting("Secret"))
        office.session("bruno").create(office.default("bruno"), meeting("Mine"))
        told = next(line for line in lines if line.startswith("data:"))
        assert f'"folder":{office.default("bruno")},' in told
        provision.set_password(office.store, "bruno", "a new horse")
        office.session("bruno").create(office.default("bruno"), meeting("Mine, too", at(12)))
        assert not [line for line in lines if line.startswith("data:")]


def test_what_a_synchronisation_brings_shows_in_the_pages_of_the_replica(
    context: BrowserContext, tmp_path: Path
) -> None:
    identity = Identity(user=ME, display_name="Anton", server="memory")
    with Replica.create(tmp_path / "replica", "anton", identity) as replica:
        world = World(replica)
        world.cycle()
        with serving_replica(replica.session) as (url, doors):
            desk = Desk(context, f"{url}/desk")
            desk.page.goto(f"{url}/desk{doors.invite()}")
            desk.page.goto(f"{url}/desk/tasks")
            world.server.create(
                world.me, world.server.default_folder(world.me, Module.TASKS), Task(title="Brought by it")
            )
            with Replica.open(tmp_path / "replica") as elsewhere:  # a connection of its own, as the daemon has one
                elsewhere.cycle(world.peer)
            expect(desk.page.locator("#rows")).to_contain_text("Brought by it")
            assert desk.troubles == []
