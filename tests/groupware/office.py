"""A small organisation to test the rules in: three people, two groups and a room."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from passerelle.groupware import provision
from passerelle.groupware.session import Session
from passerelle.model.folders import PRIVATE, PUBLIC, Folder, Module, Right, Rights
from passerelle.model.ids import FolderId, UserId
from passerelle.model.items import Appointment
from passerelle.model.moments import Timed, WholeDays
from passerelle.model.participants import Participant, ParticipantKind
from passerelle.model.principals import Group, PrincipalKind, Resource, User
from passerelle.model.records import ItemRecord
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.store import Store

PASSWORD = "correct horse"
ZONE = "Europe/Paris"
TODAY = datetime.now(UTC).date()
MONDAY = TODAY + timedelta(days=7 - TODAY.weekday())
"""The next Monday: conflicts are looked for in the future only."""


def furnish(store: Store) -> None:
    """Put the organisation into an empty store."""
    provision.initialise(store)
    names = {"anna": ("Anna", "Arnold", "en"), "bruno": ("Bruno", "Blanc", "fr"), "carla": ("Carla", "Čech", "de")}
    users = [
        provision.add_user(
            store, login, PASSWORD, first_name=first, last_name=last, locale=locale, zone=ZONE,
            email=f"{login}@example.org",
        )
        for login, (first, last, locale) in names.items()
    ]  # fmt: skip
    provision.add_group(store, "staff", "Staff", [users[1].id, users[2].id])
    provision.add_group(store, "board", "Board", [users[0].id])
    provision.add_resource(store, "room", "Meeting room", email="room@example.org")


class Office:
    """The organisation: who is in it, as whom one can act, and what one often needs."""

    def __init__(self, store: Store) -> None:
        self.store = store
        with store.reading() as tx:
            self._users = {user.login: user for user in tx.principals.users()}
            self._groups = {group.name: group for group in tx.principals.groups()}
            self.room: Resource = tx.principals.resources()[0]

    def user(self, login: str) -> User:
        return self._users[login]

    def group(self, name: str) -> Group:
        return self._groups[name]

    def session(self, login: str) -> Session:
        return Session(self.store, self._users[login].id)

    def default(self, login: str, module: Module = Module.CALENDAR) -> FolderId:
        user = self._users[login]
        with self.store.reading() as tx:
            return next(
                folder.id
                for folder in tx.folders.all()
                if folder.is_default and folder.owner == user.id and folder.module is module
            )

    def private(self, login: str, name: str = "Own", module: Module = Module.CALENDAR, *rights: Right) -> Folder:
        given = (self.grant(login, FULL_RIGHTS), *rights) if rights else None
        return self.session(login).create_folder(PRIVATE, name, module=module, rights=given)

    def public(self, login: str, name: str = "All", module: Module = Module.CALENDAR, *rights: Right) -> Folder:
        given = (self.grant(login, FULL_RIGHTS), *rights)
        return self.session(login).create_folder(PUBLIC, name, module=module, rights=given)

    def share_default(self, login: str, right: Right, module: Module = Module.CALENDAR) -> FolderId:
        """Give somebody rights in a default folder, and return that folder's id."""
        id_ = self.default(login, module)
        self.session(login).update_folder(id_, rights=(self.grant(login, FULL_RIGHTS), right))
        return id_

    def grant(self, login: str, rights: Rights) -> Right:
        return Right(kind=PrincipalKind.USER, principal=self._users[login].id, rights=rights)

    def grant_group(self, name: str, rights: Rights) -> Right:
        return Right(kind=PrincipalKind.GROUP, principal=self._groups[name].id, rights=rights)

    def invite(self, *logins: str) -> tuple[Participant, ...]:
        return tuple(Participant(kind=ParticipantKind.USER, id=self._users[login].id) for login in logins)

    def invite_room(self) -> Participant:
        return Participant(kind=ParticipantKind.RESOURCE, id=self.room.id)


FULL_RIGHTS = Rights(folder=128, read=128, write=128, delete=128, admin=True)
READER = Rights(folder=2, read=4)
OWN_READER = Rights(folder=2, read=2)
AUTHOR = Rights(folder=4, read=4, write=2, delete=2)
EDITOR = Rights(folder=8, read=4, write=4, delete=4)
VISITOR = Rights(folder=2)


def at(hour: int, minute: int = 0, *, day: date = MONDAY, minutes: int = 60) -> Timed:
    """A span on the wall clock of Paris."""
    start = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    return Timed(start=start, end=start + timedelta(minutes=minutes), zone=ZONE)


def days(first: date = MONDAY, count: int = 1) -> WholeDays:
    return WholeDays(start=first, end=first + timedelta(days=count))


def meeting(title: str = "Meeting", when: Timed | WholeDays | None = None, **fields: object) -> Appointment:
    return Appointment(title=title, when=when or at(10), **fields)  # type: ignore[arg-type]


def daily(count: int | None = None, interval: int = 1) -> Recurrence:
    return Recurrence(rules=(Rule(frequency=Frequency.DAILY, interval=interval, count=count),))


def appointment_of(record: ItemRecord) -> Appointment:
    assert isinstance(record.item, Appointment)
    return record.item


def answers_of(record: ItemRecord) -> dict[UserId, str]:
    """The answers of the users who take part."""
    return {
        UserId(each.id): str(each.answer)
        for each in appointment_of(record).participants
        if each.kind is ParticipantKind.USER and each.id is not None
    }
