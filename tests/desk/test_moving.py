"""Items go to other folders by mouse and by keyboard, and only where their user may put them."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import expect

from passerelle.model.folders import Module
from passerelle.model.items import Appointment, Contact, Task
from tests.desk.browsing import Desk, place_of
from tests.desk.serving import Visitor, serving_locally
from tests.groupware.office import FULL_RIGHTS, MONDAY, READER, Office, at, daily, meeting


def test_a_contact_is_dragged_copied_and_brought_back_by_mouse(window: Desk, office: Office) -> None:
    session, here = office.session("anna"), office.default("anna", Module.CONTACTS)
    there = office.private("anna", "Customers", Module.CONTACTS).id
    session.create(here, Contact(last_name="Meyer"))
    page = window.page
    page.goto(f"{window.url}/contacts")
    row, folder = page.locator("li[data-item]"), page.locator(f"#folder-{there}")
    row.drag_to(folder)
    expect(page.locator("#messages")).to_contain_text("moved to “Customers”")
    expect(row).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(row).to_have_count(1)
    page.keyboard.down("Control")
    row.drag_to(folder)
    page.keyboard.up("Control")
    expect(page.locator("#messages")).to_contain_text("copied to “Customers”")
    expect(row).to_have_count(1)
    assert [len(session.ids(one, Module.CONTACTS)) for one in (here, there)] == [1, 1]


def test_an_appointment_dragged_out_of_the_grid_keeps_its_time(window: Desk, office: Office) -> None:
    session, there = office.session("anna"), office.private("anna", "Projects").id
    session.create(office.default("anna"), meeting("Review"))
    page = window.page
    page.reload()
    window.show_next_week()
    box = place_of(page.locator(".ec-event", has_text="Review"))
    folder = page.locator(f"#folder-{there}")
    goal = place_of(folder)
    page.mouse.move(box["x"] + 20, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(goal["x"] + 40, goal["y"] + 8, steps=12)
    expect(folder).to_have_class(re.compile("target"))
    page.mouse.up()
    expect(page.locator("#messages")).to_contain_text("moved to “Projects”")
    expect(page.locator(".ec-event.hue-1", has_text="Review")).to_be_visible()
    (entry,) = session.agenda([there], MONDAY, MONDAY + timedelta(1))
    assert entry.span == at(10)


def test_a_folder_that_one_only_reads_refuses_what_is_dropped_and_says_so(window: Desk, office: Office) -> None:
    shared = office.session("bruno").update_folder(
        office.default("bruno", Module.TASKS),
        rights=(office.grant("bruno", FULL_RIGHTS), office.grant("anna", READER)),
    )
    office.session("anna").create(office.default("anna", Module.TASKS), Task(title="Paint"))
    page = window.page
    page.goto(f"{window.url}/tasks")
    page.locator("li[data-item]").drag_to(page.locator(f"#folder-{shared.id}"))
    expect(page.locator("#messages .danger")).to_contain_text("may not create items")
    expect(page.locator("#rows")).to_contain_text("Paint")


def test_by_keyboard_a_dialog_moves_and_copies(window: Desk, office: Office) -> None:
    session, place = office.session("anna"), office.default("anna", Module.TASKS)
    there = office.private("anna", "Garden", Module.TASKS).id
    session.create(place, Task(title="Dig"))
    page = window.page
    page.goto(f"{window.url}/tasks")
    for button, count in (("Copy", 1), ("Move", 0)):
        page.get_by_role("button", name="Dig").press("Enter")
        page.locator("dialog summary", has_text="More").press("Enter")
        window.check("item-menu-light")
        page.get_by_role("button", name="Move or copy…").press("Enter")
        page.get_by_label("To the folder").select_option(str(there))
        window.check("placing-light")
        page.get_by_role("button", name=button, exact=True).press("Enter")
        expect(page.locator("dialog")).not_to_be_visible()
        expect(page.locator("#rows li")).to_have_count(count)
    assert len(session.ids(there, Module.TASKS)) == 2


def test_one_of_a_series_is_copied_alone_and_the_series_stays_where_it_is(anna: Visitor, office: Office) -> None:
    there = office.private("anna", "Other").id
    record = office.session("anna").create(office.default("anna"), meeting("Daily", recurrence=daily(3)))
    asked = {"module": "calendar", "id": record.id, "folder": record.folder, "day": MONDAY, "place": there}
    refused = anna.post("/items/place", **asked)
    assert (refused.status_code, "series cannot be moved" in refused.text) == (422, True)
    assert anna.post("/items/place", **asked, copy=1).status_code == 204
    (copied,) = office.session("anna").changes(there, Module.CALENDAR).items
    assert isinstance(copied.item, Appointment)
    assert copied.item.recurrence is None
    shown = anna.post("/items/place", **asked, dialog=1)
    assert (shown.status_code, 'role="alert"' in shown.text) == (422, True)


def test_what_others_keep_to_themselves_is_not_placed_by_its_number(bruno: Visitor, office: Office) -> None:
    place = office.default("anna", Module.CONTACTS)
    record = office.session("anna").create(place, Contact(last_name="Secret"))
    own = office.default("bruno", Module.CONTACTS)
    asked = {"module": "contacts", "id": record.id, "folder": place, "place": own}
    assert bruno.get("/items/places", **asked).status_code == 404
    for copy in ("", "1"):
        assert bruno.post("/items/place", **asked, copy=copy).status_code == 404
    assert bruno.http.post(f"{bruno.url}/items/place", data={**asked, "copy": "1"}).status_code == 403
    assert office.session("bruno").ids(own, Module.CONTACTS) == ()


def test_in_front_of_a_replica_items_are_moved_and_copied_as_well(office: Office) -> None:
    session, place = office.session("anna"), office.default("anna", Module.TASKS)
    there = office.private("anna", "Garden", Module.TASKS).id
    record = session.create(place, Task(title="Dig"))
    asked = {"module": "tasks", "id": record.id, "folder": place, "place": there}
    with serving_locally(office) as (url, doors), Visitor(url) as visitor:
        visitor.get(doors.invite())
        assert visitor.post("/items/place", **asked, copy=1).status_code == 204
        assert visitor.post("/items/place", **asked).status_code == 204
    assert len(session.ids(there, Module.TASKS)) == 2
