"""What people read in their mail, and what their calendar programs make of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.message import EmailMessage
from typing import Any

import pytest
from icalendar import Calendar

from passerelle.groupware.letters import Kind, Party, Report, written
from passerelle.groupware.session import Session
from passerelle.groupware.teller import Teller
from passerelle.model.folders import Module
from passerelle.model.ids import ItemId
from passerelle.model.items import Appointment, Task
from passerelle.model.participants import Answer, Organizer, Participant, ParticipantKind
from passerelle.model.text import Text, to_stored
from passerelle.wire import icalendar
from tests.groupware.office import MONDAY, at, daily, days, meeting
from tests.mail.conftest import SENDER, MailingOffice
from tests.support.smtp import MailServer

EVA = Participant(kind=ParticipantKind.EXTERNAL, mail="eva@elsewhere.example", name="Eva Ünal")
pytestmark = pytest.mark.usefixtures("relay")


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def calendar_of(message: EmailMessage) -> tuple[str, bytes]:
    """The method and the calendar of a message; the attached file is the same."""
    (part,) = (one for one in message.walk() if one.get_content_type() == "text/calendar")
    (file,) = message.iter_attachments()
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert file.get_content() == content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert part.get_content_charset() == "utf-8"
    return str(part.get_param("method")), content


def event(message: EmailMessage) -> Any:
    (found,) = Calendar.from_ical(calendar_of(message)[1]).walk("VEVENT")
    return found


def only(messages: Iterable[EmailMessage]) -> EmailMessage:
    (found,) = messages
    return found


def invite(office: MailingOffice, **fields: object) -> ItemId:
    people = (*office.invite("bruno", "carla"), EVA)
    item = meeting("Résumé", location="Café", note="Bring <b>pens</b>", participants=people, **fields)  # type: ignore[arg-type]
    return office.session("anna").create(office.default("anna"), item).id


def test_people_elsewhere_get_an_invitation_that_their_calendar_understands(
    office: MailingOffice, server: MailServer
) -> None:
    invite(office, recurrence=daily(3))
    office.post()
    message = only(server.to(EVA.mail))
    method, content = calendar_of(message)
    assert method == "REQUEST"
    assert icalendar.read(content, "UTC").method == "REQUEST"
    assert b"BEGIN:VTIMEZONE" in content
    found = event(message)
    assert found["SUMMARY"] == "Résumé"
    assert found["ORGANIZER"] == "mailto:anna@example.org"
    attendees = {str(one): one.params for one in found["ATTENDEE"]}
    assert attendees["mailto:anna@example.org"]["PARTSTAT"] == "ACCEPTED"
    assert attendees["mailto:eva@elsewhere.example"]["RSVP"] == "TRUE"
    assert set(attendees) == {f"mailto:{name}@example.org" for name in ("anna", "bruno", "carla")} | {
        f"mailto:{EVA.mail}"
    }
    assert found["RRULE"]["COUNT"] == [3]


def test_a_mail_says_who_writes_and_whom_to_answer(office: MailingOffice, server: MailServer) -> None:
    id_ = invite(office)
    office.post()
    first = only(server.to(EVA.mail))
    assert first["From"].addresses[0].addr_spec == "anna@example.org"
    assert first["Sender"].address.addr_spec == SENDER
    assert first["Reply-To"].addresses[0].addr_spec == "anna@example.org"
    assert first["To"].addresses[0].display_name == "Eva Ünal"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Date"].datetime is not None
    assert first["In-Reply-To"] is None
    office.session("anna").update(id_, None, lambda _: {"title": "Other"})
    office.post()
    second = server.to(EVA.mail)[1]
    assert second["In-Reply-To"] == first["References"] == second["References"]
    assert second["Message-ID"] != first["Message-ID"]


def test_a_cancellation_names_who_is_no_longer_invited(office: MailingOffice, server: MailServer) -> None:
    id_ = invite(office)
    office.post()
    office.session("anna").delete(id_)
    office.post()
    message = server.to(EVA.mail)[1]
    assert calendar_of(message)[0] == "CANCEL"
    found = event(message)
    assert (found["STATUS"], found["SEQUENCE"]) == ("CANCELLED", 1)
    assert found["ATTENDEE"] == f"mailto:{EVA.mail}"


def test_an_occurrence_is_named_by_its_place_in_the_series(office: MailingOffice, server: MailServer) -> None:
    id_ = invite(office, when=days(), recurrence=daily(3))
    office.post()
    office.session("anna").change_occurrence(id_, None, 2, lambda _: {"when": at(9)}, ignore_conflicts=True)
    office.post()
    found = event(server.to(EVA.mail)[1])
    assert (found["RECURRENCE-ID"].dt - MONDAY).days == 1
    assert found["SEQUENCE"] == 1
    assert "RRULE" not in found


def test_a_series_comes_with_its_changed_occurrences(office: MailingOffice, server: MailServer) -> None:
    id_ = invite(office, recurrence=daily(3))
    session = office.session("anna")
    session.change_occurrence(id_, None, 2, lambda _: {"title": "Other"})
    office.post()
    session.update(id_, None, lambda _: {"location": "There"})
    office.post()
    (message,) = (one for one in server.to(EVA.mail) if b"LOCATION:There" in calendar_of(one)[1])
    titles = [str(one["SUMMARY"]) for one in Calendar.from_ical(calendar_of(message)[1]).walk("VEVENT")]
    assert titles == ["Résumé", "Other"]


def test_an_answer_goes_back_to_whoever_invited(office: MailingOffice, server: MailServer) -> None:
    organizer = Organizer(mail=EVA.mail, name=EVA.name)
    item = meeting(uid="their-uid", sequence=4, organizer=organizer, participants=office.invite("anna"))
    silent = Session(office.store, office.user("anna").id, teller=Teller.NOBODY)
    id_ = silent.create(office.default("anna"), item).id
    office.session("anna").confirm(id_, Answer.DECLINED, "Not that week; sorry")
    office.post()
    message = only(server.to(EVA.mail))
    assert message["Subject"] == "Declined: Meeting"
    assert "Not that week; sorry" in text_of(message)
    assert calendar_of(message)[0] == "REPLY"
    found = event(message)
    assert (found["UID"], found["SEQUENCE"], found["COMMENT"]) == ("their-uid", 4, "Not that week; sorry")
    assert (str(found["ATTENDEE"]), found["ATTENDEE"].params["PARTSTAT"]) == ("mailto:anna@example.org", "DECLINED")


def test_people_here_get_a_notice_without_a_calendar_in_their_language(
    office: MailingOffice, server: MailServer
) -> None:
    id_ = invite(office)
    office.post()
    office.session("anna").update(id_, None, lambda _: {"location": "Dach"})
    office.post()
    french, german = server.to("bruno@example.org"), server.to("carla@example.org")
    assert [one["Subject"] for one in french] == [
        "Nouveau rendez-vous\xa0: Résumé",
        "Rendez-vous modifié\xa0: Résumé",
    ]
    assert [one["Subject"] for one in german] == ["Neuer Termin: Résumé", "Termin geändert: Résumé"]
    assert re.search(r": Dach\s+\(vorher: Café\)", text_of(german[1]))
    assert "10:00–11:00 (Europe/Paris)" in text_of(french[0])
    assert 'lang="fr"' in text_of(french[0], "html")
    for message in (*french, *german):
        assert [one.get_content_type() for one in message.iter_parts()] == ["text/plain", "text/html"]


def test_no_text_of_people_becomes_markup_and_nothing_is_fetched(office: MailingOffice, server: MailServer) -> None:
    invite(office)
    office.post()
    page = text_of(only(server.to("bruno@example.org")), "html")
    assert "Bring &lt;b&gt;pens&lt;/b&gt;" in page
    for word in ("src=", "href=", "url(", "<script", "<link", "<img"):
        assert word not in page


@pytest.mark.parametrize("title", ["x\r\nBcc: all@example.org", "x\nBcc: all@example.org", "x\u2028Bcc: y", "\x00x"])
def test_no_title_brings_a_header_of_its_own(office: MailingOffice, server: MailServer, title: str) -> None:
    silent = Session(office.store, office.user("anna").id, teller=Teller.NOBODY)
    id_ = silent.create(office.default("anna"), meeting(participants=(EVA,))).id
    with office.store.writing(office.user("anna").id) as tx:
        record = tx.items.get(id_, None)
        assert record is not None
        assert isinstance(record.item, Appointment)
        named = Participant(kind=ParticipantKind.EXTERNAL, mail=EVA.mail, name=title)
        people = tuple(named if one.mail == EVA.mail else one for one in record.item.participants)
        tx.items.replace(id_, Appointment(title=title, when=record.item.when, uid="1", participants=people))
    office.session("anna").update(id_, None, lambda _: {"location": "Here"})
    office.post()
    message = only(server.to(EVA.mail))
    assert message["Bcc"] is None
    assert message.get_content_type() == "multipart/mixed"
    assert b"\nBcc:" not in calendar_of(message)[1]


def test_a_task_for_somebody_elsewhere_is_a_to_do(office: MailingOffice, server: MailServer) -> None:
    task = Task(title="Paint", participants=(EVA,))
    id_ = office.session("anna").create(office.default("anna", Module.TASKS), task).id
    office.post()
    office.session("anna").delete(id_)
    office.post()
    asked, called_off = server.to(EVA.mail)
    (todo,) = Calendar.from_ical(calendar_of(asked)[1]).walk("VTODO")
    assert todo["SUMMARY"] == "Paint"
    (gone,) = Calendar.from_ical(calendar_of(called_off)[1]).walk("VTODO")
    assert calendar_of(called_off)[0] == "CANCEL"
    assert "STATUS" not in gone


def test_what_is_ones_own_stays_with_oneself(office: MailingOffice, server: MailServer) -> None:
    invite(office, alarm=15, categories=("secret",), color_label=4)
    office.post()
    content = calendar_of(only(server.to(EVA.mail)))[1]
    for word in (b"VALARM", b"secret", b"COLOR"):
        assert word not in content


def test_a_domain_in_any_script_is_written_in_ascii(office: MailingOffice, server: MailServer) -> None:
    guest = Participant(kind=ParticipantKind.EXTERNAL, mail="eva@bücher.example", name="Eva, the <first>")
    office.session("anna").create(office.default("anna"), meeting(participants=(guest,)))
    office.post()
    message = only(server.to("eva@xn--bcher-kva.example"))
    assert message["To"].addresses[0].display_name == "Eva, the <first>"


def test_a_report_says_to_whom_what_could_not_be_delivered_and_why(office: MailingOffice, server: MailServer) -> None:
    reader = Party(mail="carla@example.org", locale="de", zone="Europe/Paris")
    reason = to_stored(Text("The mail server answers: {code} {message}", code=550, message="unknown"))
    with office.store.writing(office.user("carla").id) as tx:
        letter = Report(recipient=reader, failed=EVA.mail, title="Termin", reason=reason, at=tx.outbox.now)
        tx.outbox.add("report", reader.mail, Kind.REPORT, written(letter))
    office.post()
    text = text_of(only(server.to(reader.mail)))
    assert EVA.mail in text
    assert "550 unknown" in text
    assert "Der Mailserver antwortet" in text
