"""The search field of the frame."""

from __future__ import annotations

from playwright.sync_api import expect

from passerelle.model.folders import Module
from passerelle.model.items import Contact, Task
from tests.desk.browsing import Desk
from tests.desk.serving import Visitor
from tests.groupware.office import READER, Office, meeting


def test_script_in_what_was_found_is_only_text(anna: Visitor, office: Office) -> None:
    evil = "<img src=x onerror=alert(1)>"
    office.session("anna").create(office.default("anna", Module.TASKS), Task(title=f"Garden {evil}"))
    page = anna.get("/search", q="garden").text
    assert "onerror" in page
    assert evil not in page
    assert "Nothing was found." in anna.get("/search", q=evil[:8] + "x").text


def test_what_is_found_is_opened_by_keyboard_where_it_is(window: Desk, office: Office) -> None:
    session = office.session("anna")
    session.create(office.default("anna"), meeting("Garden party"))
    session.create(office.default("anna", Module.CONTACTS), Contact(display_name="Gardener Max"))
    folder = office.share_default("bruno", office.grant("anna", READER), Module.TASKS)
    office.session("bruno").create(folder, Task(title="Water the garden"))
    page = window.page
    page.goto(f"{window.url}/contacts")
    page.keyboard.press("/")
    page.keyboard.type("garden")
    found = page.locator("#found")
    expect(found).to_contain_text("Gardener Max")
    expect(found).to_contain_text("Bruno Blanc – Tâches")
    window.check("search-light")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("dialog")).to_be_visible()
    expect(page.locator("[name=title]")).to_have_value("Water the garden")
    page.reload()
    expect(page.locator("#rows")).to_contain_text("Water the garden")
    expect(page.locator("dialog")).not_to_be_visible()
    page.get_by_label("Search everything").fill("party")
    expect(found).to_contain_text("Garden party")
    page.keyboard.press("Enter")
    expect(page.locator("[name=title]")).to_have_value("Garden party")
    page.keyboard.press("Escape")
    expect(page.locator(".ec-event", has_text="Garden party")).to_be_visible()
