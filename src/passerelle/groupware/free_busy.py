"""When users, groups and resources are busy, for whoever asks (semantics, sections 4.1 and 9).

Only times leave: never what an appointment is about, so that private ones count like all others. A user chooses how
much is published; resources are public; a group's times are those of its members who publish theirs, merged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

import msgspec
from msgspec import Struct

from passerelle.groupware.actor import Actor
from passerelle.groupware.calendars import members_in
from passerelle.groupware.conflicts import each_once, may_show, taking_part
from passerelle.groupware.overlap import MAX_OCCURRENCES, busy, spans
from passerelle.model.errors import NotFound
from passerelle.model.folders import Folder
from passerelle.model.ids import FolderId, GroupId, ItemId, ResourceId, UserId
from passerelle.model.items import Appointment, ShownAs
from passerelle.model.moments import Span, Timed, day_start
from passerelle.model.participants import Participant, ParticipantKind
from passerelle.model.principals import FreeBusyDetail, Group, Resource, User
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text
from passerelle.store import Reading, Store, Writing


class BusyTime(Struct, frozen=True, order=True):
    """A time that is taken, in UTC, and how its appointment is shown; None where that is not told."""

    start: datetime
    end: datetime
    shown_as: ShownAs | None = None


class Published(Struct, frozen=True):
    """Whose times were asked for, and the times, in order."""

    address: str
    times: tuple[BusyTime, ...]


class Availability(Struct, frozen=True):
    """A participant with the times that are taken, in order; None where nothing can be known."""

    participant: Participant
    times: tuple[BusyTime, ...] | None


def ask(store: Store, name: str, domain: str, start: datetime, end: datetime) -> Published:
    """What is published between two instants of the user, group or resource with the address ``name@domain``.

    Raises:
        NotFound: there is nobody with that address, or nothing is published; the two are not told apart.
    """
    with store.reading() as tx:
        who = find(tx, name, domain)
        found = None if who is None else publish(tx, who, start, end)
    if found is None:
        raise NotFound(Text("Nothing is published of “{name}@{domain}”.", name=name, domain=domain))
    return found


def choose(tx: Writing, actor: Actor, detail: FreeBusyDetail) -> User:
    """Let everybody see so much of the actor's time from now on.

    Raises:
        NotFound: the user is gone.
    """
    user = tx.principals.user(actor.user)
    if user is None or user.deleted:
        raise NotFound(Text("There is no user {user}.", user=actor.user))
    return tx.principals.replace_user(msgspec.structs.replace(user, free_busy=detail))


def look_up(
    tx: Reading, actor: Actor, parties: Iterable[Participant], start: datetime, end: datetime, besides: ItemId | None
) -> tuple[Availability, ...]:
    """When participants are busy between two instants. See :meth:`Session.availability`."""
    return tuple(Availability(one, _known(tx, actor, one, start, end, besides)) for one in parties)


def _known(
    tx: Reading, actor: Actor, party: Participant, start: datetime, end: datetime, besides: ItemId | None
) -> tuple[BusyTime, ...] | None:
    who = _principal(tx, party)
    if isinstance(who, User) and who.id == actor.user:
        return tuple(sorted(_of_user(tx, who, start, end, besides)))
    published = None if who is None or who.deleted else publish(tx, who, start, end, besides)
    return None if published is None else published.times


def _principal(tx: Reading, party: Participant) -> User | Group | Resource | None:
    if party.id is None:
        return tx.principals.by_mail(party.mail) if party.mail else None
    if party.kind is ParticipantKind.RESOURCE:
        return tx.principals.resource(ResourceId(party.id))
    if party.kind is ParticipantKind.GROUP:
        return tx.principals.group(GroupId(party.id))
    return tx.principals.user(UserId(party.id))


def find(tx: Reading, name: str, domain: str) -> User | Group | Resource | None:
    """Who is meant by the two halves of an address; the first may also be a user's number or a group's name."""
    found = tx.principals.by_mail(f"{name}@{domain}")
    if found is not None:
        return found
    if name.isdecimal() and name.isascii() and len(name) <= len(str(2**62)):
        user = tx.principals.user(UserId(int(name)))
        return user if user is not None and not user.deleted and _is_at(user, domain) else None
    groups = (group for group in tx.principals.groups() if group.name.casefold() == name.casefold())
    return next((group for group in groups if any(_is_at(user, domain) for user in _users(tx, group))), None)


def publish(
    tx: Reading, who: User | Group | Resource, start: datetime, end: datetime, besides: ItemId | None = None
) -> Published | None:
    """The times between two instants that are published of somebody; None if that person publishes nothing.

    The appointment ``besides``, a whole series, is left out.
    """
    if isinstance(who, Resource):
        return Published(who.email, tuple(sorted(_of_resource(tx, who, start, end, besides))))
    if isinstance(who, Group):
        members = [user for user in _users(tx, who) if user.free_busy is not FreeBusyDetail.NOTHING]
        return Published(who.name, merged(time for user in members for time in _of_user(tx, user, start, end, besides)))
    if who.free_busy is FreeBusyDetail.NOTHING:
        return None
    times = _of_user(tx, who, start, end, besides)
    return Published(who.email, merged(times) if who.free_busy is FreeBusyDetail.BUSY else tuple(sorted(times)))


def with_told(known: Availability, told: Iterable[BusyTime], besides: tuple[datetime, datetime] | None) -> Availability:
    """What is known of a participant here, and what a server tells: it counts the appointment ``besides``, too."""
    more = [time for time in told if (time.start, time.end) != besides]
    if not more:
        return known
    times = sorted({*(known.times or ()), *more}, key=lambda time: (time.start, time.end))
    return msgspec.structs.replace(known, times=tuple(times))


def merged(times: Iterable[BusyTime]) -> tuple[BusyTime, ...]:
    """The same times without kinds, free ones left out; what overlaps or touches becomes one."""
    found: list[BusyTime] = []
    for one in sorted(time for time in times if time.shown_as is not ShownAs.FREE and time.end > time.start):
        if found and one.start <= found[-1].end:
            found[-1] = msgspec.structs.replace(found[-1], end=max(found[-1].end, one.end))
        else:
            found.append(BusyTime(one.start, one.end))
    return tuple(found)


def _users(tx: Reading, group: Group) -> Iterator[User]:
    found = (tx.principals.user(id_) for id_ in group.members)
    return (user for user in found if user is not None and not user.deleted)


def _is_at(user: User, domain: str) -> bool:
    return user.email.rpartition("@")[2].casefold() == domain.casefold()


def _of_user(tx: Reading, user: User, start: datetime, end: datetime, besides: ItemId | None) -> Iterator[BusyTime]:
    members = members_in(tx)
    folders: dict[FolderId, Folder] = {
        folder.id: folder for folder in tx.folders.all() if may_show(folder, frozenset({user.id}))
    }
    for record in each_once(tx.items.extents(tuple(folders), start, end)):
        item = record.item
        if besides is not None and besides in (record.id, record.master):
            continue
        if isinstance(item, Appointment) and user.id in taking_part(item.participants, folders[record.folder], members):
            yield from _times(record, item, user.zone, start, end)


def _of_resource(
    tx: Reading, resource: Resource, start: datetime, end: datetime, besides: ItemId | None
) -> Iterator[BusyTime]:
    for record in tx.items.bookings(resource.id, start, end):
        is_other = besides is None or besides not in (record.id, record.master)
        if is_other and isinstance(record.item, Appointment):
            yield from _times(record, record.item, "UTC", start, end)


def _times(record: ItemRecord, item: Appointment, zone: str, start: datetime, end: datetime) -> Iterator[BusyTime]:
    """The occurrences within the window; a whole day is that day on the person's own wall clock."""
    if item.cancelled:
        return
    for span in islice(spans(busy(item, record.changed), start, end), MAX_OCCURRENCES):
        one = BusyTime(*_instants(span, zone), item.shown_as)
        if one.start < end and (one.end > start or one.start == one.end >= start):
            yield one


def _instants(span: Span, zone: str) -> tuple[datetime, datetime]:
    if isinstance(span, Timed):
        return span.start, span.end
    return day_start(span.start, zone), day_start(span.end, zone)
