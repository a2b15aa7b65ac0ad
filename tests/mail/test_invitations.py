"""Invitations, changes and cancellations by people outside (RFC 5546, sections 3.2.2 and 3.2.5; semantics, 5.4)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from passerelle.mail.inbound import Door, UnknownRecipient
from passerelle.model.errors import Contradiction, Forbidden, Missing, Unreadable
from passerelle.model.folders import Module
from passerelle.model.items import Appointment, ShownAs
from passerelle.model.participants import Answer, ParticipantKind
from passerelle.model.records import ItemRecord
from tests.groupware.office import MONDAY, Office, appointment_of, at, meeting
from tests.mail import samples

OTTO = "otto@outside.test"
EVERYBODY = ("anna@example.org", "bruno@example.org", "room@example.org", "carol@outside.test")


def vevent(
    *more: str,
    hour: int = 10,
    day: date = MONDAY,
    sequence: int = 0,
    stamp: int = 1,
    uid: str = "plan-1",
    title: str = "Plan",
    organizer: str = OTTO,
    invited: tuple[str, ...] = EVERYBODY,
) -> tuple[str, ...]:
    """One VEVENT of otto's; ``stamp`` is a day of January."""
    span = at(hour, day=day)
    return (
        "BEGIN:VEVENT", f"UID:{uid}", f"DTSTAMP:202401{stamp:02}T080000Z", f"SEQUENCE:{sequence}",
        f"DTSTART:{samples.utc(span.start)}", f"DTEND:{samples.utc(span.end)}", f"SUMMARY:{title}",
        f"ORGANIZER;CN=Otto:mailto:{organizer}",
        *(f"ATTENDEE;RSVP=TRUE;PARTSTAT=ACCEPTED:mailto:{mail}" for mail in invited), *more, "END:VEVENT",
    )  # fmt: skip


def occurrence(number: int) -> str:
    return f"RECURRENCE-ID:{samples.utc(at(10, day=MONDAY + timedelta(days=number)).start)}"


def records(office: Office, login: str) -> list[ItemRecord]:
    return list(office.session(login).changes(office.default(login), Module.CALENDAR).items)


def only(office: Office, login: str) -> Appointment:
    (record,) = records(office, login)
    return appointment_of(record)


def own_answer(office: Office, login: str) -> Answer:
    item = only(office, login)
    (entry,) = [each for each in item.participants if each.id == office.user(login).id]
    return entry.answer


def test_an_invitation_stands_in_the_calendar_of_whose_mail_it_is_and_waits_for_an_answer(
    office: Office, door: Door
) -> None:
    assert door.take(samples.invitation(*vevent("BEGIN:VALARM", "TRIGGER:-PT9M", "ACTION:DISPLAY", "END:VALARM")),
                     "Anna@Example.org").is_news  # fmt: skip
    item = only(office, "anna")
    assert (item.title, item.when.start, item.uid) == ("Plan", at(10).start, "plan-1")
    assert item.organizer is not None
    assert (item.organizer.mail, item.organizer.id) == (OTTO, None)
    assert own_answer(office, "anna") is Answer.NONE
    assert item.alarm is None
    assert records(office, "bruno") == []


def test_each_guest_has_an_own_copy_and_no_room_is_booked(office: Office, door: Door) -> None:
    for login in ("anna", "bruno"):
        door.take(samples.invitation(*vevent()), f"{login}@example.org")
    (annas,), (brunos,) = records(office, "anna"), records(office, "bruno")
    office.session("anna").delete(annas.id)
    assert [one.id for one in records(office, "bruno")] == [brunos.id]
    kinds = {each.mail: each.kind for each in appointment_of(brunos).participants}
    assert kinds == {
        "anna@example.org": ParticipantKind.EXTERNAL,
        "bruno@example.org": ParticipantKind.USER,
        "room@example.org": ParticipantKind.EXTERNAL,
        "carol@outside.test": ParticipantKind.EXTERNAL,
    }


def test_without_a_named_recipient_those_in_to_and_cc_are_invited(office: Office, door: Door) -> None:
    door.take(samples.invitation(*vevent(), to="Bruno <bruno@example.org>, carla@example.org, x@outside.test"))
    assert [len(records(office, login)) for login in ("anna", "bruno", "carla")] == [0, 1, 1]


def test_who_is_invited_by_way_of_a_list_takes_part(office: Office, door: Door) -> None:
    door.take(samples.invitation(*vevent(invited=("all@lists.test",))), "anna@example.org")
    assert own_answer(office, "anna") is Answer.NONE


def test_a_change_comes_into_the_copy_and_the_guests_own_things_stay(office: Office, door: Door) -> None:
    door.take(samples.invitation(*vevent()), "anna@example.org")
    (record,) = records(office, "anna")
    office.session("anna").confirm(record.id, Answer.ACCEPTED, "gladly")
    mine = {"alarm": 15, "categories": ("Travel",), "color_label": 3, "shown_as": ShownAs.ABSENT}
    office.session("anna").update(record.id, None, lambda _: mine)
    report = door.take(samples.invitation(*vevent(sequence=1, stamp=2, title="Plan B")), "anna@example.org")
    assert report.is_news
    item = only(office, "anna")
    assert item.title == "Plan B"
    assert {name: getattr(item, name) for name in mine} == mine
    assert own_answer(office, "anna") is Answer.ACCEPTED


def test_a_new_time_asks_again(office: Office, door: Door) -> None:
    door.take(samples.invitation(*vevent()), "anna@example.org")
    office.session("anna").confirm(records(office, "anna")[0].id, Answer.ACCEPTED)
    door.take(samples.invitation(*vevent(hour=14, sequence=1, stamp=2)), "anna@example.org")
    assert only(office, "anna").when.start == at(14).start
    assert own_answer(office, "anna") is Answer.NONE


@pytest.mark.parametrize(("sequence", "stamp"), [(1, 3), (2, 2), (0, 9)])
def test_an_invitation_that_was_overtaken_is_left_aside(office: Office, door: Door, sequence: int, stamp: int) -> None:
    door.take(samples.invitation(*vevent(sequence=2, stamp=3)), "anna@example.org")
    report = door.take(samples.invitation(*vevent(hour=8, sequence=sequence, stamp=stamp)), "anna@example.org")
    assert not report.is_news
    assert only(office, "anna").when.start == at(10).start


def test_what_a_guest_deleted_does_not_come_back_with_the_same_mail(office: Office, door: Door) -> None:
    door.take(samples.invitation(*vevent()), "anna@example.org")
    office.session("anna").delete(records(office, "anna")[0].id)
    assert not door.take(samples.invitation(*vevent()), "anna@example.org").is_news
    assert records(office, "anna") == []


def test_a_series_comes_with_its_changed_occurrences(office: Office, door: Door) -> None:
    changed = vevent(occurrence(2), hour=15, day=MONDAY + timedelta(days=2), title="Later")
    door.take(samples.invitation(*vevent("RRULE:FREQ=DAILY;COUNT=5"), *changed), "anna@example.org")
    titles = {appointment_of(one).title: one.master is None for one in records(office, "anna")}
    assert titles == {"Plan": True, "Later": False}


def test_an_occurrence_of_a_series_that_is_there_changes_in_it(office: Office, door: Door) -> None:
    door.take(samples.invitation(*vevent("RRULE:FREQ=DAILY;COUNT=5")), "anna@example.org")
    for stamp, title in ((2, "Later"), (3, "Still later")):
        changed = vevent(occurrence(1), hour=15, day=MONDAY + timedelta(days=1), title=title, stamp=stamp)
        assert door.take(samples.invitation(*changed), "anna@example.org").is_news
    found = {appointment_of(one).title: one for one in records(office, "anna")}
    assert found["Still later"].master == found["Plan"].id
    assert len(found) == 2


def test_an_invitation_to_one_occurrence_alone_is_an_appointment(office: Office, door: Door) -> None:
    alone = vevent(occurrence(1), day=MONDAY + timedelta(days=1))
    door.take(samples.invitation(*alone), "anna@example.org")
    assert only(office, "anna").recurrence_id is None
    door.take(samples.invitation(*vevent(occurrence(1), hour=11, day=MONDAY + timedelta(days=1), stamp=2)),
              "anna@example.org")  # fmt: skip
    assert only(office, "anna").when.start == at(11, day=MONDAY + timedelta(days=1)).start
    door.take(samples.invitation(*vevent(occurrence(1), stamp=3), method="CANCEL"), "anna@example.org")
    assert records(office, "anna") == []


def test_an_occurrence_that_takes_place_again_is_back(office: Office, door: Door) -> None:
    skipped = occurrence(1).replace("RECURRENCE-ID", "EXDATE")
    door.take(samples.invitation(*vevent("RRULE:FREQ=DAILY;COUNT=5", skipped)), "anna@example.org")
    door.take(samples.invitation(*vevent(occurrence(1), stamp=2, day=MONDAY + timedelta(days=1))), "anna@example.org")
    master = next(one for one in records(office, "anna") if one.master is None)
    assert len(master.changed) == 1


def test_what_is_called_off_leaves_the_calendar_of_whose_mail_it_is(office: Office, door: Door) -> None:
    for login in ("anna", "bruno"):
        door.take(samples.invitation(*vevent()), f"{login}@example.org")
    assert door.take(samples.invitation(*vevent(sequence=1, stamp=2), method="CANCEL"), "anna@example.org").is_news
    assert (len(records(office, "anna")), len(records(office, "bruno"))) == (0, 1)


def test_an_invitation_that_its_cancellation_overtook_does_not_come_in(office: Office, door: Door) -> None:
    door.take(samples.invitation(*vevent(sequence=1, stamp=2), method="CANCEL"), "anna@example.org")
    assert not door.take(samples.invitation(*vevent()), "anna@example.org").is_news
    assert records(office, "anna") == []


def test_a_cancellation_that_was_overtaken_is_left_aside(office: Office, door: Door) -> None:
    door.take(samples.invitation(*vevent(sequence=5, stamp=5)), "anna@example.org")
    assert not door.take(samples.invitation(*vevent(sequence=1, stamp=2), method="CANCEL"), "anna@example.org").is_news
    assert len(records(office, "anna")) == 1


def test_one_occurrence_is_called_off(office: Office, door: Door) -> None:
    door.take(samples.invitation(*vevent("RRULE:FREQ=DAILY;COUNT=5")), "anna@example.org")
    cancel = vevent(occurrence(1), sequence=1, stamp=2)
    assert door.take(samples.invitation(*cancel, method="CANCEL"), "anna@example.org").is_news
    recurrence = only(office, "anna").recurrence
    assert recurrence is not None
    assert recurrence.deleted == (at(10, day=MONDAY + timedelta(days=1)).start,)
    assert not door.take(samples.invitation(*cancel, method="CANCEL"), "anna@example.org").is_news


def test_a_changed_occurrence_is_called_off(office: Office, door: Door) -> None:
    changed = vevent(occurrence(2), hour=15, day=MONDAY + timedelta(days=2))
    door.take(samples.invitation(*vevent("RRULE:FREQ=DAILY;COUNT=5"), *changed), "anna@example.org")
    door.take(samples.invitation(*vevent(occurrence(2), stamp=2), method="CANCEL"), "anna@example.org")
    item = only(office, "anna")
    assert item.recurrence is not None
    assert len(item.recurrence.deleted) == 1


def test_the_rest_of_a_series_is_not_called_off_by_guessing(office: Office, door: Door) -> None:
    door.take(samples.invitation(*vevent("RRULE:FREQ=DAILY;COUNT=5")), "anna@example.org")
    onwards = occurrence(1).replace("RECURRENCE-ID", "RECURRENCE-ID;RANGE=THISANDFUTURE")
    with pytest.raises(Contradiction):
        door.take(samples.invitation(*vevent(onwards, stamp=2), method="CANCEL"), "anna@example.org")


def test_what_this_server_sent_out_itself_does_not_come_in_again(office: Office, door: Door) -> None:
    mail = samples.invitation(*vevent(organizer="bruno@example.org"), sender="bruno@example.org")
    assert not door.take(mail, "anna@example.org").is_news
    assert records(office, "anna") == []


@pytest.mark.parametrize("method", ["PUBLISH", "ADD", "DECLINECOUNTER", "X-" + "Y" * 500])
def test_other_messages_change_nothing(office: Office, door: Door, method: str) -> None:
    assert not door.take(samples.invitation(*vevent(), method=method), "anna@example.org").is_news
    assert records(office, "anna") == []


def test_a_room_is_not_booked_from_outside(office: Office, door: Door) -> None:
    assert not door.take(samples.invitation(*vevent()), "room@example.org").is_news


# Who must not get in


def test_an_invitation_in_somebody_elses_name_is_refused(office: Office, door: Door) -> None:
    with pytest.raises(Forbidden):
        door.take(samples.invitation(*vevent(), sender="eve@evil.test"), "anna@example.org")
    assert records(office, "anna") == []


def test_a_cancellation_in_somebody_elses_name_is_refused(office: Office, door: Door) -> None:
    door.take(samples.invitation(*vevent()), "anna@example.org")
    with pytest.raises(Forbidden):
        door.take(samples.invitation(*vevent(stamp=9), method="CANCEL", sender="eve@evil.test"), "anna@example.org")
    assert len(records(office, "anna")) == 1


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_whoever_guesses_a_uid_does_not_become_its_organiser(office: Office, door: Door, method: str) -> None:
    record = office.session("anna").create(
        office.default("anna"), meeting(uid="plan-1", participants=office.invite("bruno"))
    )
    eve = vevent(organizer="eve@evil.test", sequence=99, stamp=9)
    for login in ("anna", "bruno"):
        with pytest.raises(Forbidden):
            door.take(samples.invitation(*eve, sender="eve@evil.test", method=method), f"{login}@example.org")
    assert records(office, "anna") == [office.session("anna").get(record.id, Module.CALENDAR)]
    assert records(office, "anna")[0].stamp == record.stamp


def test_another_outsider_does_not_take_over_an_invitation(office: Office, door: Door) -> None:
    door.take(samples.invitation(*vevent()), "anna@example.org")
    eve = vevent(organizer="eve@evil.test", sequence=99, stamp=9)
    with pytest.raises(Forbidden):
        door.take(samples.invitation(*eve, sender="eve@evil.test"), "anna@example.org")


def test_a_message_with_two_organisers_is_refused(office: Office, door: Door) -> None:
    other = vevent(occurrence(1), organizer="eve@evil.test")
    with pytest.raises(Forbidden):
        door.take(samples.invitation(*vevent("RRULE:FREQ=DAILY;COUNT=5"), *other), "anna@example.org")


def test_an_invitation_without_organiser_is_refused(office: Office, door: Door) -> None:
    lines = [line for line in vevent() if not line.startswith("ORGANIZER")]
    with pytest.raises(Missing):
        door.take(samples.invitation(*lines), "anna@example.org")


def test_an_invitation_to_several_things_or_to_a_broken_one_is_unreadable(office: Office, door: Door) -> None:
    with pytest.raises(Unreadable):
        door.take(samples.invitation(*vevent(), *vevent(uid="plan-2")), "anna@example.org")
    broken = ["DTSTART:never" if line.startswith("DTSTART") else line for line in vevent()]
    with pytest.raises(Unreadable):
        door.take(samples.invitation(*broken), "anna@example.org")
    assert records(office, "anna") == []


@pytest.mark.parametrize("address", ["nobody@example.org", "", "anna@example.org\0", "\udcff@example.org", "<>"])
def test_an_address_that_is_nobodys_is_refused(office: Office, door: Door, address: str) -> None:
    with pytest.raises(UnknownRecipient):
        door.take(samples.invitation(*vevent()), address)


def test_a_guest_changes_nothing_that_the_organiser_decides(office: Office, door: Door) -> None:
    door.take(samples.invitation(*vevent()), "anna@example.org")
    (record,) = records(office, "anna")
    with pytest.raises(Forbidden):
        office.session("anna").update(record.id, None, lambda _: {"when": at(8)})
    assert only(office, "anna").when.start == at(10).start
