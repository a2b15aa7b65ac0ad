"""Answers of participants that come by mail (RFC 5546, section 3.2.3; semantics reference, section 5.3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from passerelle.groupware.letters import read_notice
from passerelle.groupware.notices.deltas import What, what
from passerelle.mail.inbound import Door
from passerelle.model.errors import Contradiction, Forbidden, NotFound, Unreadable
from passerelle.model.folders import Module
from passerelle.model.ids import ItemId
from passerelle.model.items import Appointment, Task
from passerelle.model.moments import Timed
from passerelle.model.participants import Answer, Organizer, Participant, ParticipantKind
from passerelle.model.records import ItemRecord
from tests.groupware.office import MONDAY, Office, appointment_of, at, daily, days, meeting
from tests.mail import samples
from tests.mail.samples import Reply

CAROL = "Carol@outside.test"


def outsider(mail: str = CAROL) -> Participant:
    return Participant(kind=ParticipantKind.EXTERNAL, mail=mail, name="Carol")


def invited(office: Office, item: Appointment | None = None, mail: str = CAROL) -> ItemRecord:
    """A meeting of anna's to which somebody outside is invited."""
    item = item or meeting(participants=(outsider(mail),))
    return office.session("anna").create(office.default("anna"), item)


def reply_to(record: ItemRecord, **fields: object) -> Reply:
    item = record.item
    start = ""
    if isinstance(item, Appointment):
        start = (
            f"DTSTART:{samples.utc(item.when.start)}"
            if isinstance(item.when, Timed)
            else f"DTSTART;VALUE=DATE:{item.when.start:%Y%m%d}"
        )
    return Reply(**{"uid": item.uid or "", "mail": CAROL, "start": start, **fields})  # type: ignore[arg-type]


def outside_entry(office: Office, id_: ItemId, mail: str = CAROL) -> Participant:
    record = office.session("anna").get(id_, Module.CALENDAR)
    (found,) = [each for each in appointment_of(record).participants if each.mail.casefold() == mail.casefold()]
    return found


@pytest.mark.parametrize("program", samples.ALL)
def test_an_answer_is_kept_whatever_program_wrote_it(
    office: Office, door: Door, program: Callable[[Reply], bytes]
) -> None:
    record = invited(office)
    reply = reply_to(record, answer="decline", comment="Zug verpasst – Č.".replace("–", "-"))
    report = door.take(program(reply), "anna@example.org")
    assert report.is_news
    entry = outside_entry(office, record.id)
    assert (entry.answer, entry.message) == (Answer.DECLINED, "Zug verpasst - Č.")


def test_every_client_is_told_of_the_answer(office: Office, door: Door) -> None:
    record = invited(office)
    door.take(samples.plain(reply_to(record)))
    changed = office.session("anna").changes(office.default("anna"), Module.CALENDAR, record.stamp).items
    assert [(one.id, one.stamp > record.stamp) for one in changed] == [(record.id, True)]


def test_who_organises_is_told_of_the_answer_by_mail(office: Office, door: Door) -> None:
    record = invited(office)
    mail = samples.plain(reply_to(record))
    door.take(mail)
    door.take(mail)
    with office.store.reading() as tx:
        told = [read_notice(one.content) for one in tx.outbox.unsent()]
    (notice,) = (one for one in told if one.recipient.mail == "anna@example.org")
    assert (notice.actor.mail.casefold(), notice.actor.user) == (CAROL.casefold(), None)
    assert what(notice.before, notice.after) is What.ANSWERED


def test_the_same_answer_again_changes_nothing(office: Office, door: Door) -> None:
    record = invited(office)
    mail = samples.plain(reply_to(record))
    door.take(mail)
    stamp = office.session("anna").get(record.id, Module.CALENDAR).stamp
    assert not door.take(mail).is_news
    assert office.session("anna").get(record.id, Module.CALENDAR).stamp == stamp


def test_an_answer_that_was_overtaken_by_a_newer_one_is_left_aside(office: Office, door: Door) -> None:
    record = invited(office)
    door.take(samples.plain(reply_to(record, answer="decline", stamp="20240103T080000Z")))
    report = door.take(samples.plain(reply_to(record, answer="accept", stamp="20240102T080000Z")))
    assert not report.is_news
    assert "older" in report.text
    assert outside_entry(office, record.id).answer is Answer.DECLINED


def test_an_answer_to_the_time_before_is_left_aside(office: Office, door: Door) -> None:
    record = invited(office, meeting(participants=(outsider(),), sequence=1))
    old = samples.utc(at(10).start - timedelta(days=1))
    assert not door.take(samples.plain(reply_to(record, sequence=0, start=f"DTSTART:{old}"))).is_news
    assert outside_entry(office, record.id).answer is Answer.NONE


def test_an_answer_to_an_older_version_of_the_same_time_counts(office: Office, door: Door) -> None:
    record = invited(office, meeting(participants=(outsider(),), sequence=1))
    assert door.take(samples.plain(reply_to(record, sequence=0))).is_news


def test_an_answer_with_a_clock_years_ahead_does_not_shut_out_the_next(office: Office, door: Door) -> None:
    record = invited(office)
    door.take(samples.plain(reply_to(record, stamp="99980101T000000Z")))
    now = samples.utc(at(10).start + timedelta(days=3))
    assert door.take(samples.plain(reply_to(record, answer="decline", stamp=now))).is_news


def test_an_answer_to_one_occurrence_is_to_that_one(office: Office, door: Door) -> None:
    record = invited(office, meeting(participants=(outsider(),), recurrence=daily(5)))
    second = samples.utc(at(10, day=MONDAY + timedelta(days=1)).start)
    door.take(samples.plain(reply_to(record, answer="decline", recurrence_id=f"RECURRENCE-ID:{second}", start="")))
    assert outside_entry(office, record.id).answer is Answer.NONE
    master = office.session("anna").get(record.id, Module.CALENDAR)
    assert [f"{key:%Y%m%dT%H%M%SZ}" for key in master.changed] == [second]
    with office.store.reading() as tx:
        (exception,) = tx.items.exceptions(record.id)
    assert outside_entry(office, exception.id).answer is Answer.DECLINED

    again = reply_to(record, answer="accept", recurrence_id=f"RECURRENCE-ID:{second}", stamp="20240104T080000Z")
    door.take(samples.plain(again))
    assert outside_entry(office, exception.id).answer is Answer.ACCEPTED


def test_an_answer_to_an_occurrence_of_whole_days_is_found_by_its_day(office: Office, door: Door) -> None:
    record = invited(office, meeting(when=days(), participants=(outsider(),), recurrence=daily(5)))
    day = f"RECURRENCE-ID;VALUE=DATE:{MONDAY + timedelta(days=2):%Y%m%d}"
    assert door.take(samples.plain(reply_to(record, recurrence_id=day, start=""))).is_news


def test_an_answer_to_an_occurrence_that_was_called_off_changes_nothing(office: Office, door: Door) -> None:
    record = invited(office, meeting(participants=(outsider(),), recurrence=daily(5)))
    office.session("anna").delete_occurrence(record.id, None, MONDAY)
    reply = reply_to(record, recurrence_id=f"RECURRENCE-ID:{samples.utc(at(10).start)}")
    report = door.take(samples.plain(reply))
    assert not report.is_news
    assert "does not take place" in report.text


def test_an_answer_to_all_later_occurrences_is_refused(office: Office, door: Door) -> None:
    record = invited(office, meeting(participants=(outsider(),), recurrence=daily(5)))
    reply = reply_to(record, recurrence_id=f"RECURRENCE-ID;RANGE=THISANDFUTURE:{samples.utc(at(10).start)}")
    with pytest.raises(Contradiction):
        door.take(samples.plain(reply))


def test_somebody_inside_may_answer_by_mail_too(office: Office, door: Door) -> None:
    record = office.session("anna").create(office.default("anna"), meeting(participants=office.invite("bruno")))
    door.take(samples.plain(reply_to(record, mail="bruno@example.org", answer="tentative", comment="perhaps")))
    item = appointment_of(office.session("bruno").get(record.id, Module.CALENDAR))
    (entry,) = [each for each in item.participants if each.id == office.user("bruno").id]
    assert (entry.answer, entry.message) == (Answer.TENTATIVE, "perhaps")


def test_who_takes_part_through_a_group_may_answer_by_mail(office: Office, door: Door) -> None:
    staff = Participant(kind=ParticipantKind.GROUP, id=office.group("staff").id)
    record = office.session("anna").create(office.default("anna"), meeting(participants=(staff,)))
    assert door.take(samples.plain(reply_to(record, mail="bruno@example.org"))).is_news


def test_a_task_can_be_answered(office: Office, door: Door) -> None:
    folder = office.default("anna", Module.TASKS)
    record = office.session("anna").create(folder, Task(title="Report", participants=(outsider(),)))
    lines = ("BEGIN:VTODO", f"UID:{record.item.uid}", "DTSTAMP:20240102T080000Z",
             f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{CAROL}", "END:VTODO")  # fmt: skip
    assert door.take(samples.mail(CAROL, samples.calendar(*lines))).is_news
    stored = office.session("anna").get(record.id, Module.TASKS).item
    assert isinstance(stored, Task)
    assert [each.answer for each in stored.participants if each.mail] == [Answer.ACCEPTED]


def test_an_assistant_in_the_same_domain_may_answer(office: Office, door: Door) -> None:
    record = invited(office)
    attendee = f'ATTENDEE;PARTSTAT=ACCEPTED;SENT-BY="mailto:desk@outside.test":mailto:{CAROL}'
    text = samples.calendar(*samples.event(reply_to(record), attendee=attendee))
    assert door.take(samples.mail("Desk <desk@outside.test>", text)).is_news


def test_a_secretary_who_sends_in_the_name_of_the_participant_may_answer(office: Office, door: Door) -> None:
    record = invited(office)
    text = samples.calendar(*samples.event(reply_to(record)))
    assert door.take(samples.mail("team@outside.test", text, head=f"Sender: {CAROL}\r\n")).is_news


# Who must not get in


def unchanged(office: Office, record: ItemRecord) -> bool:
    return office.session("anna").get(record.id, Module.CALENDAR).stamp == record.stamp


@pytest.mark.parametrize(
    "sender",
    [
        "eve@evil.test",
        f'"{CAROL}" <eve@evil.test>',
        f"{CAROL}, eve@evil.test",
        f"<eve@evil.test> {CAROL}",
        f"{CAROL}.evil.test",
        "",
        f"=?utf-8?q?{CAROL}?=",
        f"eve@evil.test\r\nFrom: {CAROL}",
    ],
)
def test_an_answer_in_somebody_elses_name_is_refused(office: Office, door: Door, sender: str) -> None:
    record = invited(office)
    text = samples.calendar(*samples.event(reply_to(record)))
    with pytest.raises(Forbidden):
        door.take(samples.mail(sender, text))
    assert unchanged(office, record)


def test_a_stranger_does_not_answer_by_calling_himself_sent(office: Office, door: Door) -> None:
    record = invited(office)
    attendee = f'ATTENDEE;PARTSTAT=ACCEPTED;SENT-BY="mailto:eve@evil.test":mailto:{CAROL}'
    with pytest.raises(Forbidden):
        door.take(samples.mail("eve@evil.test", samples.calendar(*samples.event(reply_to(record), attendee=attendee))))
    assert unchanged(office, record)


def test_who_is_not_invited_does_not_learn_whether_a_uid_exists(office: Office, door: Door) -> None:
    record = invited(office)
    refusals = []
    for uid in (record.item.uid or "", "no-such-uid"):
        with pytest.raises(NotFound) as refusal:
            door.take(samples.plain(reply_to(record, uid=uid, mail="eve@evil.test")))
        refusals.append(str(refusal.value))
    assert refusals[0] == refusals[1]
    assert unchanged(office, record)


def test_nobody_answers_what_somebody_outside_organises(office: Office, door: Door) -> None:
    item = meeting(participants=(outsider(),), organizer=Organizer(mail="otto@outside.test"))
    record = invited(office, item)
    with pytest.raises(NotFound):
        door.take(samples.plain(reply_to(record)))


def test_an_answer_within_a_forwarded_mail_is_not_taken(office: Office, door: Door) -> None:
    record = invited(office)
    inner = samples.plain(reply_to(record)).decode()
    outer = f"From: {CAROL}\r\nTo: anna@example.org\r\nContent-Type: message/rfc822\r\n\r\n{inner}"
    assert not door.take(outer.encode()).is_news
    assert unchanged(office, record)


def test_what_a_participant_writes_is_cleaned_and_cut(office: Office, door: Door) -> None:
    record = invited(office)
    door.take(samples.plain(reply_to(record, comment="\x07" + "long " * 2000)))
    message = outside_entry(office, record.id).message
    assert message.startswith("long ")
    assert len(message) <= 2000


def test_a_message_without_uid_is_unreadable(office: Office, door: Door) -> None:
    with pytest.raises(Unreadable):
        door.take(samples.plain(Reply(uid="", mail=CAROL)))
    with pytest.raises(Unreadable):
        door.take(samples.plain(Reply(uid="u" * 600, mail=CAROL)))
