"""Invitations that are answered in the dialog, and the fields that only few appointments have."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from playwright.sync_api import expect

from passerelle.model.folders import Module
from passerelle.model.participants import Participant, ParticipantKind
from tests.desk.browsing import Desk
from tests.desk.serving import Visitor
from tests.desk.test_pages import SCRIPT, dialog, only
from tests.groupware.office import EDITOR, MONDAY, READER, Office, answers_of, appointment_of, at, daily, meeting


def invite(office: Office, *logins: str, **fields: object) -> int:
    """A meeting of Anna's, to which others are invited."""
    item = meeting("Plans", participants=office.invite(*logins), **fields)  # type: ignore[arg-type]  # the fields of an appointment
    return office.session("anna").create(office.default("anna"), item).id


def test_an_answer_comes_with_a_message_and_may_be_another_one_later(bruno: Visitor, office: Office) -> None:
    invite(office, "anna", "bruno")
    place = {"id": (mine := only(office, login="bruno")).id, "folder": mine.folder}
    assert "Anna Arnold vous invite" in bruno.get("/calendar/item", **place).text
    assert bruno.post("/calendar/answer", **place, answer="accept", message="Gladly").status_code == 204
    page = " ".join(bruno.get("/calendar/item", **place).text.split())
    assert 'value="Gladly"' in page
    assert 'aria-pressed="true">Accepter' in page
    assert bruno.post("/calendar/answer", **place, answer="decline", message=SCRIPT).status_code == 204
    entry = next(one for one in appointment_of(only(office)).participants if one.id == office.user("bruno").id)
    assert (entry.answer, entry.message) == ("decline", SCRIPT)
    assert SCRIPT not in bruno.get("/calendar/item", **place).text


def test_one_occurrence_is_declined_and_the_series_accepted(bruno: Visitor, office: Office) -> None:
    invite(office, "anna", "bruno", recurrence=daily(3))
    place = {"id": (mine := only(office, login="bruno")).id, "folder": mine.folder, "day": MONDAY}
    assert bruno.post("/calendar/answer", **place, answer="accept", answer_scope="all").status_code == 204
    assert bruno.post("/calendar/answer", **place, answer="decline", answer_scope="one").status_code == 204
    found = office.session("anna").agenda([office.default("anna")], MONDAY, MONDAY + timedelta(7))
    assert [answers_of(one.record)[office.user("bruno").id] for one in found] == ["decline", "accept", "accept"]


def test_who_organises_is_not_asked_and_who_belongs_to_a_group_is(
    anna: Visitor, bruno: Visitor, office: Office
) -> None:
    staff = Participant(kind=ParticipantKind.GROUP, id=office.group("staff").id)
    session = office.session("anna")
    record = session.create(office.default("anna"), meeting("Plans", participants=(staff,)))
    assert "Invitation" not in anna.get("/calendar/item", id=record.id, folder=record.folder).text
    assert "Invitation" in bruno.get("/calendar/item", id=record.id, folder=office.default("bruno")).text


def test_in_a_shared_calendar_one_answers_for_its_owner(bruno: Visitor, anna: Visitor, office: Office) -> None:
    carla = office.session("carla")
    carla.create(office.default("carla"), meeting("Hers", participants=office.invite("anna", "carla")))
    folder = office.share_default("anna", office.grant("bruno", EDITOR))
    record = only(office)
    assert "Carla Čech invite Anna Arnold" in bruno.get("/calendar/item", id=record.id, folder=folder).text
    assert bruno.post("/calendar/answer", id=record.id, folder=folder, answer="tentative").status_code == 204
    assert answers_of(only(office))[office.user("anna").id] == "tentative"
    office.session("anna").update_folder(
        folder, rights=(office.session("anna").folder(folder).folder.rights[0], office.grant("bruno", READER))
    )
    assert bruno.post("/calendar/answer", id=record.id, folder=folder, answer="accept").status_code == 403


def test_a_time_means_the_clock_of_the_zone_that_is_chosen(anna: Visitor, office: Office) -> None:
    fields = anna.form("/calendar/item", start=f"{MONDAY}T09:00", end=f"{MONDAY}T10:00") | {"title": "Call"}
    assert fields["zone"] == "Europe/Paris"
    asked = fields | {"zone": "Asia/Tokyo", "start": f"{MONDAY}T19:00", "end": f"{MONDAY}T20:00"}
    assert anna.post("/calendar/save", **asked).status_code == 204
    assert appointment_of(only(office)).when == msgspec.structs.replace(at(11), zone="Asia/Tokyo")
    again = dialog(anna, only(office))
    assert (again["zone"], again["start"]) == ("Asia/Tokyo", f"{MONDAY}T19:00")
    here = again | {"zone": "Europe/Paris", "start": f"{MONDAY}T12:00", "end": f"{MONDAY}T13:00"}
    assert anna.post("/calendar/save", **here).status_code == 204
    assert appointment_of(only(office)).when == at(12)


def test_a_zone_that_there_is_not_is_said(anna: Visitor, office: Office) -> None:
    fields = anna.form("/calendar/item", start=f"{MONDAY}T09:00", end=f"{MONDAY}T10:00")
    refused = anna.post("/calendar/save", **fields | {"title": "Kept", "zone": "../../etc/passwd"})
    assert refused.status_code == 422
    assert "time zone" in refused.text
    assert 'value="Kept"' in refused.text
    assert "Asia/Tokyo" in anna.get("/calendar/zones", zone="tok").text


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_a_dialog_that_is_saved_as_it_came_changes_nothing_in_any_zone(
    anna: Visitor, office: Office, zone: str
) -> None:
    when = msgspec.structs.replace(at(15), zone=zone, end_zone="Asia/Tokyo")
    record = office.session("anna").create(
        office.default("anna"), meeting("Flight", when, contacts=("Zoé",), url="https://example.org/", color_label=8)
    )
    fields = dialog(anna, record)
    assert (fields["contacts"], fields["url"], fields["color"]) == ("Zoé", "https://example.org/", "8")
    assert anna.post("/calendar/save", **fields).status_code == 204
    assert only(office).item == record.item


def test_an_invitation_is_answered_with_a_message_in_the_browser(window: Desk, office: Office) -> None:
    bruno = office.session("bruno")
    made = bruno.create(
        office.default("bruno"), meeting("Lunch", participants=office.invite("anna", "bruno"), color_label=2)
    )
    page = window.page
    page.click(".ec-next")
    page.locator(".ec-event", has_text="Lunch").click()
    expect(page.get_by_text("Bruno Blanc invites you.")).to_be_visible()
    page.get_by_label("Message to who invites").fill("With pleasure")
    window.check("invitation")
    page.get_by_role("button", name="Accept").click()
    expect(page.locator("#messages")).to_contain_text("Your answer is saved.")
    item = appointment_of(bruno.get(made.id, Module.CALENDAR))
    assert "With pleasure" in {one.message for one in item.participants}
    page.locator(".ec-event", has_text="Lunch").click()
    expect(page.get_by_role("button", name="Accept")).to_have_attribute("aria-pressed", "true")
