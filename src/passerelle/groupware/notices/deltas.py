"""What a change did to an item, to its occurrences, and to who takes part. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import Enum, auto

import msgspec
from msgspec import Struct

from passerelle.groupware.addressees import is_outside
from passerelle.groupware.letters import Invitation, Version
from passerelle.groupware.occurrence_rules import as_exception, occurrence_at, series_of
from passerelle.model.items import Appointment
from passerelle.model.participants import Participant
from passerelle.model.records import ItemRecord

_UNTOLD = frozenset({
    "alarm", "categories", "color_label", "foreign", "note_html", "organizer", "private", "recurrence", "recurrence_id",
    "sequence", "shown_as", "uid", "actual_duration", "target_duration", "actual_costs", "target_costs", "currency",
    "billing_information", "companies", "trip_meter", "contacts",
})  # fmt: skip
"""Fields whose change is nothing to write to people about; the recurrence is looked at by itself."""


class What(Enum):
    """What happened to an item, as one recipient sees it."""

    NEW = auto()
    CHANGED = auto()
    CANCELLED = auto()
    ANSWERED = auto()
    """Nothing but somebody's answer is different."""


class State(Struct, frozen=True):
    """A single item, or a series with its change exceptions."""

    root: ItemRecord
    exceptions: tuple[ItemRecord, ...] = ()


class Delta(Struct, frozen=True, kw_only=True):
    """One item, or one occurrence, before and after a change. ``master`` is an occurrence's series.

    ``told`` is an item whose participants learn the same from it, or need not learn it, so that they are not told of
    this one; ``joined`` has those who come to take part in the whole series, and learn it from that.
    ``is_new_elsewhere`` says that people from elsewhere do not know it yet, though people here do; ``lost_elsewhere``
    names those who lose it by what they are told of its series.
    """

    subject: str
    before: Version | None
    after: Version | None
    master: Appointment | None = None
    exceptions: tuple[Appointment, ...] = ()
    told: Invitation | None = None
    joined: Invitation | None = None
    is_new_elsewhere: bool = False
    lost_elsewhere: frozenset[tuple[str, str]] = frozenset()


def deltas(before: State | None, after: State | None) -> Iterator[Delta]:
    """What happened, the whole item first. States of contacts are no states."""
    state = after or before
    if state is None:
        return
    root = Delta(
        subject=str(state.root.id),
        before=None if before is None else version_of(before.root),
        after=None if after is None else version_of(after.root),
        exceptions=() if after is None else _items(after),
    )
    yield root
    yield from _occurrences(before, after)


def version_of(record: ItemRecord) -> Version | None:
    """An appointment or a task as it is now; None for anything else."""
    if not isinstance(record.item, Invitation):
        return None
    return Version(item=record.item, files=_files(record))


def what(before: Version | None, after: Version | None) -> What | None:
    """What happened to who had a part in the first and has one in the second version; None if nothing did."""
    if before is None or after is None:
        if before is after:
            return None
        return What.NEW if before is None else What.CANCELLED
    if facts(before) != facts(after):
        return What.CHANGED
    return What.ANSWERED if answers(before) != answers(after) else None


def facts(version: Version) -> dict[str, object]:
    """What people are told about an item, by field."""
    item = version.item
    found = {name: getattr(item, name) for name in item.__struct_fields__ if name not in _UNTOLD}
    found["participants"] = frozenset(each.identity for each in item.participants)
    if item.recurrence is not None:
        found["recurrence"] = (item.recurrence.rules, item.recurrence.dates)
    found["files"] = frozenset(version.files)
    return found


def answers(version: Version) -> dict[tuple[str, str], tuple[object, str]]:
    """Who answered what."""
    return {each.identity: (each.answer, each.message) for each in version.item.participants}


def _items(state: State) -> tuple[Appointment, ...]:
    return tuple(one.item for one in state.exceptions if isinstance(one.item, Appointment))


def _occurrences(before: State | None, after: State | None) -> Iterator[Delta]:
    """The occurrences that came to differ from their series, changed, or went."""
    old, new = _series(before), _series(after)
    if after is not None and new is not None:
        yield from _changed(before, after, new)
    if before is not None and after is not None and old is not None and new is not None:
        yield from _deleted(before, after, old, new)
        yield from _restored(after, old, new)
    if before is not None and after is not None and old is not None:
        yield from _dropped(before, after, old)
    elif before is not None and after is None and old is not None:
        yield from _gone_with_series(before, old)


def _changed(before: State | None, after: State, master: Appointment) -> Iterator[Delta]:
    old = {} if before is None else {one.id: one for one in before.exceptions}
    lost = _taken_out(_series(before), master)
    for record in after.exceptions:
        item, earlier = record.item, old.get(record.id)
        if isinstance(item, Appointment) and item.recurrence_id is not None:
            first = _first(before, item.recurrence_id) if earlier is None else version_of(earlier)
            name = name_of(after, item.recurrence_id)
            renamed = frozenset[tuple[str, str]]()
            if before is not None and earlier is not None and _key_of(earlier) != item.recurrence_id:
                renamed = _only_in(earlier, before.root, after.root)
                yield from _under_old_name(before, earlier, renamed)
            yield Delta(
                subject=name, before=first, after=version_of(record), master=master, lost_elsewhere=lost | renamed
            )


def _only_in(exception: ItemRecord, *roots: ItemRecord) -> frozenset[tuple[str, str]]:
    """Who from elsewhere takes part in an occurrence, and is told nothing of its series."""
    known = {one.identity for root in roots for one in _people(root)}
    return frozenset(one.identity for one in _people(exception) if is_outside(one)) - known


def _under_old_name(before: State, exception: ItemRecord, people: frozenset[tuple[str, str]]) -> Iterator[Delta]:
    """An occurrence that some know alone, and under the time that it had: it goes, for it comes under another."""
    key, version = _key_of(exception), version_of(exception)
    if people and key is not None and version is not None:
        others = tuple(one for one in version.item.participants if one.identity not in people)
        told = msgspec.structs.replace(version.item, participants=others)
        yield Delta(subject=name_of(before, key), before=version, after=None, master=_series(before), told=told)


def _dropped(before: State, after: State, old: Appointment) -> Iterator[Delta]:
    """The changed occurrences that ended with the times of their series; who takes part in that is told by it."""
    kept, new = {one.id for one in after.exceptions}, _series(after)
    named = () if new is None else _only_deleted_in(new, old)
    told = msgspec.structs.replace(old, participants=(*old.participants, *_people(after.root)))
    for key, record in _by_key(before).items():
        if record.id not in kept and key not in named:
            yield Delta(subject=name_of(before, key), before=version_of(record), after=None, master=old, told=told)


def _taken_out(old: Appointment | None, new: Appointment) -> frozenset[tuple[str, str]]:
    """Who takes part in a series no longer: a program drops all its occurrences with it."""
    before = () if old is None else old.participants
    return frozenset(one.identity for one in before) - {one.identity for one in new.participants}


def _deleted(before: State, after: State, old: Appointment, new: Appointment) -> Iterator[Delta]:
    """The occurrences that a series lost one by one; where its time changed, all of it changed."""
    kept = {one.id for one in after.exceptions}
    lost = {key: one for key, one in _by_key(before).items() if one.id not in kept}
    for key in _only_deleted_in(new, old):
        version = version_of(lost[key]) if key in lost else _first(before, key)
        yield Delta(subject=name_of(before, key), before=version, after=None, master=new)


def _restored(after: State, old: Appointment, new: Appointment) -> Iterator[Delta]:
    """The occurrences that take place after all, as the series has them; those that are changed, too, are told so."""
    known = {one.identity for one in old.participants}
    joined = msgspec.structs.replace(
        new, participants=tuple(one for one in new.participants if one.identity not in known)
    )
    for key in _only_deleted_in(old, new):
        if key not in _by_key(after):
            yield Delta(subject=name_of(after, key), before=None, after=_first(after, key), master=new, joined=joined)


def _only_deleted_in(one: Appointment, other: Appointment) -> list[datetime]:
    """Which occurrences one version of a series calls deleted and the other does not, at the same times."""
    if one.recurrence is None or other.recurrence is None:
        return []
    if (one.when, one.recurrence.rules) != (other.when, other.recurrence.rules):
        return []
    return sorted(set(one.recurrence.deleted) - set(other.recurrence.deleted))


def _gone_with_series(before: State, master: Appointment) -> Iterator[Delta]:
    """Changed occurrences of a series that is gone; only who took part in them alone has to be told."""
    for key, record in _by_key(before).items():
        yield Delta(subject=name_of(before, key), before=version_of(record), after=None, master=master, told=master)


def _series(state: State | None) -> Appointment | None:
    item = None if state is None else state.root.item
    return item if isinstance(item, Appointment) and item.recurrence is not None else None


def _by_key(state: State) -> dict[datetime, ItemRecord]:
    return {
        one.item.recurrence_id: one
        for one in state.exceptions
        if isinstance(one.item, Appointment) and one.item.recurrence_id is not None
    }


def _first(before: State | None, key: datetime) -> Version | None:
    """The occurrence as its series had it before it was changed for the first time; None if it was deleted."""
    master = _series(before)
    if before is None or master is None or occurrence_at(master.when, series_of(master), key) is None:
        return None
    if master.recurrence is not None and key in master.recurrence.deleted:
        return None
    return Version(item=as_exception(master, key), files=_files(before.root))


def _people(record: ItemRecord) -> tuple[Participant, ...]:
    return record.item.participants if isinstance(record.item, Invitation) else ()


def _key_of(record: ItemRecord) -> datetime | None:
    return record.item.recurrence_id if isinstance(record.item, Appointment) else None


def _files(record: ItemRecord) -> tuple[str, ...]:
    return tuple(file.name for file in record.attachments)


def name_of(state: State, key: datetime) -> str:
    """How an occurrence is called in the store, whether it is an item of its own or not."""
    return f"{state.root.id}@{key:%Y%m%dT%H%M%SZ}"
