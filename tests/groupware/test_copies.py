"""Copies are items of their own: whole, for their maker alone, and within the rules of the folder."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest

from passerelle.groupware.attachments import NewFile, Target
from passerelle.model.errors import Contradiction, Forbidden, NotFound
from passerelle.model.folders import GLOBAL_ADDRESS_BOOK, Module
from passerelle.model.items import Contact, Task
from passerelle.model.participants import ParticipantKind
from tests.groupware.office import EDITOR, MONDAY, READER, Office, appointment_of, at, daily, meeting


def test_a_copy_of_a_meeting_invites_nobody_and_books_no_room(office: Office) -> None:
    session, other = office.session("anna"), office.private("anna", "Other").id
    record = session.create(
        office.default("anna"), meeting(participants=(*office.invite("anna", "bruno"), office.invite_room()))
    )
    with office.store.reading() as tx:
        before = len(tx.outbox.unsent())
    made = session.copy(record.id, record.folder, Module.CALENDAR, other)
    copied = appointment_of(made)
    assert [(one.kind, one.id) for one in copied.participants] == [(ParticipantKind.USER, office.user("anna").id)]
    assert (copied.title, copied.when) == ("Meeting", at(10))
    assert copied.uid != record.item.uid
    with office.store.reading() as tx:
        assert len(tx.outbox.unsent()) == before
    assert len(office.session("bruno").ids(office.default("bruno"), Module.CALENDAR)) == 1


def test_a_series_is_copied_with_its_changed_and_deleted_occurrences_or_one_of_it_alone(office: Office) -> None:
    session, other = office.session("anna"), office.private("anna", "Other").id
    record = session.create(office.default("anna"), meeting("Daily", recurrence=daily(4)))
    session.change_occurrence(record.id, record.folder, MONDAY + timedelta(1), lambda _: {"title": "Special"})
    session.delete_occurrence(record.id, record.folder, MONDAY + timedelta(2))
    session.copy(record.id, record.folder, Module.CALENDAR, other)
    taken = session.agenda([other], MONDAY, MONDAY + timedelta(7))
    assert [one.appointment.title for one in taken] == ["Daily", "Special", "Daily"]
    session.copy(record.id, record.folder, Module.CALENDAR, other, at=MONDAY + timedelta(3))
    last = session.agenda([other], MONDAY + timedelta(3), MONDAY + timedelta(4))
    assert [one.appointment.recurrence is None for one in last].count(True) == 1


def test_files_come_along(office: Office) -> None:
    session, place = office.session("anna"), office.default("anna", Module.TASKS)
    record = session.create(place, Task(title="Read", participants=office.invite("bruno")))
    file = NewFile(name="plan.txt", media_type="text/plain", size=4, stream=BytesIO(b"plan"))
    session.attach(Target(record.id, Module.TASKS), file)
    made = session.copy(record.id, place, Module.TASKS, place)
    copied = session.get(made.id, Module.TASKS, place)
    assert [one.name for one in copied.attachments] == ["plan.txt"]
    assert isinstance(copied.item, Task)
    assert copied.item.participants == ()


def test_what_one_may_only_read_is_copied_to_where_one_may_write_and_not_the_other_way(office: Office) -> None:
    shared = office.share_default("anna", office.grant("bruno", READER), Module.CONTACTS)
    theirs = office.session("anna").create(shared, Contact(last_name="Known"))
    bruno, own = office.session("bruno"), office.default("bruno", Module.CONTACTS)
    mine = bruno.copy(theirs.id, shared, Module.CONTACTS, own)
    with pytest.raises(Forbidden, match="may not create"):
        bruno.copy(mine.id, own, Module.CONTACTS, shared)
    (colleague, *_) = bruno.ids(GLOBAL_ADDRESS_BOOK, Module.CONTACTS)
    bruno.copy(colleague, GLOBAL_ADDRESS_BOOK, Module.CONTACTS, own)
    assert len(bruno.ids(own, Module.CONTACTS)) == 2


def test_what_is_private_stays_among_ones_own_and_hidden(office: Office) -> None:
    shared = office.share_default("anna", office.grant("bruno", EDITOR))
    record = office.session("anna").create(shared, meeting("Secret", private=True))
    public = office.public("anna").id
    with pytest.raises(Contradiction, match="private"):
        office.session("anna").copy(record.id, shared, Module.CALENDAR, public)
    with pytest.raises(NotFound):
        office.session("bruno").copy(record.id, shared, Module.CALENDAR, office.default("bruno"))
    own = office.private("anna", "Own").id
    assert office.session("anna").copy(record.id, shared, Module.CALENDAR, own).item.private
