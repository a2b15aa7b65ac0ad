"""Items that tests of the store put in and expect back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.model.items import Appointment, Contact, Photo
from passerelle.model.moments import Timed
from passerelle.model.participants import Participant, ParticipantKind
from passerelle.model.records import ItemRecord
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.store import Reading
from passerelle.store.content import SMALL_PHOTO_BYTES

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
ALL = Stamp(2**60)


def meeting(title: str = "Meeting", start: datetime = NINE, *, alarm: int | None = None) -> Appointment:
    return Appointment(title=title, when=Timed(start=start, end=start + timedelta(hours=1)), alarm=alarm)


def weekly(count: int | None = None) -> Appointment:
    rule = Rule(frequency=Frequency.WEEKLY, count=count)
    return Appointment(
        title="Weekly",
        uid="weekly@example.org",
        when=Timed(start=NINE, end=NINE + timedelta(hours=1), zone="Europe/Paris"),
        recurrence=Recurrence(rules=(rule,)),
    )


def moved(week: int) -> Appointment:
    """The occurrence of the weekly series in one week, an hour later."""
    key = NINE + timedelta(weeks=week)
    when = Timed(start=key + timedelta(hours=1), end=key + timedelta(hours=2))
    return Appointment(title="Moved", uid="weekly@example.org", when=when, recurrence_id=key)


def booking(room: int, start: datetime = NINE) -> Appointment:
    parties = (Participant(kind=ParticipantKind.RESOURCE, id=room),)
    return Appointment(title="Booked", when=Timed(start=start, end=start + timedelta(hours=1)), participants=parties)


def portrait(data: bytes = b"\xff\xd8 a picture") -> Contact:
    """A contact whose photo is just large enough for a file of its own."""
    return Contact(display_name="Anna", photo=Photo("image/jpeg", picture(data)))


def picture(data: bytes) -> bytes:
    """What is in that file."""
    return data + bytes(SMALL_PHOTO_BYTES)


def changes(tx: Reading, folder: FolderId, since: int = 0) -> list[ItemRecord]:
    """All changes of a folder, as a client collects them: page by page."""
    upto, after, found = tx.journal.clock(folder), Stamp(0), list[ItemRecord]()
    while page := tx.items.page(folder, None, Stamp(since), upto, after, 3):
        found += page
        after = page[-1].stamp
    return found


def gone(tx: Reading, folder: FolderId, since: int = 0) -> list[ItemId]:
    return [stone.id for stone in tx.journal.tombstones(folder, Stamp(since), ALL)]
