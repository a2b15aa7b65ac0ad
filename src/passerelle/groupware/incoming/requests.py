"""Invitations by people outside, and changes of them (RFC 5546, section 3.2.2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from passerelle.groupware.calendars import default_folders
from passerelle.groupware.import_entries import Entry, entries_of, without_controls
from passerelle.groupware.incoming import copies
from passerelle.groupware.incoming.letters import Letter, Report, revision_of
from passerelle.model.errors import NotFound, Unreadable
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, UserId
from passerelle.model.items import Appointment
from passerelle.model.moments import midnight
from passerelle.model.principals import User
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text
from passerelle.store import Reading, Revision, Subject, Writing
from passerelle.wire import icalendar
from passerelle.wire.icalendar import Series
from passerelle.wire.icalendar.scheduling import Message, Part, Party
from passerelle.wire.icalendar.zones import instant


def take(tx: Writing, user: User, letter: Letter, message: Message) -> Report:
    """Put an invitation into the user's calendar, or bring what is there up to it.

    Raises:
        Unreadable: it is broken, or about several things.
        Forbidden: it does not come from the organiser, or the user has the uid from somebody else.
    """
    organizer = copies.organizer_of(letter, message)
    if copies.is_local(tx, organizer):
        return Report(Text("Nothing to do: {mail} organises here, and this server has the appointment.",
                           mail=organizer.mail))  # fmt: skip
    series = _series(letter, user)
    news = _news(tx, user, organizer, message)
    if not news:
        return Report(Text("The invitation is not newer than what is known: it was left aside."))
    for part in news:
        tx.correspondence.note(_subject(user, organizer, part), revision_of(part))
    found = [_take_entry(tx, user, organizer, entry) for entry in _entries(tx, user, organizer, series)]
    if all(found):
        return Report(Text("The appointment in the calendar of {login} was brought up to date.", login=user.login),
                      is_news=True)  # fmt: skip
    return Report(Text("The invitation was put into the calendar of {login}.", login=user.login), is_news=True)


def _series(letter: Letter, user: User) -> Series:
    """The one thing that the message is about."""
    result = icalendar.read(letter.calendar, user.zone)
    if result.problems:
        raise Unreadable(result.problems[0].reason, result.problems[0].line)
    if len(result.entries) != 1:
        raise Unreadable("An invitation is to one appointment or to one series; this one is to several.")
    return result.entries[0]


def _news(tx: Reading, user: User, organizer: Party, message: Message) -> list[Part]:
    """The components that are newer than what was taken before; all or none, where the whole series is among them."""
    whole = [part for part in message.parts if part.moved is None]
    decisive = whole or list(message.parts)
    if not any(is_newer(tx.correspondence.last(_subject(user, organizer, part)), part) for part in decisive):
        return []
    return list(message.parts)


def is_newer(last: Revision | None, part: Part) -> bool:
    """Whether a component says more than the last one that was taken."""
    return last is None or revision_of(part) > last


def _subject(user: User, organizer: Party, part: Part) -> Subject:
    return subject(user.id, organizer, part)


def subject(user: UserId, organizer: Party, part: Part) -> Subject:
    """What an organiser's component is about, for the correspondence with one guest."""
    return Subject(part.uid, organizer.mail, moment_of(part), user)


def moment_of(part: Part) -> datetime | None:
    """Which occurrence a component is about, as far as it says so itself; None if it is about the whole."""
    if part.moved is None:
        return None
    return midnight(part.moved.day) if part.moved.is_day else instant(part.moved, "UTC")


def _entries(tx: Reading, user: User, organizer: Party, series: Series) -> Iterable[Entry]:
    """What to keep: occurrences of a series that the user has belong into it; alone they are appointments."""
    if series.master is None and series.exceptions:
        uid = series.exceptions[0].uid or ""
        copy = copies.find(tx, user, uid, organizer)
        if copy is not None and isinstance(copy.item, Appointment) and copy.item.recurrence is not None:
            return [Entry(copy.item, series.exceptions)]
    return entries_of(series)


def _take_entry(tx: Writing, user: User, organizer: Party, entry: Entry) -> bool:
    """Keep one entry; tell whether a copy was there."""
    entry = without_controls(entry)
    sent = entry.item
    assert isinstance(sent, Appointment)  # noqa: S101 - tasks were turned away
    copy = copies.find(tx, user, sent.uid or "", organizer)
    exceptions = tuple(copies.as_guest(one, user) for one in entry.exceptions)
    if copy is None:
        copies.add(tx, _calendar(tx, user), copies.as_guest(sent, user), exceptions)
        return False
    record = copies.revise(tx, user, copy, copies.as_guest(sent, user))
    for exception in exceptions:
        record = _take_exception(tx, user, record, exception)
    return True


def _take_exception(tx: Writing, user: User, master: ItemRecord, sent: Appointment) -> ItemRecord:
    """Change one occurrence of a copy; one that was called off takes place again. Return the series."""
    series, key = master.item, sent.recurrence_id
    assert isinstance(series, Appointment) and key is not None  # noqa: S101, PT018 - the caller has looked
    for record in tx.items.exceptions(master.id, user.id):
        if isinstance(record.item, Appointment) and record.item.recurrence_id == key:
            copies.revise(tx, user, record, sent)
            return master
    if series.recurrence is not None and key in series.recurrence.deleted:
        deleted = tuple(one for one in series.recurrence.deleted if one != key)
        recurrence = msgspec.structs.replace(series.recurrence, deleted=deleted)
        tx.items.replace(master.id, msgspec.structs.replace(series, recurrence=recurrence))
    tx.items.add(master.folder, sent, master=master.id)
    return tx.items.get(master.id, user.id) or master


def _calendar(tx: Reading, user: User) -> FolderId:
    """The user's default calendar."""
    folder = default_folders(tx, Module.CALENDAR).get(user.id)
    if folder is None:
        raise NotFound(Text("{login} has no calendar.", login=user.login))
    return folder
