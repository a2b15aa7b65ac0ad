"""Who and what is booked twice (semantics reference, section 5.6).

Runs inside the writing transaction, and writers run one after the other: of two simultaneous bookings of a
room the second sees the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from passerelle.groupware.access import is_readable
from passerelle.groupware.actor import Actor
from passerelle.groupware.calendars import members_in
from passerelle.groupware.overlap import Wanted, busy
from passerelle.groupware.participants import Members, Participants, find, involved
from passerelle.groupware.rights import allowed
from passerelle.model.errors import Collision, Overlap
from passerelle.model.folders import Folder, FolderType, Module
from passerelle.model.ids import FolderId, ItemId, ResourceId, UserId
from passerelle.model.items import Appointment, ShownAs
from passerelle.model.moments import ONE_DAY, Span, Timed, span_end, span_start
from passerelle.model.occurrences import extent
from passerelle.model.participants import Answer, ParticipantKind
from passerelle.model.records import ItemRecord
from passerelle.store import Reading

MAX_COLLISIONS = 999
_FAR = datetime.max.replace(tzinfo=UTC)
_HORIZON = timedelta(days=366)
"""How far people's calendars are searched for a series; a room is never booked twice, however far away."""
_FREE_ANSWERS = (Answer.DECLINED, Answer.TENTATIVE)


class Booking(Struct, frozen=True):
    """An appointment that is about to be stored.

    ``home`` is the folder it will live in, ``id`` and ``master`` tell it from itself and its own series,
    ``replaced`` holds the keys that its change exceptions stand for.
    """

    item: Appointment
    home: Folder
    id: ItemId | None = None
    master: ItemId | None = None
    replaced: tuple[datetime, ...] = ()


def check(tx: Reading, actor: Actor, booking: Booking, *, ignore_conflicts: bool) -> None:
    """Refuse an appointment that collides: with resources always, with people unless that is to be ignored.

    Raises:
        Overlap: with what stands in the way, as far as the actor may know it.
    """
    start, end = _window(booking.item)
    now = datetime.now(UTC)
    if booking.item.shown_as is ShownAs.FREE or end <= now:
        return
    collisions = _resource_collisions(tx, actor, booking, start, end)
    if not collisions and not ignore_conflicts:
        begin = max(start, now)
        horizon = end if booking.item.recurrence is None else min(end, begin + _HORIZON)
        collisions = _people_collisions(tx, actor, booking, begin, horizon)
    if collisions:
        if collisions[0].hard:
            raise Overlap("The appointment collides with others of a resource taking part.", collisions)
        raise Overlap("The appointment collides with others of people taking part.", collisions)


def _window(item: Appointment) -> tuple[datetime, datetime]:
    """The time in which an appointment can collide at all: whole days in every zone on earth."""
    start, end = extent(item)
    if not isinstance(item.when, Timed):
        start, end = start - ONE_DAY, None if end is None else end + ONE_DAY
    return start, _FAR if end is None else end


def _resource_collisions(
    tx: Reading, actor: Actor, booking: Booking, start: datetime, end: datetime
) -> list[Collision]:
    asked = [each for each in booking.item.participants if each.kind is ParticipantKind.RESOURCE]
    if not asked:
        return []
    found: list[Collision] = []
    wanted = Wanted(busy(booking.item, booking.replaced), start, end)
    for each in asked:
        id_ = ResourceId(each.id or 0)
        resource = tx.principals.resource(id_)
        name = resource.display_name if resource is not None else each.name
        for record in tx.items.bookings(id_, start, end):
            span = _collides(booking, wanted, record)
            if span is not None:
                found.append(_collision(tx, actor, record, span, (name,), hard=True))
    return found[:MAX_COLLISIONS]


def _people_collisions(tx: Reading, actor: Actor, booking: Booking, start: datetime, end: datetime) -> list[Collision]:
    members = members_in(tx)
    busy_users = _busy(booking.item.participants, booking.home, members)
    if not busy_users:
        return []
    found: list[Collision] = []
    wanted = Wanted(busy(booking.item, booking.replaced), start, end)
    folders = {folder.id: folder for folder in tx.folders.all() if may_show(folder, busy_users)}
    for record in each_once(tx.items.extents(tuple(folders), start, end)):
        item = record.item
        if not isinstance(item, Appointment):
            continue
        both = busy_users & taking_part(item.participants, folders[record.folder], members)
        span = _collides(booking, wanted, record) if both else None
        if span is not None:
            found.append(_collision(tx, actor, record, span, _names(tx, both), hard=False))
    return found[:MAX_COLLISIONS]


def may_show(folder: Folder, users: frozenset[UserId]) -> bool:
    """Whether a folder may hold appointments of these users: their own private ones, and all public ones."""
    if folder.module is not Module.CALENDAR:
        return False
    return folder.type is FolderType.PUBLIC or folder.owner in users


def each_once(records: Iterable[ItemRecord]) -> Iterator[ItemRecord]:
    """Each appointment once, though several folders show it."""
    seen: set[ItemId] = set()
    for record in records:
        if record.id not in seen:
            seen.add(record.id)
            yield record


def _busy(participants: Participants, home: Folder, members: Members) -> frozenset[UserId]:
    """The users whose time a new appointment takes: who declined or is tentative is not asked for it."""
    return _without(participants, home, members, _FREE_ANSWERS)


def taking_part(participants: Participants, folder: Folder, members: Members) -> frozenset[UserId]:
    """The users whose time a stored appointment takes: all but those who declined."""
    return _without(participants, folder, members, (Answer.DECLINED,))


def _without(
    participants: Participants, home: Folder, members: Members, answers: tuple[Answer, ...]
) -> frozenset[UserId]:
    users = involved(participants, members)
    if not participants and home.type is FolderType.PRIVATE:
        users = frozenset({home.owner})
    return frozenset(
        user for user in users if (entry := find(participants, user)) is None or entry.answer not in answers
    )


def _collides(booking: Booking, wanted: Wanted, record: ItemRecord) -> Span | None:
    """The first time of a stored appointment that a new one wants too; never of its own series."""
    item = record.item
    if not isinstance(item, Appointment) or item.shown_as is ShownAs.FREE or item.cancelled:
        return None
    own = {booking.id, booking.master} - {None}
    if record.id in own or (record.master is not None and record.master in own):
        return None
    return wanted.first_overlap(busy(item, record.changed))


def _names(tx: Reading, users: Iterable[UserId]) -> tuple[str, ...]:
    found = (tx.principals.user(user) for user in sorted(users))
    return tuple(user.display_name for user in found if user is not None)


def _collision(
    tx: Reading, actor: Actor, record: ItemRecord, span: Span, who: tuple[str, ...], *, hard: bool
) -> Collision:
    title = getattr(record.item, "title", None) if _may_read(tx, actor, record) else None
    return Collision(
        title=title or "",
        start=span_start(span),
        end=span_end(span),
        whole_day=not isinstance(span, Timed),
        hard=hard,
        who=who,
    )


def _may_read(tx: Reading, actor: Actor, record: ItemRecord) -> bool:
    """Whether the actor may read the appointment in any folder that shows it."""
    return any(_reads(tx, actor, record, placement.folder) for placement in tx.items.placements(record.id))


def _reads(tx: Reading, actor: Actor, record: ItemRecord, id_: FolderId) -> bool:
    folder = tx.folders.get(id_)
    return folder is not None and is_readable(record, folder, allowed(folder, actor), actor)
