"""What is particular to appointments: participants, series and conflicts (semantics reference, section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

import msgspec

from passerelle.groupware import conflicts, default_answers, organisers, participants
from passerelle.groupware.access import Located
from passerelle.groupware.actor import Actor
from passerelle.groupware.calendars import members_in, placements
from passerelle.groupware.occurrence_rules import carry, is_over, with_deleted
from passerelle.model.errors import Contradiction, NotFound
from passerelle.model.folders import Folder, FolderType
from passerelle.model.ids import ItemId, Stamp, UserId
from passerelle.model.items import Appointment, Item, Task
from passerelle.model.participants import Answer
from passerelle.model.patch import Patch
from passerelle.model.patterns import adjust_start
from passerelle.model.records import ItemRecord
from passerelle.model.recurrence import Recurrence
from passerelle.model.text import Text
from passerelle.store import Reading, Writing

Invitation = TypeVar("Invitation", Appointment, Task)


def create(tx: Writing, actor: Actor, folder: Folder, item: Appointment, *, ignore_conflicts: bool) -> ItemRecord:
    """Store a new appointment, and show it in the calendars of those who take part."""
    if item.recurrence_id is not None:
        raise Contradiction("Change an occurrence through its series.", "APP-0083")
    require_free_uid(tx, item.uid)
    joined = participants.on_create(participants.unique(item.participants), folder, actor.user)
    item = with_checked_participants(tx, started(msgspec.structs.replace(item, participants=joined)))
    item = with_default_answers(tx, item, (), folder)
    conflicts.check(tx, actor, conflicts.Booking(item, folder), ignore_conflicts=ignore_conflicts)
    return tx.items.add(folder.id, item, placements=placements(tx, folder, item.participants))


def update(
    tx: Writing,
    actor: Actor,
    found: Located,
    before: Appointment,
    after: Appointment,
    sent: Patch,
    *,
    ignore_conflicts: bool,
) -> None:
    """Store a changed appointment: a single one, a master, or a change exception. ``sent`` is what the client said."""
    record, home = found.record, home_of(tx, found.record.id)
    if record.master is not None:
        _check_exception(tx, actor, record, before, after)
    if after.uid != before.uid:
        require_free_uid(tx, after.uid)
    after = with_merged_participants(tx, before, after, on_behalf(found.folder, actor))
    organisers.check_change(tx, before, after, sent)
    check_owner(tx, found, before, after)
    after = with_default_answers(tx, after, before.participants, home)
    if _time_changed(before, after):
        after = ask_again(before, started(after), on_behalf(found.folder, actor))
    after = in_sequence(before, after)
    carried = carry(before, after, record.changed)
    after = carried.item
    if _may_collide(before, after):
        booking = conflicts.Booking(after, home, record.id, record.master, tuple(sorted(carried.kept.values())))
        conflicts.check(tx, actor, booking, ignore_conflicts=ignore_conflicts)
    carry_exceptions(tx, actor, record, carried.kept, private=after.private)
    placed = tx.items.placements(record.id)
    shown = placements(tx, home, after.participants, before.participants, placed)
    tx.items.replace(record.id, after, placements=shown)
    if {one.user for one in shown} != {one.user for one in placed if one.user is not None}:
        _restamp_master(tx, actor, record)


def started(item: Appointment) -> Appointment:
    """The appointment with its start on the first real occurrence, where one rule alone says what that is.

    A series with additional dates keeps its start: that is how an imported one says that its start counts
    by itself.
    """
    recurrence = item.recurrence
    if recurrence is None or len(recurrence.rules) != 1 or recurrence.dates:
        return item
    return msgspec.structs.replace(item, when=adjust_start(item.when, recurrence.rules[0]))


def require_free_uid(tx: Reading, uid: str | None) -> None:
    """Refuse a uid that another appointment has.

    Raises:
        Contradiction: APP-0100.
    """
    if uid is not None and tx.items.by_uid(uid):
        raise Contradiction(Text("There is already an appointment with the uid {uid}.", uid=uid), "APP-0100")


def on_behalf(folder: Folder, actor: Actor) -> UserId:
    """Whose answer a change through a folder may give: a private one's owner's, else the acting user's."""
    return folder.owner if folder.type is FolderType.PRIVATE else actor.user


def with_checked_participants(tx: Reading, item: Invitation, before: participants.Participants = ()) -> Invitation:
    """The item with each participant once, all of them possible, and the new ones known in the directory.

    Somebody new who is named by the mail address of a user or a resource is that user or resource.
    """
    known = {each.identity for each in before}
    named = tuple(
        each
        if each.identity in known
        else participants.recognised(each, tx.principals.by_mail, resources=isinstance(item, Appointment))
        for each in item.participants
    )
    item = msgspec.structs.replace(item, participants=participants.unique(named))
    participants.check(item, before)
    participants.require_known(tx, tuple(each for each in item.participants if each.identity not in known))
    if isinstance(item, Task):
        participants.require_members(item.participants, before, members_in(tx))
    return item


def with_default_answers(
    tx: Reading, item: Appointment, before: participants.Participants, home: Folder
) -> Appointment:
    """The appointment with the default answers of those who are newly invited (section 5.2)."""
    filled = default_answers.filled(tx, item.participants, before, home)
    return msgspec.structs.replace(item, participants=filled)


def with_merged_participants(tx: Reading, before: Invitation, after: Invitation, self_: UserId) -> Invitation:
    """The item with the stored answers of those who stay (section 5.3)."""
    if after.participants == before.participants:
        return after
    after = with_checked_participants(tx, after, before.participants)
    merged = participants.on_update(before.participants, after.participants, self_)
    return msgspec.structs.replace(after, participants=merged)


def ask_again(before: Appointment, after: Appointment, self_: UserId) -> Appointment:
    """The appointment after its time changed: those who were invited before have to answer again."""
    asked = {each.identity for each in before.participants}
    reset = {each.identity: each for each in participants.without_answers(after.participants, self_)}
    answered = tuple(reset[each.identity] if each.identity in asked else each for each in after.participants)
    return msgspec.structs.replace(after, participants=answered)


def in_sequence(before: Invitation, after: Invitation) -> Invitation:
    """The item with a higher sequence if those who were invited have to look again (RFC 5545, section 3.8.7.4).

    That is so where its time is another one or somebody is no longer invited. Only who organises it counts: whoever
    is invited from elsewhere leaves the sequence alone.
    """
    if after.sequence > before.sequence or (after.organizer is not None and after.organizer.id is None):
        return after
    gone = {each.identity for each in before.participants} - {each.identity for each in after.participants}
    if not gone and _time_of(before) == _time_of(after):
        return after
    return msgspec.structs.replace(after, sequence=before.sequence + 1)


def _time_of(item: Appointment | Task) -> object:
    return _pattern(item) if isinstance(item, Appointment) else (item.start, item.due, item.recurrence)


def check_owner(tx: Reading, found: Located, before: Appointment, after: Appointment) -> None:
    """Refuse to take out everybody, or whose calendar it is: the one it lives in, and the one it was reached through.

    Raises:
        Contradiction: APP-0009, APP-0076.
    """
    for folder in (home_of(tx, found.record.id), found.folder):
        participants.check_owner_stays(before.participants, after.participants, folder)
    if before.participants and not after.participants:
        raise Contradiction("Somebody must take part.", "APP-0009")


def home_of(tx: Reading, id_: ItemId) -> Folder:
    """The folder in which an item lives; the others only show it."""
    for placement in tx.items.placements(id_):
        folder = tx.folders.get(placement.folder) if placement.user is None else None
        if folder is not None:
            return folder
    raise NotFound(Text("There is no item {id}.", id=id_))


def _check_exception(tx: Reading, actor: Actor, record: ItemRecord, before: Appointment, after: Appointment) -> None:
    """What may not change about a change exception (OX reference, section 11.4)."""
    if after.recurrence is not None:
        raise Contradiction("A changed occurrence cannot become a series.", "APP-0099")
    if after.recurrence_id != before.recurrence_id:
        raise Contradiction("A changed occurrence keeps its place in the series.", "APP-0083")
    if record.master is not None and after.private != before.private:
        master = tx.items.get(record.master, actor.user)
        if master is not None and master.item.private != after.private:
            raise Contradiction("A series is private as a whole or not at all.", "APP-0069")


def _pattern(item: Appointment) -> object:
    """What makes an appointment's time, without single dates that are left out."""
    recurrence = item.recurrence
    if isinstance(recurrence, Recurrence):
        return item.when, recurrence.rules, recurrence.dates
    return item.when


def _deleted(item: Appointment) -> frozenset[datetime]:
    return frozenset(item.recurrence.deleted if item.recurrence is not None else ())


def _time_changed(before: Appointment, after: Appointment) -> bool:
    return _pattern(before) != _pattern(after)


def _may_collide(before: Appointment, after: Appointment) -> bool:
    """Whether a change touches what can collide (section 5.6)."""
    if _time_changed(before, after) or before.shown_as is not after.shown_as:
        return True
    if _deleted(before) - _deleted(after):
        return True
    return bool({each.identity for each in after.participants} - {each.identity for each in before.participants})


def carry_exceptions(
    tx: Writing, actor: Actor, record: ItemRecord, kept: Mapping[datetime, datetime], *, private: bool
) -> None:
    """Remove the change exceptions that a change of the master drops; move and hide the others with it."""
    if not record.changed:
        return
    for exception in tx.items.exceptions(record.id, actor.user):
        item = exception.item
        if not isinstance(item, Appointment):
            continue
        key = None if item.recurrence_id is None else kept.get(item.recurrence_id)
        if key is None:
            tx.items.remove(exception.id)
        elif key != item.recurrence_id or item.private != private:
            moved = msgspec.structs.replace(item, recurrence_id=key, private=private)
            tx.items.replace(exception.id, moved)


def leave_home(tx: Writing, record: ItemRecord, owner: UserId) -> Stamp:
    """Take out the owner of the calendar that an appointment of another organiser lives in (section 5.4).

    It lives on in the calendar of another user who takes part.
    """
    heir, *others = (one for one in tx.items.placements(record.id) if one.user is not None)
    for exception in tx.items.exceptions(record.id) if record.changed else ():
        tx.items.replace(exception.id, _declined(exception.item, owner))
    item = _declined(record.item, owner)
    return tx.items.replace(record.id, item, folder=heir.folder, placements=others)


def is_anothers(tx: Reading, record: ItemRecord, owner: UserId) -> bool:
    """Whether somebody else organises an appointment of a private calendar, and other users here take part."""
    item = record.item
    if not isinstance(item, Appointment) or record.master is not None:
        return False
    return not organisers.is_organised_by(tx, item.organizer, owner) and any(
        one.user is not None for one in tx.items.placements(record.id)
    )


def leave(tx: Writing, actor: Actor, record: ItemRecord, user: UserId) -> Stamp:
    """Take a participant out, also of changed occurrences: declined, and gone from the calendar (section 5.4)."""
    for exception in tx.items.exceptions(record.id, actor.user) if record.changed else ():
        if any(placement.user == user for placement in tx.items.placements(exception.id)):
            _leave_one(tx, exception, user)
    stamp = _leave_one(tx, record, user)
    _restamp_master(tx, actor, record)
    return stamp


def _restamp_master(tx: Writing, actor: Actor, record: ItemRecord) -> None:
    """Stamp the series of a change exception that came to or left calendars: there the series looks different now."""
    master = tx.items.get(record.master, actor.user) if record.master is not None else None
    if master is not None:
        tx.items.replace(master.id, master.item)


def _leave_one(tx: Writing, record: ItemRecord, user: UserId) -> Stamp:
    remaining = tuple(p for p in tx.items.placements(record.id) if p.user not in (None, user))
    return tx.items.replace(record.id, _declined(record.item, user), placements=remaining)


def _declined(item: Item, user: UserId) -> Item:
    if not isinstance(item, Appointment | Task):
        return item
    declined = participants.with_answer(item.participants, user, Answer.DECLINED, "")
    return msgspec.structs.replace(item, participants=declined)


def remove_exception(tx: Writing, actor: Actor, record: ItemRecord) -> Stamp:
    """Delete a changed occurrence: its date joins the master's deletion exceptions (reference, 11.4)."""
    assert record.master is not None  # noqa: S101 - the caller has looked
    master = tx.items.get(record.master, actor.user)
    key = record.item.recurrence_id if isinstance(record.item, Appointment) else None
    stamp = tx.items.remove(record.id)
    if master is None or key is None or not isinstance(master.item, Appointment):
        return stamp
    return without_occurrences(tx, master, key)


def without_occurrences(tx: Writing, master: ItemRecord, key: datetime) -> Stamp:
    """Give a master one more deletion exception; a series of which nothing is left goes."""
    assert isinstance(master.item, Appointment)  # noqa: S101 - masters are appointments
    item = with_deleted(master.item, key)
    if is_over(item):
        return tx.items.remove(master.id)
    return tx.items.replace(master.id, item)
