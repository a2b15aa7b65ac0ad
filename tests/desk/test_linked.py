"""Appointments and tasks name the contacts that they are about, and a contact leads to them."""

from __future__ import annotations

from playwright.sync_api import expect

from passerelle.model.folders import Module
from passerelle.model.items import Appointment, Contact, Task
from passerelle.model.participants import Participant, ParticipantKind
from tests.desk.browsing import Desk
from tests.desk.serving import Visitor
from tests.groupware.office import READER, Office, at, meeting


def meyer(office: Office) -> Contact:
    contact = Contact(display_name="Meyer, Léa", email1="lea@elsewhere.example")
    office.session("anna").create(office.default("anna", Module.CONTACTS), contact)
    return contact


def test_a_contact_shows_what_is_about_it_and_what_it_takes_part_in(anna: Visitor, office: Office) -> None:
    meyer(office)
    session = office.session("anna")
    (contact,) = session.changes(office.default("anna", Module.CONTACTS), Module.CONTACTS).items
    guest = Participant(kind=ParticipantKind.EXTERNAL, mail="LEA@elsewhere.example")
    session.create(office.default("anna"), meeting("Contract", contacts=("Meyer, Léa",)))
    session.create(office.default("anna"), meeting("Lunch", at(12), participants=(guest,)))
    session.create(office.default("anna"), meeting("Only written", at(15), note="Meyer, Léa"))
    session.create(office.default("anna", Module.TASKS), Task(title="Call", contacts=("Other", "meyer, lea")))
    page = anna.get("/contacts/linked", id=contact.id, folder=contact.folder).text
    assert [name in page for name in ("Contract", "Lunch", "Call", "Only written")] == [True, True, True, False]


def test_nobody_sees_more_by_a_contact_than_otherwise(anna: Visitor, bruno: Visitor, office: Office) -> None:
    meyer(office)
    folder = office.share_default("anna", office.grant("bruno", READER), Module.CONTACTS)
    (contact,) = office.session("anna").changes(folder, Module.CONTACTS).items
    evil = "<b onclick=x>Secret"
    office.session("anna").create(office.default("anna"), meeting(evil, contacts=("Meyer, Léa",)))
    assert "Secret" not in bruno.get("/contacts/linked", id=contact.id, folder=folder).text
    mine = anna.get("/contacts/linked", id=contact.id, folder=folder).text
    assert "Secret" in mine
    assert evil not in mine
    hidden = office.default("anna", Module.TASKS)
    assert bruno.get("/contacts/linked", id=contact.id, folder=hidden).status_code in {403, 404}


def test_a_contact_is_found_and_named_in_the_dialogs(window: Desk, office: Office) -> None:
    meyer(office)
    page = window.page
    page.goto(f"{window.url}/tasks")
    page.click("text=New task")
    page.locator("dialog").get_by_label("Subject").fill("Call")
    page.get_by_label("Find a contact").press_sequentially("mey")
    expect(page.locator("#found-contacts option")).to_have_count(1)
    page.get_by_label("Find a contact").fill("Meyer, Léa")
    window.save()
    (task,) = office.session("anna").changes(office.default("anna", Module.TASKS), Module.TASKS).items
    assert isinstance(task.item, Task)
    assert task.item.contacts == ("Meyer, Léa",)
    page.goto(f"{window.url}/contacts")
    page.get_by_role("button", name="Meyer").click()
    page.locator("dialog summary", has_text="Linked with it").click()
    expect(page.locator("#linked")).to_contain_text("Call")
    window.check_in_both("contacts-linked")
    page.locator("#linked").get_by_role("link", name="Call").click()
    expect(page.locator("dialog").get_by_label("Subject")).to_have_value("Call")


def test_an_appointment_keeps_its_contacts_whatever_else_is_changed(anna: Visitor, office: Office) -> None:
    session = office.session("anna")
    record = session.create(office.default("anna"), meeting("Contract", contacts=("Meyer, Léa", "Roux")))
    fields = anna.form("/calendar/item", id=record.id, folder=record.folder)
    assert anna.post("/calendar/save", **fields | {"location": "Hall"}).status_code == 204
    item = session.get(record.id, Module.CALENDAR).item
    assert isinstance(item, Appointment)
    assert (item.contacts, item.location) == (("Meyer, Léa", "Roux"), "Hall")
