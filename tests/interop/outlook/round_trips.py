"""Items of every kind on their way through the mapping to Outlook and back, as lines: the same through COM as without.

Runs under Windows' Python with pywin32 (``mapper.py``), where everything passes through COM, and in the test itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from passerelle.model.ids import UserId
from passerelle.model.items import Appointment, Contact, DistributionList, Item, Member, Photo, Task, TaskStatus
from passerelle.model.moments import Day, Timed, WholeDays
from passerelle.model.participants import Answer, Organizer, Participant, ParticipantKind
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday
from passerelle.peers.outlook.constants import DefaultFolder, ItemType
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.files import add_file, save_file
from passerelle.peers.outlook.mapping.reading import read_item
from passerelle.peers.outlook.mapping.sheet import Content
from passerelle.peers.outlook.mapping.shelf import Shelf
from passerelle.peers.outlook.mapping.writing import change_item, create_item

_NINE = Timed(
    start=datetime(2026, 12, 1, 8, tzinfo=UTC), end=datetime(2026, 12, 1, 9, tzinfo=UTC), zone="Europe/Zurich"
)
_BOB = Participant(kind=ParticipantKind.EXTERNAL, mail="bob@other.example", name="Bob")
_SINGLE = Appointment(
    when=_NINE,
    title="Größe 😀",
    location="Büro",
    note="Bring cake",
    note_html="<p class='x'>Bring <b>cake</b></p>",
    categories=("Arbeit", "b"),
    private=True,
    alarm=20,
    color_label=3,
    uid="a@b",
    participants=(_BOB,),
)
_PLACES: dict[type[Item], tuple[DefaultFolder, ItemType]] = {
    Appointment: (DefaultFolder.Calendar, ItemType.AppointmentItem),
    Contact: (DefaultFolder.Contacts, ItemType.ContactItem),
    DistributionList: (DefaultFolder.Contacts, ItemType.DistributionListItem),
    Task: (DefaultFolder.Tasks, ItemType.TaskItem),
}


KINDS = tuple(kind.__name__ for kind in _PLACES)
"""What goes to and fro."""


class _Nobody:
    """A replica that knows no people."""

    def find(self, mail: str) -> Participant | None:
        return None

    def address(self, party: Participant | Organizer) -> tuple[str, str]:
        return party.mail, party.name


def _items() -> Iterator[tuple[Item, tuple[Appointment, ...]]]:
    yield _SINGLE, ()
    yield Appointment(when=WholeDays(start=date(2026, 12, 24), end=date(2026, 12, 27)), title="Weihnachten"), ()
    carol = Organizer(mail="carol@other.example", name="Carol")
    me = Participant(kind=ParticipantKind.EXTERNAL, mail="anna@example.org", answer=Answer.ACCEPTED)
    yield replace(_SINGLE, participants=(me, _BOB), organizer=carol, uid="c@d"), ()
    yield from _series()
    photo = Photo("image/png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    yield (
        Contact(
            first_name="Anna", last_name="Meier", display_name="Anna M.", mobile="+49 1", email1="a@x.example",
            birthday=date(1980, 2, 29), home_street="Am Markt 1\nHinterhaus", default_address=2, photo=photo,
            user_fields=("one", None, "three", None, "five"), more_info="x" * 5000,
        ),
        (),
    )  # fmt: skip
    entry = Member(mail="b@x.example", name="B", contact=7, folder=3, email_field=1)
    yield DistributionList(display_name="Team", members=(entry, Member(mail="c@x.example"))), ()
    due = Day(day=date(2026, 12, 3))
    yield Task(title="do", due=due, status=TaskStatus.WAITING, percent=40, target_costs=Decimal("1.50")), ()
    yield Task(title="again", due=due, recurrence=Recurrence(rules=(Rule(frequency=Frequency.DAILY, interval=2),))), ()


def _series() -> Iterator[tuple[Item, tuple[Appointment, ...]]]:
    week = timedelta(days=7)
    rule = Rule(frequency=Frequency.WEEKLY, count=9)
    master = replace(_SINGLE, uid="e@f", recurrence=Recurrence(rules=(rule,), deleted=(_NINE.start + week,)))

    def moved(number: int, by: timedelta) -> Appointment:
        key = _NINE.start + number * week
        when = replace(_NINE, start=key + by, end=key + by + timedelta(hours=2))
        return replace(master, when=when, title="anders", recurrence=None, recurrence_id=key)

    yield master, (moved(2, timedelta(days=-5)), moved(3, timedelta(days=5)))
    last = Rule(frequency=Frequency.YEARLY, by_month=(12,), by_day=(NthWeekday(Weekday.TUESDAY, 1),))
    yield replace(_SINGLE, uid="g@h", recurrence=Recurrence(rules=(last,))), ()


def round_trips(outlook: Any, scratch: Path) -> Iterator[str]:
    """Write each item to a fresh Outlook in Berlin, read it again, change it and read it again."""
    context = Context(
        user=UserId(1),
        mail="anna@example.org",
        name="Anna",
        people=_Nobody(),
        directory=scratch,
        today=date(2026, 11, 28),
        zone="Europe/Berlin",
        separator=";",
    )
    session = outlook.Session
    for item, changed in _items():
        folder, kind = _PLACES[type(item)]
        new = session.GetDefaultFolder(folder).Items.Add(int(kind))
        shelf = Shelf.of(new)
        entry = create_item(new, Content(item, changed), context, shelf).facts.entry
        yield from _said(session.GetItemFromID(entry), item, changed, context)
        other = replace(item, note="Neu", note_html=None, categories=())
        opened = session.GetItemFromID(entry)
        before = read_item(opened, context)
        add_file(opened, "a.txt", BytesIO(b"one"), context)
        entry = change_item(opened, before, Content(other, changed), context, shelf).facts.entry
        yield from _said(session.GetItemFromID(entry), other, changed, context)


def _said(item: Any, wanted: Item, changed: tuple[Appointment, ...], context: Context) -> Iterator[str]:
    found = read_item(item, context)
    same = found.item == wanted and found.exceptions == changed
    yield f"{type(wanted).__name__}: {'the same' if same else msgspec.json.encode((found.item, wanted)).decode()}"
    for one in found.files:
        content = BytesIO()
        save_file(item, one, content, context)
        yield f"{one.name} {one.size} {content.getvalue()!r}"
