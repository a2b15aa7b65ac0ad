"""Takes items from the server through a replica to Outlook, lets its user change them, and brings them back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from msgspec import Struct

from passerelle.groupware.attachments import NewFile, Target
from passerelle.model.ids import ItemId
from passerelle.model.items import Item
from passerelle.model.records import ItemRecord
from passerelle.peers.outlook import versions
from passerelle.peers.outlook.connecting import attach
from passerelle.peers.outlook.constants import RecurrenceType, ResponseStatus, StoreType
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.peer import NAME, Outlook
from passerelle.peers.outlook.reference import mapi
from passerelle.sync.people import KnownPeople
from tests.outlook_double.machine import Machine
from tests.outlook_double.user import User
from tests.sync.hops.rows import FILES, Journey, Row
from tests.sync.real_server import Device, RealServer, default_folder

DATA_FILE = r"C:\Users\anton\Passerelle.pst"
MAIL = "anton@example.org"
_NOTHING = object()


class Traveller(Struct, frozen=True):
    """An item on its journey: which it is on the server, and what it said there at the beginning."""

    journey: Journey
    record: ItemRecord


class Trip:
    """One user's server, replica and Outlook."""

    def __init__(self, server: RealServer, device: Device, directory: Path) -> None:
        self._session = server.session("anton")
        self._mails = {one.id: one.email for one in server.users.values()}
        self._device = device
        self._machine = Machine()
        self._machine.start()
        self._user = User(self._machine)
        self._machine.session.namespace.AddStoreEx(DATA_FILE, StoreType.Unicode)
        directory.mkdir()
        context = Context(
            user=device.replica.membership.user,
            mail=MAIL,
            name="Anton",
            people=KnownPeople(device.replica.store),
            directory=directory,
            today=self._machine.now.date(),
            zone="Europe/Berlin",
            separator=";",
        )
        application = attach(self._machine.get_active_object, lambda _: None)
        self._outlook = Outlook(application, DATA_FILE, context, lambda: self._machine.now)

    def begin(self, journey: Journey) -> Traveller:
        """Put an item on the server."""
        values = {**journey.base, **{name: value for row in journey.rows for name, value in row.there.items()}}
        files = values.pop(FILES, {})
        assert isinstance(files, Mapping)
        make: Callable[..., Item] = journey.kind
        folder = default_folder(self._session, journey.module).id
        made = self._session.create(folder, make(**values), notify=False, ignore_conflicts=True)
        for name, data in files.items():
            new = NewFile(name=name, media_type="text/plain", size=len(data), stream=BytesIO(data))
            self._session.attach(Target(made.id, journey.module), new)
        return Traveller(journey, self._there(journey, made.id))

    def synchronise(self) -> int:
        """Server and replica, replica and Outlook, replica and server."""
        total = self._device.cycle().total
        self._machine.pass_time(timedelta(minutes=1))
        shown = self._device.replica.show(self._outlook, NAME)
        assert not shown.reports, shown.reports
        self._machine.pass_time(timedelta(minutes=1))
        again = self._device.cycle()
        assert not again.reports, again.reports
        return total + shown.total + again.total

    def edit(self, one: Traveller) -> list[str]:
        """Do in Outlook what its user does; return what Outlook did not show as it should have."""
        wrong: list[str] = []
        with self._user.open(self._entry(one)) as item:
            for row in one.journey.rows:
                for member, wanted in row.shown.items():
                    shown = _shown(item, member)
                    if shown != wanted:
                        wrong.append(f"{one.journey.title}, {row.name}: {member} shows {shown!r} instead of {wanted!r}")
            for row in one.journey.rows:
                for member, value in row.edit.items():
                    setattr(item, member, value)
                if row.act is not None:
                    row.act(item)
        return wrong

    def arrived(self, one: Traveller, expected: Callable[[Row], Mapping[str, object]]) -> list[str]:
        """What is not on the server as it should be: fields that did not arrive, and such that nobody changed."""
        now = self._there(one.journey, one.record.id)
        wanted = {name: value for row in one.journey.rows for name, value in expected(row).items()}
        files = wanted.pop(FILES, _NOTHING)
        names = set(one.record.item.__struct_fields__) - {"sequence"}
        before = {name: self._said(name, getattr(one.record.item, name)) for name in names}
        found = {name: self._said(name, getattr(now.item, name)) for name in names}
        said = {name: self._said(name, value) for name, value in wanted.items()}
        wrong = [
            f"{one.journey.title}, {name}: {found[name]!r} instead of {value!r}"
            for name, value in {**before, **said}.items()
            if found[name] != value
        ]
        if files is not _NOTHING and self._files(one.journey, now) != files:
            wrong.append(f"{one.journey.title}, {FILES}: {self._files(one.journey, now)!r}")
        return wrong

    def _there(self, journey: Journey, id_: ItemId) -> ItemRecord:
        return self._session.get(id_, journey.module)

    def _files(self, journey: Journey, record: ItemRecord) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for one in record.attachments:
            with self._session.open_attachment(Target(record.id, journey.module), one.id)[1] as content:
                found[one.name] = content.read()
        return found

    def _entry(self, one: Traveller) -> str:
        """Where an item is in Outlook."""
        store = self._device.replica.store
        with store.reading() as tx:
            (link,) = tx.sync.links_of_remote(f"{one.journey.module.value}/{one.record.id}")
        with store.of_peer(NAME).reading() as tx:
            (shown,) = tx.sync.links_of(link.local)
        known = versions.known(shown.version)
        assert known is not None
        return known.entry

    def _said(self, name: str, value: object) -> object:
        """A value for comparing: people by their addresses, without the user himself, who takes part in what is his."""
        if name != "participants" or not isinstance(value, tuple):
            return value
        each = (one if isinstance(one, str) else one.mail or self._mails.get(one.id, "") for one in value)
        return tuple(sorted(mail for mail in each if mail != MAIL))


def _shown(item: Any, member: str) -> object:
    """What a member of Outlook's says; of a member that is an object, what one sees of it."""
    if member in _SEEN:
        return _SEEN[member](item)
    if member.startswith("Pid"):
        return item.PropertyAccessor.GetProperty(mapi()[member].schema)
    value = getattr(item, member)
    return value.strip() if isinstance(value, str) else value


def _pattern(item: Any) -> str:
    pattern = item.GetRecurrencePattern()
    unit = {RecurrenceType.Daily: "day", RecurrenceType.Weekly: "week"}[pattern.RecurrenceType]
    every = f"every {unit}" if pattern.Interval == 1 else f"every {pattern.Interval} {unit}s"
    return f"{every} until {pattern.PatternEndDate:%Y-%m-%d}"


_SEEN: Mapping[str, Callable[[Any], object]] = {
    "StartTimeZone": lambda item: item.StartTimeZone.ID,
    "GetRecurrencePattern": _pattern,
    "GetMember": lambda item: tuple(item.GetMember(number).Address for number in range(1, item.MemberCount + 1)),
    "Recipients": lambda item: tuple(
        one.Address
        for one in (item.Recipients.Item(number) for number in range(1, item.Recipients.Count + 1))
        if one.MeetingResponseStatus != ResponseStatus.Organized
    ),
    "Attachments": lambda item: tuple(
        one.FileName
        for one in (item.Attachments.Item(number) for number in range(1, item.Attachments.Count + 1))
        if one.FileName != "ContactPicture.jpg"
    ),
}
