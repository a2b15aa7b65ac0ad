"""Offline and back: what was done on the own machine while the server was away is there, on both sides, afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from passerelle.daemon.control.messages import State
from passerelle.daemon.standing import kept_standings
from passerelle.groupware.access import module_of
from passerelle.groupware.session import Session
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId
from passerelle.model.items import Contact, Item, Task
from passerelle.sync.policy import Policy, Winner
from tests.desk.browsing import Desk
from tests.desk.home import Home, home_at
from tests.groupware.office import MONDAY, PASSWORD, ZONE, Office, at, meeting
from tests.support.commands import Server, User, watching
from tests.support.waiting import eventually

ANNA = User("anna", "Anna Arnold", "anna@example.org", PASSWORD)


def folder_of(session: Session, module: Module) -> FolderId:
    mine = (one.folder for one in session.folders().changed if one.folder.owner == session.user_id)
    return next(one.id for one in mine if one.is_default and one.module is module)


def put(session: Session, *items: Item) -> None:
    for item in items:
        session.create(folder_of(session, module_of(item)), item, ignore_conflicts=True)


def state_of(home: Home) -> State | None:
    """How the account fares, as the daemon says."""
    kept = kept_standings(home.accounts).get("anna")
    return None if kept is None else kept.state


def go(desk: Desk, area: str) -> Page:
    desk.page.goto(f"{desk.url}/{area}")
    expect(desk.page.locator("#reminders .rings > ul")).to_be_attached()  # the page's scripts have done their part
    if area == "calendar":
        desk.show_next_week()
    return desk.page


def shown(desk: Desk) -> dict[str, list[str]]:
    """What the three pages show."""
    page = go(desk, "calendar")
    expect(page.locator(".ec-event", has_text="Made offline")).to_be_visible()
    found = {"calendar": sorted(page.locator(".ec-event-body").all_inner_texts())}
    for area, seen in (("contacts", "Zoé"), ("tasks", "Buy paper")):
        expect(go(desk, area).locator("#rows")).to_contain_text(seen)
        found[area] = desk.page.locator("#rows strong").all_inner_texts()
    return found


def test_what_is_done_while_the_server_is_away_is_on_both_desks_once_it_is_back(
    context: BrowserContext, chromium: Browser, tmp_path: Path
) -> None:
    server = Server(tmp_path / "there", zone=ZONE)
    server.add_user(ANNA)
    with server, ExitStack() as stack:
        home = stack.enter_context(home_at(server.url, tmp_path / "home"))
        account = home.add("anna")
        session = home.household.replica(account).session()
        put(session, meeting("Standup"), meeting("Old", at(14)), Contact(last_name="Zoé"), Contact(last_name="Gone"))
        put(session, Task(title="Paint"), Task(title="Forget it"))
        home.cycle(account)
        machine = stack.pop_all()
    with machine, watching(home.accounts.data, tmp_path / "watch.log"):
        eventually(lambda: state_of(home) is State.OFFLINE, "the daemon misses the server", patience_s=60)
        here = Desk(context, f"{home.url}/desk")
        here.page.goto(home.invite())
        expect(here.page.locator(".lights")).to_contain_text("Offline")
        _work(here)
        # the daemon counts them, some time after the last one
        expect(here.page.locator(".lights")).to_contain_text("9 changes to be sent", timeout=30_000)
        with server:
            here.page.goto(f"{here.url}/sync")
            here.page.click("text=Synchronise now")
            expect(here.page.locator("#state .facts")).to_contain_text("To be sent0")
            here.page.reload()
            expect(here.page.locator(".lights")).to_contain_text("In step")
            elsewhere = chromium.new_context(timezone_id="Europe/Paris")
            there = Desk(elsewhere, f"{server.url}/desk")
            there.enter("anna", PASSWORD)
            found = shown(there)
            assert shown(here) == found
            assert (found["contacts"], found["tasks"]) == (["Lefèvre", "Zoé Zola"], ["Buy paper"])
            assert ["Standup" in one and "08:00" in one for one in found["calendar"]] == [True, False]
            elsewhere.close()
        assert [*here.troubles, *there.troubles] == []


def _work(desk: Desk) -> None:
    """Make, move, change and delete something of each kind: nine changes."""
    page = go(desk, "calendar")
    page.keyboard.press("n")
    page.fill("[name=title]", "Made offline")
    page.fill("[name=start]", f"{MONDAY + timedelta(1)}T11:00")
    page.fill("[name=end]", f"{MONDAY + timedelta(1)}T12:00")
    desk.save()
    expect(page.locator(".ec-event", has_text="Made offline")).to_be_visible()
    page.locator(".ec-event", has_text="Standup").click()
    page.fill("[name=start]", f"{MONDAY}T08:00")
    page.fill("[name=end]", f"{MONDAY}T09:00")
    desk.save()
    expect(page.locator(".ec-event", has_text="Standup")).to_contain_text("08:00")
    _delete(desk, ".ec-event", "Old")
    page = go(desk, "contacts")
    page.keyboard.press("n")
    page.get_by_label("Last name").fill("Lefèvre")
    desk.save()
    expect(page.locator("#rows")).to_contain_text("Lefèvre")
    page.locator("#rows button", has_text="Zoé").click()
    page.get_by_label("First name").fill("Zoé")
    page.get_by_label("Last name").fill("Zola")
    desk.save()
    expect(page.locator("#rows")).to_contain_text("Zola")
    _delete(desk, "#rows button", "Gone")
    page = go(desk, "tasks")
    page.keyboard.press("n")
    page.locator("dialog").get_by_label("Subject").fill("Buy paper")
    desk.save()
    expect(page.locator("#rows")).to_contain_text("Buy paper")
    with page.expect_response("**/tasks/tick"):
        page.get_by_label("Done: Paint").click()
    expect(page.locator("#rows")).not_to_contain_text("Paint")
    _delete(desk, "#rows button", "Forget it")


def _delete(desk: Desk, where: str, title: str) -> None:
    desk.page.locator(where, has_text=title).click()
    desk.page.once("dialog", lambda question: question.accept())
    desk.page.click("dialog button.danger")
    expect(desk.page.locator(where, has_text=title)).to_have_count(0)


@pytest.fixture
def home(url: str, tmp_path: Path) -> Iterator[Home]:
    with home_at(url, tmp_path / "home") as found:
        yield found


@pytest.fixture
def both(window: Desk, chromium: Browser, home: Home) -> Iterator[tuple[Desk, Desk]]:
    """Anna in front of the server, and in front of her own machine, whose account asks what to do with conflicts."""
    home.household.replica(home.add("anna")).policy = Policy(winner=Winner.ASK)
    elsewhere = chromium.new_context(timezone_id="Europe/Paris", reduced_motion="reduce")
    here = Desk(elsewhere, f"{home.url}/desk")
    here.page.goto(home.invite())
    yield window, here
    elsewhere.close()
    assert here.troubles == []


def test_what_both_desks_changed_is_asked_about_and_then_the_same_on_both(
    both: tuple[Desk, Desk], home: Home, office: Office
) -> None:
    there, here = both
    put(office.session("anna"), Task(title="Plan"))
    home.cycle(home.accounts.get())
    for desk, title in ((here, "My plan"), (there, "Their plan")):
        page = go(desk, "tasks")
        page.locator("#rows button", has_text="Plan").click()
        page.locator("dialog").get_by_label("Subject").fill(title)
        desk.save()
    home.cycle(home.accounts.get())
    page = here.page
    page.goto(f"{here.url}/sync/waiting")
    expect(page.locator("nav .badge")).to_have_text("1")
    expect(page.locator("#asked")).to_contain_text("You and the server changed “My plan” in Tasks")
    page.get_by_label("Here: Subject").check()
    page.click("text=Keep what is ticked")
    expect(page.locator("#asked")).to_contain_text("Nothing waits for your decision.")
    home.cycle(home.accounts.get())
    for desk in both:
        expect(go(desk, "tasks").locator("#rows strong")).to_have_text(["My plan"])


def test_contacts_tasks_and_folders_follow_in_both_desks_without_loading_them_again(
    both: tuple[Desk, Desk], home: Home
) -> None:
    account = home.accounts.get()
    for desk, other in (both, tuple(reversed(both))):
        name = "There" if desk is both[0] else "Here"
        for area, label in (("contacts", "Last name"), ("tasks", "Subject")):
            go(desk, area)
            go(other, area)
            desk.page.keyboard.press("n")
            desk.page.locator("dialog").get_by_label(label, exact=True).fill(f"{name} {area}")
            desk.save()
            home.cycle(account)
            expect(other.page.locator("#rows")).to_contain_text(f"{name} {area}")
        desk.page.get_by_role("button", name="New folder: Private folders").click()
        desk.page.locator("dialog").get_by_label("Name", exact=True).fill(f"{name} folder")
        desk.save()
        home.cycle(account)
        expect(other.page.locator("#tree")).to_contain_text(f"{name} folder")
        _delete(desk, "#rows button", f"{name} tasks")
        home.cycle(account)
        expect(other.page.locator("#rows")).not_to_contain_text(f"{name} tasks")
