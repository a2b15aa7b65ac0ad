"""Counter-proposals (RFC 5546, section 3.2.7): the organiser reads them where the answers are."""

from __future__ import annotations

import pytest

from passerelle.mail.inbound import Door
from passerelle.model.errors import Forbidden, Unreadable
from passerelle.model.folders import Module
from passerelle.model.participants import Answer, Participant
from passerelle.model.records import ItemRecord
from tests.groupware.office import MONDAY, Office, appointment_of, at, daily, days, meeting
from tests.mail import samples
from tests.mail.samples import Reply
from tests.mail.test_replies import CAROL, outsider


def proposal(record: ItemRecord, *more: str, answer: str = "tentative", hour: int = 16) -> bytes:
    span = at(hour)
    reply = Reply(
        uid=record.item.uid or "", mail=CAROL, answer=answer, start=f"DTSTART:{samples.utc(span.start)}",
        comment="I teach till 15:00",
    )  # fmt: skip
    text = samples.calendar(*samples.event(reply, f"DTEND:{samples.utc(span.end)}", *more), method="COUNTER")
    return samples.mail(CAROL, text, method="COUNTER")


def entry(office: Office, login: str, record: ItemRecord) -> Participant:
    item = appointment_of(office.session(login).get(record.id, Module.CALENDAR))
    return next(each for each in item.participants if each.mail.casefold() == CAROL.casefold())


def test_a_proposal_is_a_message_to_the_organiser_and_moves_nothing(office: Office, door: Door) -> None:
    record = office.session("anna").create(office.default("anna"), meeting(participants=(outsider(),)))
    assert door.take(proposal(record)).is_news
    found = entry(office, "anna", record)
    assert found.answer is Answer.TENTATIVE
    assert found.message == (f"Proposes another time: {MONDAY} 16:00 – 17:00 (Europe/Paris).\nI teach till 15:00")
    assert appointment_of(office.session("anna").get(record.id, Module.CALENDAR)).when == at(10)


def test_a_proposal_speaks_the_language_of_the_organiser(office: Office, door: Door) -> None:
    record = office.session("bruno").create(office.default("bruno"), meeting(participants=(outsider(),)))
    door.take(proposal(record))
    assert entry(office, "bruno", record).message.startswith("Propose un autre moment")


@pytest.mark.parametrize(
    ("said", "kept"), [("accept", Answer.TENTATIVE), ("tentative", Answer.TENTATIVE), ("decline", Answer.DECLINED)]
)
def test_who_proposes_has_not_accepted(office: Office, door: Door, said: str, kept: Answer) -> None:
    record = office.session("anna").create(office.default("anna"), meeting(participants=(outsider(),)))
    door.take(proposal(record, answer=said))
    assert entry(office, "anna", record).answer is kept


def test_a_proposal_for_one_occurrence_is_kept_there(office: Office, door: Door) -> None:
    record = office.session("anna").create(
        office.default("anna"), meeting(participants=(outsider(),), recurrence=daily(3))
    )
    door.take(proposal(record, f"RECURRENCE-ID:{samples.utc(at(10).start)}"))
    with office.store.reading() as tx:
        (exception,) = tx.items.exceptions(record.id)
    assert entry(office, "anna", exception).message.startswith("Proposes")
    assert entry(office, "anna", record).message == ""


def test_whole_days_are_proposed_as_days(office: Office, door: Door) -> None:
    record = office.session("anna").create(office.default("anna"), meeting(when=days(), participants=(outsider(),)))
    reply = Reply(uid=record.item.uid or "", mail=CAROL, start=f"DTSTART;VALUE=DATE:{MONDAY:%Y%m%d}")
    door.take(samples.mail(CAROL, samples.calendar(*samples.event(reply), method="COUNTER"), method="COUNTER"))
    assert entry(office, "anna", record).message == f"Proposes another time: {MONDAY} – {MONDAY}."


def test_a_proposal_in_somebody_elses_name_is_refused(office: Office, door: Door) -> None:
    record = office.session("anna").create(office.default("anna"), meeting(participants=(outsider(),)))
    with pytest.raises(Forbidden):
        door.take(proposal(record).replace(f"From: {CAROL}".encode(), b"From: eve@evil.test"))


def test_a_proposal_without_a_time_is_unreadable(office: Office, door: Door) -> None:
    record = office.session("anna").create(office.default("anna"), meeting(participants=(outsider(),)))
    reply = Reply(uid=record.item.uid or "", mail=CAROL, start="")
    with pytest.raises(Unreadable):
        door.take(samples.mail(CAROL, samples.calendar(*samples.event(reply), method="COUNTER"), method="COUNTER"))
