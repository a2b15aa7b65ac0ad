"""What people do with the connector's dialogs in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from passerelle.model.folders import Module
from passerelle.model.items import Appointment
from passerelle.sync.accounts.registry import Account
from tests.desk.browsing import Desk
from tests.desk.home import Home, Windows, home_at
from tests.desk.scenes import clash, empty_calendar, refuse
from tests.groupware.office import PASSWORD, Office, meeting

PAGES = {
    "sync": "/sync", "sync-waiting": "/sync/waiting", "sync-history": "/sync/history",
    "sync-settings": "/sync/settings", "sync-new": "/sync/new", "about": "/about", "manual": "/about/manual",
    "sync-outlook": "/sync/outlook",
}  # fmt: skip


@pytest.fixture
def windows() -> Windows:
    return Windows()


@pytest.fixture
def home(url: str, tmp_path: Path, windows: Windows) -> Iterator[Home]:
    with home_at(url, tmp_path / "home", windows.setup) as found:
        yield found


def test_a_conflict_and_held_deletions_are_decided_and_the_account_is_in_step_again(
    context: BrowserContext, home: Home, office: Office
) -> None:
    account = furnished(home, office)
    desk = Desk(context, f"{home.url}/desk")
    page = desk.page
    page.goto(home.invite())
    page.click("nav >> text=Synchronisation")
    page.click("text=Waits for you >> nth=0")
    page.get_by_label("Here: Subject").check()
    page.get_by_label("On the server: Place").check()
    page.click("text=Keep what is ticked")
    expect(page.locator("#messages")).to_contain_text("Decided.")
    page.click("text=Keep them")
    page.click("text=Try again")
    expect(page.locator("#asked")).to_contain_text("It is tried again with the next sync.")
    page.click("aside >> text=Status")
    page.click("text=Synchronise now")
    expect(page.locator("#state")).to_contain_text("Last cycle")
    expect(page.locator("#state .facts")).to_contain_text("To be sent0")
    page.click("aside >> text=Waits for you")
    expect(page.locator("#asked")).to_contain_text("Nothing waits for your decision.")
    there = office.session("anna").changes(office.default("anna"), Module.CALENDAR).items
    found = {(one.item.title, one.item.location) for one in there if isinstance(one.item, Appointment)}
    assert ("My plan", "Their room") in found
    assert len(found) == 32
    assert home.accounts.get() == account
    assert desk.troubles == []


def test_a_machine_without_accounts_leads_to_the_first_login_and_then_to_the_calendar(
    context: BrowserContext, home: Home, office: Office
) -> None:
    office.session("anna").create(office.default("anna"), meeting("From the server"))
    desk = Desk(context, f"{home.url}/desk")
    page = desk.page
    page.goto(home.invite())
    page.get_by_label("Address of the server").fill(home.server)
    page.get_by_label("Login").fill("anna")
    page.get_by_label("Password", exact=True).fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("does not accept")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_contain_text("Last cycle")
    page.click("nav >> text=Calendar")
    desk.show_next_week()
    expect(page.locator(".ec-event", has_text="From the server")).to_be_visible()
    page.click("nav >> text=Synchronisation")
    page.click("aside >> text=Settings")
    page.get_by_label("Tasks").uncheck()
    page.get_by_label("Name", exact=True).fill("work")
    page.click("text=Save")
    expect(page.get_by_role("heading", name="Settings of work")).to_be_visible()
    expect(page.get_by_label("Tasks")).not_to_be_checked()
    assert home.household.replica(home.accounts.get("work")).modules == {Module.CALENDAR, Module.CONTACTS}
    assert desk.troubles == []


def test_the_dialogs_are_accessible_and_look_as_in_the_manual(
    context: BrowserContext, home: Home, office: Office
) -> None:
    furnished(home, office)
    desk = Desk(context, f"{home.url}/desk")
    desk.page.goto(home.invite())
    for name, path in PAGES.items():
        desk.page.goto(f"{desk.url}{path}")
        if name == "sync-history":
            desk.page.click("details >> nth=0 >> summary")
        desk.check_in_both(name)
    desk.page.goto(f"{desk.url}/calendar")
    desk.page.locator("#tree .more").first.click()
    desk.page.get_by_role("menuitem", name="Properties").click()
    desk.page.locator("dialog summary", has_text="Synchronisation").click()
    expect(desk.page.get_by_role("button", name="Compare every item")).to_be_visible()
    desk.check_in_both("folder-sync")
    desk.page.get_by_role("button", name="Compare every item").click()
    expect(desk.page.locator("#messages")).to_contain_text("is being compared")
    assert desk.troubles == []


def furnished(home: Home, office: Office) -> Account:
    """An account with something of everything that waits."""
    account = home.add()
    office.session("anna").create(office.default("anna"), meeting("Agreed"), ignore_conflicts=True)
    home.cycle(account)
    clash(home, account, office)
    empty_calendar(home, account, office)
    refuse(home, account, "Agreed")
    return account
