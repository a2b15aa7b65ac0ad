"""Who is told of a change by mail, and who is not (semantics reference, section 5.9)."""

from __future__ import annotations

import io
from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passerelle.groupware import mail_settings
from passerelle.groupware.attachments import NewFile, Target
from passerelle.groupware.letters import Audience, Notice, Version, read_notice
from passerelle.groupware.notices.deltas import What, what
from passerelle.groupware.provision import SYSTEM_USER
from passerelle.groupware.session import Session
from passerelle.groupware.teller import Teller
from passerelle.groupware.transfer import import_file
from passerelle.model.folders import Module
from passerelle.model.ids import ItemId, UserId
from passerelle.model.items import Appointment, Task
from passerelle.model.participants import Answer, Organizer, Participant, ParticipantKind
from passerelle.model.principals import Notices
from tests.groupware.office import EDITOR, MONDAY, Office, appointment_of, at, daily, meeting

EVA = Participant(kind=ParticipantKind.EXTERNAL, mail="eva@elsewhere.example", name="Eva")
TOM = Participant(kind=ParticipantKind.EXTERNAL, mail="tom@elsewhere.example", name="Tom")
Told = set[tuple[str, str, What | None]]


def notices(office: Office) -> list[Notice]:
    with office.store.reading() as tx:
        return [read_notice(mail.content) for mail in tx.outbox.unsent()]


def told(office: Office) -> Told:
    """Who is told of what; what was looked at is taken out of the outbox as if it were sent."""
    found = notices(office)
    with office.store.writing(SYSTEM_USER) as tx:
        for mail in tx.outbox.unsent():
            tx.outbox.mark_sent(mail.id)
    seen = {(one.recipient.mail.partition("@")[0], str(one.audience), what(one.before, one.after)) for one in found}
    assert len(seen) == len(found)
    return seen


def invite(office: Office, *extra: Participant, notify: bool = True, **fields: object) -> ItemId:
    item = meeting(participants=(*office.invite("bruno", "carla"), *extra), **fields)  # type: ignore[arg-type]
    return office.session("anna").create(office.default("anna"), item, notify=notify).id


@pytest.mark.rule("5.9.wishes")
def test_who_takes_part_is_told_except_who_acts(office: Office) -> None:
    invite(office, EVA, office.invite_room())
    assert told(office) == {
        ("bruno", "internal", What.NEW),
        ("carla", "internal", What.NEW),
        ("room", "internal", What.NEW),
        ("eva", "external", What.NEW),
    }


def test_an_appointment_of_ones_own_tells_nobody(office: Office) -> None:
    session = office.session("anna")
    id_ = session.create(office.default("anna"), meeting()).id
    session.update(id_, None, lambda _: {"title": "Other"})
    session.delete(id_)
    assert told(office) == set()


def test_changes_tell_who_comes_who_stays_and_who_goes(office: Office) -> None:
    id_ = invite(office, EVA)
    told(office)
    session = office.session("anna")
    people = (*office.invite("anna", "bruno"), TOM)
    session.update(id_, None, lambda _: {"participants": people, "location": "Here"})
    assert told(office) == {
        ("bruno", "internal", What.CHANGED),
        ("carla", "internal", What.CANCELLED),
        ("eva", "external", What.CANCELLED),
        ("tom", "external", What.NEW),
    }
    session.delete(id_)
    assert told(office) == {("bruno", "internal", What.CANCELLED), ("tom", "external", What.CANCELLED)}


def test_what_concerns_nobody_else_tells_nobody(office: Office) -> None:
    id_ = invite(office, EVA)
    told(office)
    office.session("anna").update(id_, None, lambda _: {"alarm": 10, "color_label": 3, "categories": ("x",)})
    assert told(office) == set()


def test_several_changes_within_a_short_time_are_told_in_one_mail(office: Office) -> None:
    id_ = invite(office, EVA)
    session = office.session("anna")
    session.update(id_, None, lambda _: {"title": "Second"})
    session.update(id_, None, lambda _: {"title": "Third"})
    found = notices(office)
    assert len(found) == 3
    for one in found:
        assert (one.before, one.after and one.after.item.title) == (None, "Third")
    session.delete(id_)
    assert told(office) == set()


def test_a_change_that_is_taken_back_is_no_change(office: Office) -> None:
    id_ = invite(office, EVA)
    told(office)
    session = office.session("anna")
    session.update(id_, None, lambda _: {"title": "Second"})
    session.update(id_, None, lambda _: {"title": "Meeting"})
    assert told(office) == set()


def test_mail_waits_a_while_for_further_changes_but_not_for_ever(office: Office) -> None:
    id_ = invite(office)
    for number in range(3):
        office.session("anna").update(id_, None, lambda _, number=number: {"title": f"Try {number}"})  # type: ignore[misc]
    with office.store.reading() as tx:
        for mail in tx.outbox.unsent():
            assert timedelta(minutes=1) <= mail.due - mail.created <= timedelta(minutes=5)


@pytest.mark.rule("5.9.wishes")
def test_users_choose_what_they_are_told(office: Office) -> None:
    office.session("bruno").choose_notices(Notices(changes=False))
    id_ = invite(office)
    office.session("anna").update(id_, None, lambda _: {"title": "Other"})
    assert {name for name, _, _ in told(office)} == {"carla"}


@pytest.mark.rule("5.9.outside")
def test_a_client_can_spare_users_but_not_people_elsewhere(office: Office) -> None:
    id_ = invite(office, EVA, office.invite_room(), notify=False)
    assert told(office) == {("eva", "external", What.NEW)}
    office.session("anna").delete(id_)
    assert told(office) >= {("bruno", "internal", What.CANCELLED), ("eva", "external", What.CANCELLED)}


def test_who_owns_the_calendar_is_told_whatever_others_ask_for(office: Office) -> None:
    folder = office.share_default("carla", office.grant("bruno", EDITOR))
    office.session("carla").choose_notices(Notices(changes=False))
    bruno = office.session("bruno")
    id_ = bruno.create(folder, meeting(), notify=False).id
    assert told(office) == {("carla", "internal", What.NEW)}
    bruno.update(id_, folder, lambda _: {"title": "Other"}, notify=False)
    bruno.delete(id_, folder)
    assert [what(one.before, one.after) for one in notices(office)] == [What.CANCELLED]


def test_answers_are_told_to_who_organises_and_to_whom_wants_them(office: Office) -> None:
    id_ = invite(office, EVA)
    told(office)
    office.session("bruno").confirm(id_, Answer.ACCEPTED, "Gladly")
    assert told(office) == {("anna", "internal", What.ANSWERED)}
    office.session("carla").choose_notices(Notices(answers_to_others=True))
    office.session("anna").choose_notices(Notices(answers_to_own=False))
    office.session("bruno").confirm(id_, Answer.DECLINED)
    assert told(office) == {("carla", "internal", What.ANSWERED)}


def test_who_deletes_an_invitation_has_declined(office: Office) -> None:
    id_ = invite(office, EVA)
    told(office)
    office.session("bruno").delete(id_)
    (notice,) = notices(office)
    assert (notice.recipient.mail, what(notice.before, notice.after)) == ("anna@example.org", What.ANSWERED)


@pytest.mark.rule("5.9.over")
def test_nobody_is_told_of_what_is_over(office: Office) -> None:
    long_ago = at(10, day=MONDAY - timedelta(days=400))
    id_ = invite(office, EVA, when=long_ago)
    office.session("anna").delete(id_)
    assert told(office) == set()
    series = invite(office, EVA, when=long_ago, recurrence=daily())
    assert ("eva", "external", What.NEW) in told(office)
    office.session("anna").delete(series)
    assert ("eva", "external", What.CANCELLED) in told(office)


def test_each_occurrence_is_told_by_itself(office: Office) -> None:
    id_ = invite(office, EVA, recurrence=daily(5))
    told(office)
    session = office.session("anna")
    session.delete_occurrence(id_, None, 2)
    changed = session.change_occurrence(id_, None, 3, lambda _: {"title": "Other"}).id
    found = [one for one in notices(office) if one.audience is Audience.EXTERNAL]
    assert [what(one.before, one.after) for one in found] == [What.CANCELLED, What.CHANGED]
    assert all(one.master is not None for one in found)
    told(office)
    session.update(changed, None, lambda _: {"participants": (*office.invite("anna"), TOM)})
    assert told(office) >= {("eva", "external", What.CANCELLED), ("tom", "external", What.NEW)}
    session.delete(id_)
    assert told(office) == {
        ("bruno", "internal", What.CANCELLED),
        ("carla", "internal", What.CANCELLED),
        ("eva", "external", What.CANCELLED),
        ("tom", "external", What.CANCELLED),
    }


def test_a_series_that_moves_is_told_once_with_its_changed_occurrences(office: Office) -> None:
    id_ = invite(office, EVA, recurrence=daily(5))
    session = office.session("anna")
    session.change_occurrence(id_, None, 3, lambda _: {"title": "Other"})
    session.delete_occurrence(id_, None, 2)
    told(office)
    session.update(id_, None, lambda _: {"when": at(12)})
    (notice,) = (one for one in notices(office) if one.audience is Audience.EXTERNAL)
    assert [one.title for one in notice.exceptions] == ["Other"]


def test_a_series_comes_without_the_occurrences_that_somebody_is_not_invited_to(office: Office) -> None:
    id_ = invite(office, EVA, recurrence=daily(5))
    session = office.session("anna")
    session.change_occurrence(id_, None, 3, lambda _: {"participants": office.invite("anna")})
    told(office)
    session.update(id_, None, lambda _: {"location": "There"})
    (notice,) = (one for one in notices(office) if one.audience is Audience.EXTERNAL)
    assert notice.after is not None
    assert notice.after.item.recurrence is not None
    assert notice.after.item.recurrence.deleted == (at(10, day=MONDAY + timedelta(days=2)).start,)
    assert notice.exceptions == ()


def test_an_occurrence_that_takes_place_after_all_is_told_to_who_was_told_that_it_does_not(office: Office) -> None:
    id_ = invite(office, EVA, recurrence=daily(5))
    session = office.session("anna")
    told(office)
    session.delete_occurrence(id_, None, 2)
    told(office)
    session.update(id_, None, lambda _: {"recurrence": daily(5)})
    found = notices(office)
    assert {one.recipient.mail.partition("@")[0] for one in found} == {"bruno", "carla", "eva"}
    assert {(what(one.before, one.after), _replaced(one)) for one in found} == {
        (What.NEW, at(10, day=MONDAY + timedelta(days=1)).start)
    }


def test_an_occurrence_that_is_deleted_and_restored_at_once_is_told_to_nobody(office: Office) -> None:
    id_ = invite(office, EVA, recurrence=daily(5))
    session = office.session("anna")
    told(office)
    session.delete_occurrence(id_, None, 2)
    session.update(id_, None, lambda _: {"recurrence": daily(5)})
    assert told(office) == set()


def test_who_comes_to_a_series_hears_of_all_that_takes_place_once_and_of_what_does_not_with_them(
    office: Office,
) -> None:
    id_ = invite(office, recurrence=daily(5))
    session = office.session("anna")
    session.delete_occurrence(id_, None, 2)
    told(office)
    people = (*office.invite("anna", "bruno", "carla"), EVA)
    session.update(id_, None, lambda _: {"recurrence": daily(5), "participants": people})
    (series,) = (one for one in notices(office) if one.audience is Audience.EXTERNAL)
    assert (what(series.before, series.after), _replaced(series)) == (What.NEW, None)
    session.change_occurrence(id_, None, 2, lambda _: {"participants": people[:-1]})
    found = [one for one in notices(office) if one.audience is Audience.EXTERNAL]
    assert [what(one.before, one.after) for one in found] == [What.NEW, What.CANCELLED]


def _replaced(notice: Notice) -> datetime | None:
    item = None if notice.after is None else notice.after.item
    return item.recurrence_id if isinstance(item, Appointment) else None


def test_who_is_taken_out_of_a_series_from_elsewhere_is_invited_to_the_occurrence_that_they_stay_in(
    office: Office,
) -> None:
    id_ = invite(office, EVA, recurrence=daily(5))
    session = office.session("anna")
    session.change_occurrence(id_, None, 3, lambda _: {"title": "Other"})
    told(office)
    session.update(id_, None, lambda _: {"participants": office.invite("anna", "bruno", "carla")})
    found = [one for one in notices(office) if one.audience is Audience.EXTERNAL]
    assert [(what(one.before, one.after), _replaced(one) is None) for one in found] == [
        (What.CANCELLED, True),
        (What.NEW, False),
    ]


def test_who_is_taken_out_of_a_series_hears_of_the_occurrence_they_stay_in_after_that_though_it_was_just_changed(
    office: Office,
) -> None:
    id_ = invite(office, EVA, recurrence=daily(5))
    session = office.session("anna")
    told(office)
    session.change_occurrence(id_, None, 3, lambda _: {"title": "Other"})
    session.update(id_, None, lambda _: {"participants": office.invite("anna", "bruno", "carla")})
    found = [one for one in notices(office) if one.audience is Audience.EXTERNAL]
    assert [(what(one.before, one.after), _replaced(one) is None) for one in found] == [
        (What.CANCELLED, True),
        (What.NEW, False),
    ]


def test_files_that_come_and_go_are_told(office: Office) -> None:
    id_ = invite(office)
    told(office)
    session, target = office.session("anna"), Target(id_, Module.CALENDAR)
    file, _ = session.attach(
        target, NewFile(name="plan.txt", media_type="text/plain", size=2, stream=io.BytesIO(b"ok"))
    )
    assert told(office) == {("bruno", "internal", What.CHANGED), ("carla", "internal", What.CHANGED)}
    session.detach(target, file.id)
    assert told(office) == {("bruno", "internal", What.CHANGED), ("carla", "internal", What.CHANGED)}


def test_who_is_in_an_invited_group_is_told(office: Office) -> None:
    staff = Participant(kind=ParticipantKind.GROUP, id=office.group("staff").id)
    office.session("anna").create(office.default("anna"), meeting(participants=(staff,)))
    assert {name for name, _, _ in told(office)} == {"bruno", "carla"}


@pytest.mark.rule("7.notices")
def test_tasks_that_are_given_away_are_told_with_their_progress(office: Office) -> None:
    anna, bruno = office.session("anna"), office.session("bruno")
    task = Task(title="Paint", participants=office.invite("bruno"))
    id_ = anna.create(office.default("anna", Module.TASKS), task).id
    assert told(office) == {("bruno", "internal", What.NEW)}
    bruno.update(id_, None, lambda _: {"percent": 50})
    assert told(office) == {("anna", "internal", What.CHANGED)}


def test_emptying_a_calendar_cancels_what_others_were_invited_to(office: Office) -> None:
    folder = office.private("anna", "Projects").id
    anna = office.session("anna")
    anna.create(folder, meeting(participants=(EVA,)))
    anna.create(folder, meeting("Second", at(14), participants=office.invite("bruno")))
    told(office)
    anna.clear_folder(folder)
    assert told(office) == {("eva", "external", What.CANCELLED), ("bruno", "internal", What.CANCELLED)}
    anna.create(folder, meeting(participants=(EVA,)))
    told(office)
    anna.delete_folder(folder)
    assert told(office) == {("eva", "external", What.CANCELLED)}


def test_who_is_invited_from_elsewhere_answers_the_organiser_alone(office: Office) -> None:
    item = meeting(
        organizer=Organizer(mail=EVA.mail, name="Eva"), participants=(*office.invite("anna", "bruno"), EVA, TOM)
    )
    anna = Session(office.store, office.user("anna").id, teller=Teller.NOBODY)
    id_ = anna.create(office.default("anna"), item).id
    office.session("bruno").confirm(id_, Answer.TENTATIVE, "Perhaps")
    (reply,) = (one for one in notices(office) if one.audience is Audience.ORGANIZER)
    assert reply.answering is not None
    assert (reply.recipient.mail, reply.answering.mail) == (EVA.mail, "bruno@example.org")
    assert (reply.answer, reply.message) == (Answer.TENTATIVE, "Perhaps")
    told(office)
    office.session("anna").delete(id_)
    (reply,) = (one for one in notices(office) if one.audience is Audience.ORGANIZER)
    assert reply.answer is Answer.DECLINED


@pytest.mark.parametrize("field", ["when", "participants"])
def test_the_sequence_rises_when_people_must_look_again(office: Office, field: str) -> None:
    id_ = invite(office, EVA)
    anna = office.session("anna")
    anna.update(id_, None, lambda _: {"title": "Other"})
    assert appointment_of(anna.get(id_, Module.CALENDAR)).sequence == 0
    anna.update(id_, None, lambda _: {"when": at(15)} if field == "when" else {"participants": office.invite("anna")})
    assert appointment_of(anna.get(id_, Module.CALENDAR)).sequence == 1


def test_the_administrator_can_switch_all_of_it_off(office: Office) -> None:
    with office.store.writing(SYSTEM_USER) as tx:
        mail_settings.tell_of_changes(tx, notices=False)
    invite(office, EVA)
    assert told(office) == set()


def test_imports_tell_nobody(office: Office) -> None:
    calendar = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n"
        b"DTSTART:20990101T100000Z\r\nSUMMARY:x\r\nATTENDEE:mailto:eva@elsewhere.example\r\n"
        b"ATTENDEE:mailto:bruno@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    assert import_file(office.session("anna"), None, "x.ics", calendar).imported == 1
    assert told(office) == set()


def test_a_refused_change_tells_nobody(office: Office) -> None:
    anna = office.session("anna")

    def fail(session: Session) -> None:
        session.create(office.default("anna"), meeting(participants=(EVA,)))
        raise ValueError

    anna.batch([fail])
    assert told(office) == set()


def test_a_large_meeting_tells_people_elsewhere_of_nobody_else(office: Office) -> None:
    many = tuple(Participant(kind=ParticipantKind.EXTERNAL, mail=f"p{n}@elsewhere.example") for n in range(120))
    invite(office, *many)
    for notice in notices(office):
        assert notice.after is not None
        shown = notice.after.item.participants
        assert len(shown) == (1 if notice.audience is Audience.EXTERNAL else 100)


CHANGES = st.sampled_from(["eva", "tom", "bruno", "carla", "title", "time", "label", "send"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(CHANGES, max_size=12))
def test_whatever_happens_each_learns_the_last_state_and_nothing_twice(office: Office, changes: list[str]) -> None:
    """Follows, as each recipient would, the mails of a random history; in the end all know what is so."""
    anna = office.session("anna")
    id_ = anna.create(office.default("anna"), meeting(), ignore_conflicts=True).id
    known: dict[str, object] = {}
    told(office)
    people: dict[str, Participant] = {}
    for number, change in enumerate([*changes, "send"]):
        if change == "send":
            _read(office, known)
            _expect(office, id_, known)
        else:
            _carry_out(office, id_, people, change, number)
    assert told(office) == set()


def _carry_out(office: Office, id_: ItemId, people: dict[str, Participant], change: str, number: int) -> None:
    parties = {"eva": EVA, "tom": TOM} | {name: office.invite(name)[0] for name in ("bruno", "carla")}
    patch: dict[str, object]
    if change in parties:
        if people.pop(change, None) is None:
            people[change] = parties[change]
        patch = {"participants": (*office.invite("anna"), *people.values())}
    elif change == "time":
        patch = {"when": at(8 + number)}
    else:
        patch = {"title": f"Title {number}"} if change == "title" else {"color_label": number % 10}
    office.session("anna").update(id_, None, lambda _: patch, ignore_conflicts=True)


def _read(office: Office, known: dict[str, object]) -> None:
    """Take in all mails: each must bring news, one to a recipient, from what that one knew."""
    found = notices(office)
    assert max(Counter(one.recipient.mail for one in found).values(), default=1) == 1
    for one in found:
        name = one.recipient.mail.partition("@")[0]
        assert _facts(one.before) == known.get(name)
        assert _facts(one.after) != known.get(name)
        known[name] = _facts(one.after)
    told(office)


def _expect(office: Office, id_: ItemId, known: dict[str, object]) -> None:
    item = appointment_of(office.session("anna").get(id_, Module.CALENDAR))
    now = (item.title, item.when, frozenset(_names(office, item)))
    for name in ("eva", "tom", "bruno", "carla"):
        assert known.get(name) == (now if name in now[2] else None)


def _facts(version: Version | None) -> object:
    if version is None or not isinstance(version.item, Appointment):
        return None
    item = version.item
    return item.title, item.when, frozenset(each.mail.partition("@")[0] for each in item.participants)


def _names(office: Office, item: Appointment) -> set[str]:
    logins = {office.user(login).id: login for login in ("anna", "bruno", "carla")}
    return {
        logins[UserId(each.id)] if each.id is not None else each.mail.partition("@")[0] for each in item.participants
    }
