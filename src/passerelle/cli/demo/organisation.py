"""Builds the demo's server: users, groups, a room, folders with rights, and a few thousand items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import msgspec
from msgspec import Struct

from passerelle.cli.demo.items import Maker, invite
from passerelle.cli.demo.people import EMPLOYEES, GROUPS, ROOM, Employee
from passerelle.groupware import provision
from passerelle.groupware.session import Session
from passerelle.groupware.teller import Teller
from passerelle.model.folders import FULL, PRIVATE, PUBLIC, Folder, FolderType, Module, Right, Rights
from passerelle.model.ids import FolderId, UserId
from passerelle.model.items import Item
from passerelle.model.participants import ParticipantKind
from passerelle.model.principals import Group, PrincipalKind, Resource, User
from passerelle.store import Store

PASSWORD = "footbridge"  # noqa: S105 - of people who do not exist, on a loopback address
READ = Rights(folder=2, read=4)
WRITE = Rights(folder=4, read=4, write=4, delete=2)


class Size(Struct, frozen=True, kw_only=True):
    """How many items each employee has."""

    appointments: int = 320
    contacts: int = 180
    tasks: int = 90


class Organisation:
    """Makes everything for one day and seed. Each step can be counted by a progress bar."""

    def __init__(self, store: Store, today: date, seed: int, size: Size) -> None:
        self._store = store
        self._today = today
        self._seed = seed
        self._size = size
        self._users: dict[str, User] = {}
        self._groups: dict[str, Group] = {}
        self._room: Resource | None = None

    def steps(self) -> Iterator[str]:
        """Build; yields the name of each step when it is done. There are :data:`STEPS` of them."""
        provision.initialise(self._store)
        for employee in EMPLOYEES:
            self._users[employee.login] = _add(self._store, employee)
            yield employee.name
        for name, members in GROUPS.items():
            ids = [self._users[login].id for login in members]
            self._groups[name] = provision.add_group(self._store, name, name.capitalize(), ids)
            yield name
        self._room = provision.add_resource(self._store, ROOM[0], email=ROOM[1])
        for employee in EMPLOYEES:
            self._fill(employee)
            yield employee.name
        self._make_folders()
        yield "folders"
        self._make_meetings()
        yield "meetings"

    def _fill(self, employee: Employee) -> None:
        maker = Maker(employee, self._today, self._seed)
        user = self._users[employee.login]
        folders = self.default_folders(user.id)
        size = self._size
        self._put(user.id, folders[Module.CALENDAR], [*maker.series(), *maker.appointments(size.appointments)])
        self._put(user.id, folders[Module.CONTACTS], list(maker.contacts(size.contacts)))
        self._put(user.id, folders[Module.TASKS], list(maker.tasks(size.tasks)))

    def default_folders(self, user: UserId) -> Mapping[Module, FolderId]:
        """The user's own default folder of each module."""
        views = Session(self._store, user).folders().changed
        own = (view.folder for view in views if view.folder.is_default and view.folder.owner == user)
        return {folder.module: folder.id for folder in own}

    def _put_shared(self, user: UserId, folder: FolderId, items: Iterable[Item]) -> None:
        """Put items where others see them; nothing there is private."""
        self._put(user, folder, [msgspec.structs.replace(item, private=False) for item in items])

    def _put(self, user: UserId, folder: FolderId, items: list[Item]) -> None:
        with self._store.writing(user, "demo") as tx:
            tx.items.add_many(folder, items)

    def _make_folders(self) -> None:
        """A public tree, a folder that Anna shares with a group, and a private one below her calendar."""
        anna, benoit = self._users["anna"], self._users["benoit"]
        everybody = Right(kind=PrincipalKind.GROUP, principal=0, rights=READ)
        company = self._folder(anna, PUBLIC, "Company", Module.CALENDAR, (everybody,))
        sales = self._right_of_group("sales", WRITE)
        fairs = self._folder(anna, company.id, "Messen & Salons", Module.CALENDAR, (everybody, sales))
        self._put_shared(anna.id, fairs.id, Maker(EMPLOYEES[0], self._today, self._seed + 1).appointments(40))
        suppliers = self._folder(benoit, PUBLIC, "Fournisseurs", Module.CONTACTS, (sales,))
        self._put_shared(benoit.id, suppliers.id, Maker(EMPLOYEES[1], self._today, self._seed + 1).contacts(60))
        project = self._folder(anna, PRIVATE, "Projekt Brücke", Module.TASKS, (sales,))
        self._put_shared(anna.id, project.id, Maker(EMPLOYEES[0], self._today, self._seed + 2).tasks(25))
        shared = self._folder(benoit, PRIVATE, "Déplacements", Module.CALENDAR, (sales,))
        self._put_shared(benoit.id, shared.id, Maker(EMPLOYEES[1], self._today, self._seed + 2).appointments(30))

    def _folder(self, user: User, parent: FolderId, name: str, module: Module, rights: tuple[Right, ...]) -> Folder:
        own = Right(kind=PrincipalKind.USER, principal=user.id, rights=FULL)
        type_ = FolderType.PRIVATE if parent == PRIVATE else FolderType.PUBLIC
        session = Session(self._store, user.id, "demo", teller=Teller.NOBODY)
        return session.create_folder(parent, name, module=module, type_=type_, rights=(own, *rights))

    def _right_of_group(self, name: str, rights: Rights) -> Right:
        return Right(kind=PrincipalKind.GROUP, principal=self._groups[name].id, rights=rights)

    def _make_meetings(self) -> None:
        """Meetings of people, of a group, and in the room; each stands in all their calendars."""
        assert self._room is not None  # noqa: S101 - steps() makes it before
        anna = self._users["anna"]
        session = Session(self._store, anna.id, "demo", teller=Teller.NOBODY)
        calendar = self.default_folders(anna.id)[Module.CALENDAR]
        room = invite(ParticipantKind.RESOURCE, self._room.id, self._room.display_name)
        sales = invite(ParticipantKind.GROUP, self._groups["sales"].id, "Sales")
        people = [invite(ParticipantKind.USER, user.id, user.display_name) for user in self._users.values()]
        maker = Maker(EMPLOYEES[0], self._today, self._seed + 3)
        for title, invited, days, hour in (
            ("Vertriebsrunde / Réunion commerciale", (people[0], sales, room), 3, 9),
            ("Kick-off Passerelle", (*people, room), 5, 14),
            ("Entwicklung & Vertrieb", (people[0], people[2], people[3]), 8, 11),
        ):
            session.create(calendar, maker.meeting(title, invited, days, hour), ignore_conflicts=True)


STEPS = 2 * len(EMPLOYEES) + len(GROUPS) + 2


def _add(store: Store, employee: Employee) -> User:
    return provision.add_user(
        store,
        employee.login,
        PASSWORD,
        display_name=employee.name,
        first_name=employee.first_name,
        last_name=employee.last_name,
        email=employee.email,
        zone=employee.zone,
        locale=employee.locale,
    )
