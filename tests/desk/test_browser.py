"""What people do in a browser: the real pages, Debian's Chromium, and no trace of trouble in its console."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, expect

from passerelle.cli.demo.organisation import PASSWORD as DEMO_PASSWORD
from passerelle.cli.demo.organisation import Organisation, Size
from passerelle.groupware import provision
from passerelle.groupware.pictures import size_of
from passerelle.model.folders import Module
from passerelle.model.items import Contact, DistributionList, Task
from passerelle.store import Store
from tests.desk.browsing import Desk, place_of
from tests.desk.serving import serving, serving_locally
from tests.groupware.office import MONDAY, Office, at, daily, meeting


@pytest.fixture
def anna(window: Desk) -> Desk:
    window.show_next_week()
    return window


def test_an_appointment_is_drawn_named_dragged_and_deleted(anna: Desk, office: Office) -> None:
    page = anna.page
    page.click("text=New appointment")
    page.fill("[name=title]", "Lunch")
    page.fill("[name=start]", f"{MONDAY}T12:00")
    page.fill("[name=end]", f"{MONDAY}T13:00")
    anna.save()
    lunch = page.locator(".ec-event", has_text="Lunch")
    expect(lunch).to_be_visible()
    box, hour = place_of(lunch), 2 * 26
    page.mouse.move(box["x"] + 20, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] + 10 + hour, steps=8)
    with page.expect_response("**/calendar/move") as moved:
        page.mouse.up()
    assert moved.value.status == 204
    expect(page.locator(".ec-event", has_text="13:00")).to_be_visible()
    (entry,) = office.session("anna").agenda([office.default("anna")], MONDAY, MONDAY + timedelta(1))
    assert entry.span == at(13)
    lunch.click()
    page.once("dialog", lambda question: question.accept())
    page.click("dialog button.danger")
    expect(page.locator(".ec-event", has_text="Lunch")).to_have_count(0)


def test_one_of_a_series_is_renamed_by_keyboard_alone(anna: Desk, office: Office) -> None:
    office.session("anna").create(office.default("anna"), meeting("Series", recurrence=daily(3)))
    page = anna.page
    page.reload()
    anna.show_next_week()
    second = page.locator(".ec-event", has_text="Series").nth(1)
    second.focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog")).to_be_visible()
    page.get_by_label("Subject").fill("Special")
    page.keyboard.press("Enter")
    expect(page.locator(".ec-event", has_text="Special")).to_have_count(1)
    expect(page.locator(".ec-event", has_text="Series")).to_have_count(2)


def test_who_is_busy_is_said_in_the_dialog_and_what_was_typed_stays(anna: Desk, office: Office) -> None:
    office.session("bruno").create(office.default("bruno"), meeting("Dentist", at(10)))
    page = anna.page
    page.keyboard.press("n")
    page.fill("[name=title]", "Together")
    page.fill("[name=start]", f"{MONDAY}T10:00")
    page.fill("[name=end]", f"{MONDAY}T11:00")
    page.fill("[name=participants]", "Bruno Blanc")
    page.click("dialog button.primary")
    expect(page.locator("dialog .error")).to_contain_text("Bruno Blanc")
    expect(page.locator("[name=title]")).to_have_value("Together")
    page.click("text=Save anyway")
    expect(page.locator("dialog")).not_to_be_visible()
    expect(page.locator(".ec-event", has_text="Together")).to_be_visible()


def test_a_full_day_of_a_month_says_how_much_more_there_is_and_leads_there(anna: Desk, office: Office) -> None:
    for hour in range(12):
        office.session("anna").create(
            office.default("anna"), meeting(f"Call {hour}", at(8 + hour)), ignore_conflicts=True
        )
    page = anna.page
    page.click("text=Month")
    expect(page.locator(".ec-event.more")).to_have_count(1)
    anna.check("calendar-month")
    page.locator(".ec-event.more").click()
    expect(page.locator(".ec-event", has_text="Call")).to_have_count(12)
    page.click("text=Month")
    expect(page.locator(".ec-event.more")).to_have_text(re.compile("[0-9]+ more"))
    page.get_by_role("button", name="Week", exact=True).click()
    expect(page.locator(".ec-event", has_text="Call")).to_have_count(12)


def test_a_calendar_is_hidden_and_stays_so(anna: Desk, office: Office) -> None:
    office.session("anna").create(office.default("anna"), meeting("Mine"))
    page = anna.page
    page.reload()
    anna.show_next_week()
    expect(page.locator(".ec-event", has_text="Mine")).to_be_visible()
    page.get_by_label("Calendar", exact=True).uncheck()
    expect(page.locator(".ec-event", has_text="Mine")).to_have_count(0)
    page.reload()
    expect(page.get_by_label("Calendar", exact=True)).not_to_be_checked()
    anna.check("calendar-empty", picture=False)


def test_a_contact_and_a_task_are_made_found_and_ticked_off(anna: Desk) -> None:
    page = anna.page
    page.keyboard.press("2")
    page.click("text=New contact")
    page.get_by_label("First name").fill("Zoé")
    page.get_by_label("Last name").click()
    page.keyboard.type("Lefèvre")
    anna.save()
    expect(page.locator("#rows")).to_contain_text("Zoé Lefèvre")
    page.fill("[name=search]", "nobody")
    expect(page.locator("#rows")).to_contain_text("Nobody is here.")
    page.fill("[name=search]", "lef")
    expect(page.locator("#rows")).to_contain_text("Zoé Lefèvre")
    page.click("nav >> text=Tasks")
    page.click("text=New task")
    page.locator("dialog").get_by_label("Subject").fill("Paint")
    anna.save()
    page.get_by_label("Done: Paint").click()
    expect(page.locator("#rows")).to_contain_text("There is nothing to do here.")
    expect(page.locator("#messages")).to_contain_text("The task is done.")


def test_a_picture_is_cut_to_a_square_and_people_are_found_for_a_list(
    anna: Desk, office: Office, tmp_path: Path
) -> None:
    page, folder = anna.page, office.default("anna", Module.CONTACTS)
    Image.new("RGB", (200, 100), "teal").save(tmp_path / "wide.png")
    page.keyboard.press("2")
    page.click("text=New contact")
    page.get_by_label("Last name").fill("Zola")
    page.get_by_label("E-mail", exact=True).fill("zola@example.com")
    page.get_by_label("Choose a picture").set_input_files(tmp_path / "wide.png")
    canvas = page.get_by_label("Picture: move it")
    expect(canvas).to_be_visible()
    canvas.press("ArrowRight")
    page.get_by_label("Size of the picture").fill("200")
    anna.save()
    expect(page.locator("#rows img.badge")).to_be_visible()
    page.click("text=New distribution list")
    page.get_by_label("Name", exact=True).fill("Writers")
    page.get_by_label("Find somebody").press_sequentially("zol")
    expect(page.locator("#found-members option")).to_have_count(1)
    page.get_by_label("Find somebody").fill("Zola <zola@example.com>")
    page.locator("dialog").get_by_role("button", name="Add").click()
    expect(page.get_by_role("list", name="Members")).to_contain_text("Zola <zola@example.com>")
    anna.save()
    lists = [one.item for one in office.session("anna").changes(folder, Module.CONTACTS).items]
    assert [one.members[0].email_field for one in lists if isinstance(one, DistributionList)] == [1]
    photos = [one.photo for one in lists if isinstance(one, Contact) and one.photo is not None]
    assert [size_of(photo.data) for photo in photos] == [(320, 320)]


def test_duplicates_are_compared_and_merged(anna: Desk, office: Office) -> None:
    page, folder = anna.page, office.default("anna", Module.CONTACTS)
    for mail in ("zoe@example.com", "zoe@work.example"):
        office.session("anna").create(folder, Contact(display_name="Zoé Lefèvre", email1=mail, company=mail[4:]))
    page.keyboard.press("2")
    page.click("text=Duplicates")
    anna.check("contacts-duplicates")
    page.click("text=Compare and merge")
    page.locator("fieldset", has_text="Company").get_by_label("work.example").check()
    anna.check("contacts-merge")
    anna.save()
    expect(page.locator("#rows")).to_contain_text("Nobody is here twice.")


def test_what_is_refused_is_said_and_the_page_shows_what_is_there_now(anna: Desk, office: Office) -> None:
    session, folder = office.session("anna"), office.default("anna", Module.TASKS)
    task = session.create(folder, Task(title="Paint"))
    page = anna.page
    page.goto(f"{anna.url}/tasks")
    expect(page.locator("#rows")).to_contain_text("Paint")
    page.evaluate("dispatchEvent(new Event('pagehide'))")  # as a page that hears nothing any more
    session.update(task.id, folder, lambda _: {"title": "Paint twice"})
    page.get_by_label("Done: Paint").click()
    expect(page.locator("#messages")).to_contain_text("changed")
    expect(page.get_by_label("Done: Paint twice")).not_to_be_checked()


def test_who_was_logged_out_elsewhere_sees_the_login(anna: Desk, office: Office) -> None:
    provision.set_password(office.store, "anna", "a new horse")
    login = anna.page.get_by_label("Password")
    anna.page.locator("text=New appointment").or_(login).click()  # the page may have heard of it before
    expect(login).to_be_visible()


def test_the_pages_of_a_replica_work_like_those_of_the_server(context: BrowserContext, office: Office) -> None:
    with serving_locally(office) as (url, doors):
        desk = Desk(context, f"{url}/desk")
        desk.page.goto(f"{url}/desk{doors.invite()}")
        desk.page.click("text=New appointment")
        desk.page.fill("[name=title]", "Offline")
        desk.save()
        expect(desk.page.locator(".ec-event", has_text="Offline")).to_be_visible()
        assert desk.troubles == []


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo's organisation behind its pages."""
    path = tmp_path_factory.mktemp("demo") / "store"
    with Store.create(path) as store:
        for _ in Organisation(store, datetime.now(UTC).date(), 2026, Size()).steps():
            pass
        with serving(store) as url:
            yield f"{url}/desk"


PAGES = {
    "calendar": ("/calendar", ".ec-event"),
    "contacts": ("/contacts", ".badge"),
    "tasks": ("/tasks", ".list"),
}


def test_the_pages_are_accessible_and_look_as_in_the_manual(chromium: Browser, demo: str) -> None:
    """With PASSERELLE_IMAGES set, the pictures of the manual are taken anew."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    desk = Desk(context, demo)
    desk.page.goto(f"{demo}/enter")
    desk.check_in_both("enter")
    desk.enter("charlotte", DEMO_PASSWORD)
    for name, (path, seen) in PAGES.items():
        desk.page.goto(f"{demo}{path}")
        desk.page.wait_for_selector(seen)
        desk.check_in_both(name)
        desk.page.click("button.primary[data-key=n]")
        desk.page.wait_for_selector("dialog[open]")
        desk.check_in_both(f"{name}-dialog")
    desk.page.goto(f"{demo}/calendar")
    desk.page.get_by_role("button", name="Year").click()
    desk.page.wait_for_selector(".year .level-1")
    desk.check_in_both("year")
    context.close()
    assert desk.troubles == []
