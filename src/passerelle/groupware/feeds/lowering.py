"""What a feed tells of an appointment, by its level of detail. Pure.

What is private is told as busy time at any level. Alarms are never told, and what does not take place is left out.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final, assert_never

from msgspec import Struct
from msgspec.structs import replace

from passerelle.groupware.participants import find
from passerelle.model.folders import Folder, FolderType
from passerelle.model.ids import ItemId
from passerelle.model.items import Appointment, ShownAs
from passerelle.model.moments import from_milliseconds
from passerelle.model.participants import Answer
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text
from passerelle.store.feeds import Detail
from passerelle.translations import Catalogue
from passerelle.wire.icalendar import Series

TITLES: Final = {
    ShownAs.RESERVED: Text("Busy"),
    ShownAs.TEMPORARY: Text("Tentative"),
    ShownAs.ABSENT: Text("Absent"),
    ShownAs.FREE: Text("Free"),
}


class Lens(Struct, frozen=True):
    """How a feed looks at the calendar ``folder``. ``secret`` makes uids that nobody can trace to an appointment."""

    detail: Detail
    secret: str
    folder: Folder
    words: Catalogue


def seen(lens: Lens, record: ItemRecord, series: Series) -> Series | None:
    """An appointment, or a series with its change exceptions, as a feed tells it; None if it does not."""
    master = series.master if isinstance(series.master, Appointment) else None
    if master is not None and master.cancelled:
        return None
    exceptions = [one for one in series.exceptions if not one.cancelled]
    parts = exceptions if master is None else [master, *exceptions]
    detail = Detail.BUSY if any(one.private for one in parts) else lens.detail
    alone = record.master is not None  # its series is not there, so that it stands for itself
    uid = next((one.uid for one in parts if one.uid), None)
    if detail is Detail.BUSY or alone or uid is None:
        uid = _untraceable(lens, record.id)
    lowered = [_lowered(lens, one, detail, uid) for one in exceptions]
    modified = from_milliseconds(record.stamp)
    if master is None:
        singles = [replace(one, recurrence_id=None) for one in lowered]
        return Series(master=singles[0], modified=modified) if singles else None
    whole = _without(_lowered(lens, master, detail, uid), record, exceptions)
    return Series(master=whole, exceptions=tuple(lowered), modified=modified)


def _untraceable(lens: Lens, id_: ItemId) -> str:
    return sha256(f"{lens.secret} {id_}".encode()).hexdigest()[:32]


def _without(item: Appointment, record: ItemRecord, exceptions: list[Appointment]) -> Appointment:
    """A series without those occurrences whose changed forms are not told."""
    hidden = set(record.changed) - {one.recurrence_id for one in exceptions}
    if not hidden or item.recurrence is None:
        return item
    deleted = tuple(sorted({*item.recurrence.deleted, *hidden}))
    return replace(item, recurrence=replace(item.recurrence, deleted=deleted))


def _lowered(lens: Lens, item: Appointment, detail: Detail, uid: str) -> Appointment:
    shown_as = _shown_as(lens, item)
    bare = Appointment(
        when=item.when,
        title=lens.words.say(TITLES[shown_as]),
        shown_as=shown_as,
        uid=uid,
        recurrence=item.recurrence,
        recurrence_id=item.recurrence_id,
        sequence=item.sequence,
    )
    match detail:
        case Detail.BUSY:
            return bare
        case Detail.LIMITED:
            return replace(bare, title=item.title, location=item.location)
        case Detail.FULL:
            kept = tuple(one for one in item.foreign if not one.text.upper().startswith("BEGIN:VALARM"))
            return replace(item, shown_as=shown_as, uid=uid, alarm=None, foreign=kept)
        case _:
            assert_never(detail)


def _shown_as(lens: Lens, item: Appointment) -> ShownAs:
    """Free, where the calendar's owner has declined."""
    own = find(item.participants, lens.folder.owner) if lens.folder.type is FolderType.PRIVATE else None
    return ShownAs.FREE if own is not None and own.answer is Answer.DECLINED else item.shown_as
