"""One server, three replicas of two users, and their clocks: all in this process, all mortal."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final, TypeVar, cast

import msgspec
from starlette.types import ASGIApp

from passerelle.groupware.actor import actor_of
from passerelle.groupware.history import advance, present
from passerelle.groupware.news import Reader, news
from passerelle.groupware.provision import add_user, initialise
from passerelle.groupware.session import Session
from passerelle.groupware.soundness import check
from passerelle.groupware.teller import Teller
from passerelle.model.errors import Refused
from passerelle.model.folders import FIRST_ORDINARY, FULL, PRIVATE, Folder, Module, Right, Rights
from passerelle.model.ids import FolderId, ItemId, UserId
from passerelle.model.items import Appointment, Contact, DistributionList, Item
from passerelle.model.moments import EPOCH
from passerelle.model.principals import PrincipalKind
from passerelle.model.records import ItemRecord
from passerelle.peers.base import Heard, RemoteId
from passerelle.peers.ox_webdav import Connection, OxWebDav
from passerelle.peers.ox_webdav.ids import folder_id
from passerelle.server.app import create_app
from passerelle.store import Decision, Store
from passerelle.store.integrity.everything import findings
from passerelle.sync.folders.state import plain_rights
from passerelle.sync.replica import Replica
from passerelle.sync.report import CycleResult, Subject
from passerelle.sync.status import Membership
from tests.sync.fire.crash import Hand, Killed, MortalStore
from tests.sync.fire.edits import new, user
from tests.sync.fire.post import Post
from tests.sync.fire.wire import Direct, Inside, Saboteur, Trouble

T = TypeVar("T")
NOON: Final = 1_772_452_800_000
"""2026-03-02 12:00 UTC."""
PASSWORD: Final = "a secret to all"
LOGINS: Final = ("anna", "anna", "ben")
"""Whose replicas there are."""
DEVICES: Final = range(len(LOGINS))
PLACES: Final = range(len(LOGINS) + 2)
"""The replicas, then anna and ben on the server itself."""
MODULES: Final = frozenset({Module.CALENDAR, Module.CONTACTS, Module.TASKS})


def furnish(directory: Path) -> None:
    """Make the server's store, and the three replicas after their first cycle: what each walk begins with."""
    with Store.create(directory / "server", clock=Hand(NOON)) as store:
        initialise(store)
        for login in dict.fromkeys(LOGINS):
            add_user(
                store,
                login,
                PASSWORD,
                display_name=login.title(),
                email=f"{login}@example.org",
                zone="Europe/Berlin",
            )
        _fill(store)
        app = create_app(store)
        for number, login in enumerate(LOGINS):
            peer = OxWebDav(Connection("http://localhost", login, PASSWORD, transport=Inside(lambda: app)))
            with Replica.create(directory / str(number), login, peer.identify()) as replica:
                replica.cycle(peer)


def _fill(store: Store) -> None:
    """Each of the two has some of everything, and shares a calendar and address book of theirs with the other."""
    with store.reading() as tx:
        found = [tx.principals.user_by_login(login) for login in dict.fromkeys(LOGINS)]
    ids = [one.id for one in found if one is not None]
    for me, other in (ids, ids[::-1]):
        session = Session(store, me, teller=Teller.NOBODY)
        defaults = [view.folder for view in session.folders().changed if view.folder.owner == me]
        for folder in (one for one in defaults if one.is_default and one.module in MODULES):
            people = (user(me), user(other)) if folder.module is not Module.CONTACTS else ()
            for shape in range(3):
                title = f"{folder.module} {shape} of {me}"
                session.create(folder.id, new(folder.module, shape, title, people[: shape + 1]), ignore_conflicts=True)
        for module in (Module.CALENDAR, Module.CONTACTS):
            rights = tuple(
                Right(kind=PrincipalKind.USER, principal=id_, rights=granted)
                for id_, granted in ((me, FULL), (other, Rights(folder=4, read=4, write=4, delete=4)))
            )
            team = session.create_folder(PRIVATE, f"Team of {me}", module=module, rights=rights)
            session.create(team.id, new(module, 4, f"{module} of team {me}", (user(me),)), ignore_conflicts=True)


@dataclass
class Device:
    """A replica on somebody's machine, and its way to the server."""

    mortal: MortalStore
    membership: Membership
    line: Saboteur
    peer: OxWebDav
    clock: Hand
    heard: list[Heard] = field(default_factory=list)

    @cached_property
    def replica(self) -> Replica:
        """The replica as the process that runs now has it."""
        return Replica(self.mortal.store, self.membership, now=self._now)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.now / 1000, UTC)

    def cycle(self, only: Mapping[RemoteId, str | None] | None = None) -> CycleResult:
        """Bring it in step with the server, as a whole or some folders only."""
        return self.replica.cycle(self.peer, only=only)

    def restart(self) -> None:
        """A new process opens the replica."""
        self.mortal.rise()
        self.__dict__.pop("replica", None)


class Stage:
    """The places where things happen. Each walk has its own copy of what was furnished.

    ``http`` says whether requests take the whole way through the server's application; it is twice as long.
    """

    def __init__(self, furnished: Path, home: Path, *, http: bool) -> None:
        self._home, self._http = home, http
        shutil.copytree(furnished, home, dirs_exist_ok=True)
        self.clock = Hand(NOON + 3_600_000)
        self.server = MortalStore(home / "server", self.clock)
        self._app = create_app(self.server.store)
        self.post = Post()
        self._seen: dict[tuple[int, FolderId | None], tuple[int, object]] = {}
        with self.server.store.reading() as tx:
            self._told = dict.fromkeys(DEVICES, present(tx))
            users = [tx.principals.user_by_login(login) for login in dict.fromkeys(LOGINS)]
        self.users: list[UserId] = [user.id for user in users if user is not None]
        self.devices = [self._device(number, login) for number, login in enumerate(LOGINS)]

    def _device(self, number: int, login: str) -> Device:
        clock = Hand(self.clock.now)
        mortal = MortalStore(self._home / str(number), clock)
        with mortal.store.reading() as tx:
            membership = tx.sync.get("account", Membership)
        assert membership is not None
        whole = Inside(self._running)
        way = whole if self._http else Direct(lambda: Session(self.server.store, membership.user), whole)
        line = Saboteur(way, self.server.arm, self.restart_server)
        peer = OxWebDav(Connection("http://localhost", login, PASSWORD, transport=line))
        return Device(mortal, membership, line, peer, clock)

    def _running(self) -> ASGIApp:
        return self._app

    def restart_server(self) -> bool:
        """The server's process ends, and another begins; return whether the first had died."""
        has_died = self.server.rise()
        self.server.store.sweep()  # as a server does when it starts
        self._app = create_app(self.server.store)
        return has_died

    def close(self) -> None:
        """Everything ends."""
        for device in self.devices:
            device.peer.close()
            device.mortal.close()
        self.server.close()
        shutil.rmtree(self._home)

    def user_of(self, place: int) -> UserId:
        """Who is at a place."""
        return self.users[(0, 0, 1, 0, 1)[place]]

    def session(self, place: int) -> Session:
        """What the person at a place can do there."""
        if place in DEVICES:
            return self.devices[place].replica.session()
        return Session(self.server.store, self.user_of(place), "web")

    def folders(self, place: int) -> list[Folder]:
        """The folders of the three modules that a person sees at a place."""
        return self._remembered(place, None, lambda: self._folders(place))

    def _remembered(self, place: int, of: FolderId | None, look: Callable[[], T]) -> T:
        """What was seen of a folder, or of all, when nothing has changed since: looking took a third of a walk."""
        store = self.devices[place].mortal if place in DEVICES else self.server
        at, found = self._seen.get((place, of), (0, None))
        if at == store.changes:
            return cast(T, found)
        fresh = look()
        self._seen[place, of] = store.changes, fresh
        return fresh

    def _folders(self, place: int) -> list[Folder]:
        found = [view.folder for view in self.session(place).folders().changed]
        ordinary = [one for one in found if one.id >= FIRST_ORDINARY and one.module in MODULES]
        return sorted(ordinary, key=lambda one: (one.owner, one.module, one.id))

    def remote(self, place: int, folder: Folder) -> str:
        """What the server calls a folder that somebody sees; unlike any other while it has none of it."""
        if place not in DEVICES:
            return folder_id(folder.id)
        return self.remote_of(place, folder.id)

    def remote_of(self, device: int, folder: FolderId) -> str:
        """The same of a device's folder, which may have been deleted there."""
        with self.devices[device].mortal.store.reading() as tx:
            link = tx.sync.folder_link(folder)
        return f"{folder} of {device}" if link is None else link.remote

    def records(self, place: int, folder: Folder) -> list[ItemRecord]:
        """The items of a folder; none where they may not be read."""
        return self._remembered(place, folder.id, lambda: self._records(place, folder))

    def _records(self, place: int, folder: Folder) -> list[ItemRecord]:
        try:
            return sorted(self.session(place).changes(folder.id, folder.module).items, key=lambda one: one.id)
        except Refused:
            return []

    def all_records(self, place: int) -> Iterator[ItemRecord]:
        """Every item that a person sees, once for each folder."""
        for folder in self.folders(place):
            yield from self.records(place, folder)

    def invitations(self) -> list[ItemRecord]:
        """All appointments and tasks that the server has, whoever may see them."""
        with self.server.store.reading() as tx:
            folders = [one.id for one in tx.folders.all() if one.module in MODULES]
            return tx.items.several({id_ for folder in folders for id_ in tx.items.ids(folder)}, None)

    def news(self, device: int) -> list[Heard]:
        """What the server would have told a device that listened, since this was last asked."""
        user = self.devices[device].membership.user
        with self.server.store.reading() as tx:
            spans, self._told[device] = advance(tx, self._told[device])
            actor = actor_of(tx, user)
            told = news(tx, spans, [Reader(actor, actor)]).get(user, ())
        return [
            Heard(folder=folder_id(one.folder), position=str(one.position)) if one.folder and one.position else Heard()
            for one in told
        ]

    def deliver(self) -> None:
        """Mail goes out: all that waits, however long it would."""
        self.clock.jump(600)
        self.post.collect(self.server.store)

    def strike(self, device: int, trouble: Trouble, request: int, at: float) -> CycleResult:
        """Bring a device in step while something happens to one of its requests."""
        line = self.devices[device].line
        line.arm(trouble, request, at)
        try:
            return self.devices[device].cycle()
        finally:
            line.disarm()

    def kill(self, device: int, steps: int) -> CycleResult | None:
        """Let a device's process be killed at some step of a cycle; None if it was."""
        one = self.devices[device]
        one.mortal.arm(steps)
        try:
            return one.cycle()
        except Killed:
            return None
        finally:
            one.restart()

    def describe(self, place: int) -> Counter[tuple[object, ...]]:
        """All that a person sees at a place: the tree of folders with their rights, and the items."""
        folders = self.folders(place)
        names = {folder.id: (folder.owner, folder.name) for folder in folders}
        found: Counter[tuple[object, ...]] = Counter()
        for folder in folders:
            above = names.get(folder.parent)
            found[folder.owner, folder.name, folder.module, above, plain_rights(folder.rights)] += 1
            records = self.records(place, folder)
            ids = {record.id for record in records}
            for record in records:
                files = tuple(sorted((file.name, file.digest) for file in record.attachments))
                found[folder.owner, folder.name, comparable(record.item), record.master in ids, files] += 1
        return found

    def decisions(self) -> list[tuple[int, Decision]]:
        """All that the devices' histories tell of what they decided by themselves, each with its device."""
        found: list[tuple[int, Decision]] = []
        for number, device in enumerate(self.devices):
            with device.mortal.store.reading() as tx:
                found += ((number, one) for one in tx.decisions.since(EPOCH))
        return found

    def undecided(self, place: int) -> dict[ItemId, Item]:
        """The other versions of items about which a device asks whoever is at a place, and so shows them."""
        if place not in DEVICES:
            return {}
        with self.devices[place].mortal.store.reading() as tx:
            return {one.item: one.lost for one in tx.decisions.open() if one.lost is not None}

    def awaited(self, place: int) -> dict[ItemId, set[str]]:
        """Files yet to be fetched of items that came back for them: who deletes those again was told."""
        if place not in DEVICES:
            return {}
        with self.devices[place].mortal.store.reading() as tx:
            waiting = tx.file_links.waiting()
            decisions = tx.decisions.of_items({file.item for file in waiting})
        back = {one.item for one in decisions if one.kind == Subject.EDIT_WON}
        return {id_: {file.digest for file in waiting if file.item == id_} for id_ in back}

    def unsound(self) -> list[str]:
        """What checks of the stores find."""
        found = [f"server: {one}" for one in check(self.server.store)]
        for number, device in enumerate(self.devices):
            with device.mortal.store.reading() as tx:
                found += [f"replica {number}: {one}" for one in findings(tx)]
        return found


def comparable(item: Item) -> str:
    """An item as text, without what each side counts or numbers for itself."""
    if isinstance(item, DistributionList):
        members = tuple(msgspec.structs.replace(one, contact=None, folder=None) for one in item.members)
        item = msgspec.structs.replace(item, members=members)
    if not isinstance(item, Contact):
        people = tuple(sorted(item.participants, key=lambda one: one.identity))
        item = msgspec.structs.replace(item, participants=people)
    if isinstance(item, Appointment):
        item = msgspec.structs.replace(item, sequence=0)
    return msgspec.json.encode(item).decode()
