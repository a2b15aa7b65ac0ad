"""Where the walk takes place: a server in this process with three people, and the same world in the model beside it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis.stateful import RuleBasedStateMachine, invariant

from passerelle.groupware import provision
from passerelle.server.app import create_app
from passerelle.store import Store
from tests.server.ox.walk.model import (
    ADDRESS_BOOK,
    ALL,
    EVERYBODY,
    PRIVATE_ROOT,
    PUBLIC_ROOT,
    Folder,
    Item,
    Levels,
    Outcome,
    Principal,
    World,
)
from tests.server.ox.walk.picture import SERVLETS, Client, expected_item, item_seen
from tests.support.commands import User
from tests.support.ox import elements as ox
from tests.support.ox.answers import Response
from tests.support.ox.client import OxUser
from tests.support.ox.elements import Xml
from tests.support.ox.inside import Inside

PASSWORD = "three people"
LOGINS = ("anna", "ben", "carl")
STAFF = "staff"
SUCCESS: Outcome = ("200", "1200")
ANYWHERE = 10
"""Numbers from here on choose without regard to who knows of what."""


def furnish(path: Path) -> None:
    """Makes a server's directory with the three people and a group of one of them."""
    with Store.create(path) as store:
        provision.initialise(store)
        ids = [provision.add_user(store, login, PASSWORD, display_name=login.title()).id for login in LOGINS]
        provision.add_group(store, STAFF, STAFF, [ids[1]])


class Stage(RuleBasedStateMachine):
    """The world as the model has it, beside a server that is asked to bring the same about."""

    furnished: Path

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp())
        shutil.copytree(self.furnished, self.directory / "store")
        self.store = Store.open(self.directory / "store")
        self.wire = Inside(create_app(self.store))
        accounts = [User(login=login, name="", email="", password=PASSWORD) for login in LOGINS]
        self.users = [OxUser(self.wire, account) for account in accounts]
        self.staff = self.users[0].named("group", STAFF)
        self.world = World((user.id for user in self.users), {self.staff: frozenset({self.users[1].id})})
        for user in self.users:
            self._add_defaults(user)
        self.clients = [Client(self.world, user) for user in self.users]
        book = Folder(ADDRESS_BOOK, PUBLIC_ROOT, "", "contact", True, 0, {})
        self.strangers = frozenset(self._listed(self.users[0], book))
        self.steps = 0

    def _add_defaults(self, user: OxUser) -> None:
        for module in SERVLETS:
            found = user.default(module)
            title = user.load("folders", found.id)["title"]
            entries: dict[Principal, Levels] = {("user", user.id): ALL}
            folder = Folder(found.id, PRIVATE_ROOT, title, module, False, user.id, entries, default=True)
            self.world.folders[found.id] = folder

    def teardown(self) -> None:
        self.wire.close()
        self.store.close()
        shutil.rmtree(self.directory)

    # What a step names: numbers stand for whatever there is

    def some_folder(self, number: int) -> Folder:
        folders = [*self.world.folders.values()]
        return folders[number % len(folders)]

    def some_item(self, number: int, *modules: str) -> Item | None:
        """One of the newest items, of some modules only."""
        items = [item for item in self.world.items.values() if item.module in (modules or SERVLETS)][-6:]
        return items[number % len(items)] if items else None

    def someone(self, item: Item, who: int, way: int) -> OxUser:
        """One of the three: mostly one who knows of the item."""
        folders = self.world.folders.values()
        knowing = [user for user in self.users if any(self.world.known(user.id, folder, item) for folder in folders)]
        return self.users[who] if way >= ANYWHERE or not knowing else knowing[who % len(knowing)]

    def way_to(self, item: Item, user: OxUser, number: int) -> Folder:
        """A folder to reach an item through: mostly one that shows it, and that the user sees."""
        shown = [self.world.folders[id_] for id_ in sorted(self.world.shown_in(item))]
        seen = [folder for folder in shown if self.world.sees(user.id, folder)] or shown
        return self.some_folder(number) if number > ANYWHERE else seen[number % len(seen)]

    def goal_for(self, item: Item, user: OxUser, number: int) -> Folder:
        """A folder to move an item to: mostly one that can take it."""
        fitting = [one for one in self.world.folders.values() if one.module == item.module]
        seen = [folder for folder in fitting if self.world.sees(user.id, folder)]
        return self.some_folder(number) if number > ANYWHERE else seen[number % len(seen)]

    def entries(self, given: dict[int, Levels]) -> dict[Principal, Levels]:
        """The rights of the three, of the staff and of everybody."""
        names: list[Principal] = [("user", user.id) for user in self.users]
        names += [("group", self.staff), ("group", EVERYBODY)]
        return {names[number]: levels for number, levels in given.items()}

    # What must be so

    def expect(self, answer: Response, broken: set[Outcome]) -> bool:
        """Whether the answer says success, which it must exactly where the model knows nothing against it."""
        assert answer.outcome in (broken or {SUCCESS}), (answer, broken)
        return not broken

    @invariant()
    def everybody_lists_what_the_model_shows(self) -> None:
        """In all folders of a module together, and in one folder after the other."""
        self.steps += 1
        self.world.remember()
        for user in self.users:
            for module, servlet in SERVLETS.items():
                (answer,) = user.read(servlet, folder_id=0, lastsync=0, objectmode="LIST")
                places = [one for one in self.world.folders.values() if one.module == module]
                shown = {id_ for place in places for id_ in self.world.readable(user.id, place)}
                assert set(answer.ids) - self.strangers == shown
                assert len(answer.ids) == len(set(answer.ids))
            self._look_into(user, self.some_folder(self.steps))

    def _look_into(self, user: OxUser, folder: Folder) -> None:
        if self.world.sees(user.id, folder) and self.world.levels(user.id, folder).read:
            assert sorted(self._listed(user, folder)) == sorted(self.world.readable(user.id, folder))
        else:
            assert user.send("PROPFIND", SERVLETS[folder.module], _list_of(folder)).status == 403

    def _listed(self, user: OxUser, folder: Folder) -> list[int]:
        (answer,) = user.ask("PROPFIND", SERVLETS[folder.module], _list_of(folder))
        return answer.ids

    @invariant()
    def now_and_then_each_client_holds_what_its_user_sees(self) -> None:
        if self.steps % 7 == 0:
            for client in self.clients:
                client.synchronise()

    def look_at(self, thing: Item) -> None:
        """Everybody reads an item through the folders that show it and another one, and by its number alone."""
        item = self.world.items.get(thing.id)
        shown = self.world.shown_in(thing) | {self.some_folder(self.steps).id}
        for user in self.users:
            places: dict[int, Folder] = {}
            for folder in [self.world.folders[id_] for id_ in sorted(shown) if id_ in self.world.folders]:
                (answer,) = user.read(SERVLETS[thing.module], object_id=thing.id, folder_id=folder.id)
                if item is not None and self.world.reads(user.id, folder, item):
                    places[folder.id] = folder
                self._matches(answer, item if folder.id in places else None, folder)
            (answer,) = user.read(SERVLETS[thing.module], object_id=thing.id)
            found = int(answer["folder_id"]) if answer.status == "200" else 0
            self._matches(answer, item if places else None, places.get(found))

    def _matches(self, answer: Response, item: Item | None, folder: Folder | None) -> None:
        if item is None:
            assert (answer.outcome, answer.names) == (("404", "1001"), [])
            return
        assert folder is not None, answer
        assert item_seen(answer) == expected_item(item, folder)
        self.has_version(item, answer)

    def has_version(self, item: Item, answer: Response) -> None:
        """All see one version; it is higher than the one before the last change."""
        if item.version is None:
            assert answer.last_modified > item.before
            item.version = answer.last_modified
        assert answer.last_modified == item.version


def _list_of(folder: Folder) -> Xml:
    return ox.propfind(folder_id=folder.id, lastsync=0, objectmode="LIST")
