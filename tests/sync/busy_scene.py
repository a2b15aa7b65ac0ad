"""An account where something of every kind waits on both sides, and what must hold whatever happens to it."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Final

from passerelle.groupware.attachments import NewFile, Target
from passerelle.groupware.letters import Kind as Letter
from passerelle.groupware.letters import read_notice
from passerelle.groupware.provision import add_user, initialise
from passerelle.groupware.session import Session
from passerelle.model.folders import PRIVATE, Folder, Module
from passerelle.model.ids import UserId
from passerelle.model.items import Appointment, Contact, Item, Task
from passerelle.model.moments import Timed
from passerelle.model.participants import Answer
from passerelle.model.records import ItemRecord
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.peers.line.address import check_address
from passerelle.peers.line.patience import USUAL, Patience
from passerelle.peers.line.settings import Line
from passerelle.peers.line.transport import LineTransport
from passerelle.peers.ox_webdav import Connection, OxWebDav
from passerelle.server.app import create_app
from passerelle.store import Store
from passerelle.sync.accounts.registry import Accounts
from passerelle.sync.replica import Replica
from passerelle.sync.report import title_of
from tests.sync.bad_server import Gateway, serving
from tests.sync.fire.edits import GUEST, user
from tests.sync.fire.stage import comparable

ME, OTHER = UserId(2), UserId(3)
PASSWORD: Final = "a secret"
START = datetime(2099, 3, 2, 9, tzinfo=UTC)
"""Nobody is invited to what is over."""
FOLDERS: Final = {
    "Attic": Module.CONTACTS,
    "Away": Module.CALENDAR,
    "Club": Module.CALENDAR,
    "Guests": Module.CALENDAR,
    "Projects": Module.TASKS,
    "Old": Module.TASKS,
}
MODULES: Final = frozenset({Module.CONTACTS, Module.CALENDAR, Module.TASKS})
CERTAIN: Final = {"meeting", "to be moved", "weekly", "edited here", "edited there", "stays"}
MADE_HERE, MADE_THERE = {"new here", "in the new folder", "invitation"}, {"new there", "new there, too"}
FILES: Final = ("edited here.txt", "edited there.txt", "hung on here.txt", "hung on there.txt")
DELETED: Final = {"deleted here", "deleted there", "in the old folder"}


def appointment(title: str, day: int, **more: object) -> Appointment:
    start = START + timedelta(days=day)
    return Appointment(when=Timed(start=start, end=start + timedelta(hours=1), zone="UTC"), title=title, **more)  # type: ignore[arg-type]


def hang(session: Session, record: ItemRecord, name: str) -> None:
    """Hang a file on a task."""
    file = NewFile(name=name, media_type="text/plain", size=len(name), stream=BytesIO(name.encode()))
    session.attach(Target(record.id, Module.TASKS, record.folder), file)


def folders(session: Session) -> dict[str, Folder]:
    found = (view.folder for view in session.folders().changed)
    return {one.name: one for one in found if one.owner == session.user_id and one.module in MODULES}


def of_module(session: Session, module: Module) -> Folder:
    return next(one for one in folders(session).values() if one.is_default and one.module is module)


def items(session: Session) -> list[tuple[str, Item]]:
    """Every item of the own folders, with the name of its folder."""
    found = []
    for name, folder in folders(session).items():
        found += [(name, record.item) for record in session.changes(folder.id, folder.module).items]
    return found


def files(session: Session) -> list[str]:
    """The names of all files on the items of the own folders, once for each."""
    return sorted(file.name for record in records(session) for file in record.attachments)


@dataclass
class Furnished:
    """What each case begins with: where it lies, and the address at which all cases find their server."""

    home: Path
    gateway: Gateway
    url: str


@dataclass
class Scene:
    """An account's replica, its server, and the line between them."""

    server: Store
    accounts: Accounts
    gateway: Gateway
    url: str
    patience: Patience = USUAL
    later: timedelta = timedelta()

    @cached_property
    def replica(self) -> Replica:
        return Replica.open(self.accounts.directory_of(self.accounts.get()), now=self._now)

    def _now(self) -> datetime:
        return datetime.now(UTC) + self.later

    def here(self) -> Session:
        return self.replica.session()

    def there(self, user: UserId = ME) -> Session:
        return Session(self.server, user)

    @contextmanager
    def line(self) -> Iterator[OxWebDav]:
        transport = LineTransport(check_address(self.url), Line(), patience=self.patience)
        peer = OxWebDav(Connection(self.url, "anna", PASSWORD, transport=transport))
        try:
            yield peer
        finally:
            peer.close()


@contextmanager
def furnished(home: Path) -> Iterator[Furnished]:
    """A server with some of everything, and an account in step with it."""
    with Store.create(home / "server") as store:
        initialise(store)
        for login in ("anna", "ben"):
            add_user(store, login, PASSWORD, email=f"{login}@example.org", zone="UTC")
        fill(Session(store, ME), Session(store, OTHER))
        gateway = Gateway(create_app(store))
        with serving(gateway) as url:
            accounts = Accounts(home / "connector")
            account = accounts.add(url, "anna", PASSWORD)
            with accounts.replica(account) as replica, closing(accounts.connect(account)) as peer:
                replica.cycle(peer)
                replica.cycle(peer)
            store.close()
            yield Furnished(home, gateway, url)


@contextmanager
def staged(furnished: Furnished, home: Path) -> Iterator[Scene]:
    """A copy of what was furnished, where something of every kind waits on both sides."""
    shutil.copytree(furnished.home, home)
    with Store.open(home / "server") as server:
        furnished.gateway.begin(create_app(server))
        scene = Scene(server, Accounts(home / "connector"), furnished.gateway, furnished.url)
        edit(scene)
        yield scene
        scene.replica.close()


def fill(me: Session, other: Session) -> None:
    for name, module in FOLDERS.items():
        me.create_folder(PRIVATE, name, module=module)
    mine = folders(me)
    for title in ("edited here", "edited there", "stays"):
        hang(me, me.create(mine["Projects"].id, Task(title=title)), f"{title}.txt")
    me.create(mine["Old"].id, Task(title="in the old folder"))
    me.create(mine["Attic"].id, Contact(last_name="deleted here", display_name="deleted here"))
    me.create(mine["Away"].id, appointment("to be moved", 1))
    weekly = Recurrence(rules=(Rule(frequency=Frequency.WEEKLY, count=8),))
    me.create(mine["Club"].id, appointment("weekly", 0, recurrence=weekly))
    me.create(of_module(me, Module.CONTACTS).id, Contact(last_name="deleted there", display_name="deleted there"))
    everybody = (user(ME), user(OTHER))
    other.create(of_module(other, Module.CALENDAR).id, appointment("meeting", 3, participants=everybody))


def edit(scene: Scene) -> None:
    """Something of every kind waits, on both sides."""
    here, there = scene.here(), scene.there()
    mine, found = folders(here), {title_of(one.item): one for one in records(here)}
    here.create(of_module(here, Module.CONTACTS).id, Contact(last_name="new here", display_name="new here"))
    guests = (user(ME), GUEST)
    here.create(mine["Guests"].id, appointment("invitation", 9, participants=guests))
    hang(here, found["stays"], "hung on here.txt")
    stays = found["stays"]
    here.detach(Target(stays.id, Module.TASKS), stays.attachments[0].id)
    here.update(found["edited here"].id, mine["Projects"].id, lambda _: {"note": "by me"})
    here.update(found["to be moved"].id, mine["Away"].id, lambda _: {}, destination=of_module(here, Module.CALENDAR).id)
    here.confirm(found["meeting"].id, Answer.ACCEPTED, "")
    club, week = mine["Club"].id, (START + timedelta(weeks=1)).date()
    here.change_occurrence(found["weekly"].id, club, week, lambda _: {"location": "Hall"}, ignore_conflicts=True)
    made = here.create_folder(PRIVATE, "Made here", module=Module.TASKS)
    here.create(made.id, Task(title="in the new folder"))
    here.update_folder(mine["Away"].id, name="Far away")
    here.delete_folder(mine["Old"].id)
    here.delete(found["deleted here"].id, mine["Attic"].id)
    mine, found = folders(there), {title_of(one.item): one for one in records(there)}
    hang(there, found["stays"], "hung on there.txt")
    there.update(found["edited there"].id, mine["Projects"].id, lambda _: {"note": "by me, there"})
    there.create(of_module(there, Module.CONTACTS).id, Contact(last_name="new there", display_name="new there"))
    there.create(of_module(there, Module.CALENDAR).id, appointment("new there, too", 5))
    there.delete(found["deleted there"].id, of_module(there, Module.CONTACTS).id)
    scene.replica.want_slow_sync([folders(here)["Projects"].id])


def records(session: Session) -> Iterator[ItemRecord]:
    for folder in folders(session).values():
        yield from session.changes(folder.id, folder.module).items


def check(scene: Scene) -> None:
    """Nothing is lost on either side, nothing is there twice."""
    for session, made in ((scene.here(), MADE_HERE), (scene.there(), MADE_THERE)):
        found = Counter(title_of(item) for _, item in items(session) if not is_exception(item))
        assert found.keys() >= CERTAIN | made
        assert found.keys() <= CERTAIN | MADE_HERE | MADE_THERE | DELETED
        assert set(found.values()) == {1}
        hanging = Counter(files(session))
        assert hanging.keys() <= set(FILES) | {"stays.txt"}
        assert set(hanging.values()) == {1}


def is_exception(item: Item) -> bool:
    return isinstance(item, Appointment) and item.recurrence_id is not None


def in_step(scene: Scene, cycles: int = 3) -> None:
    """Once the server behaves all is the same on both sides, and after some cycles there is nothing more to do."""
    scene.later += timedelta(days=2)
    with scene.line() as peer:
        for _ in range(cycles):
            scene.replica.cycle(peer)
        result = scene.replica.cycle(peer)
        assert (result.total, result.reports) == (0, ())
        assert scene.replica.waiting.skipped() == ()
    here, there = (
        Counter((name, comparable(item)) for name, item in items(one)) for one in (scene.here(), scene.there())
    )
    assert (here - there, there - here) == (Counter(), Counter()), "only here, only there"
    assert (files(scene.here()), files(scene.there())) == (sorted(FILES), sorted(FILES)), "files: here, there"
    titles = {title_of(item) for _, item in items(scene.here())}
    assert titles == CERTAIN | MADE_HERE | MADE_THERE
    assert set(folders(scene.here())) == set(folders(scene.there())) >= {"Far away", "Made here", "Club", "Projects"}
    assert "Old" not in folders(scene.there())
    assert invitations(scene) == ["invitation"], "nobody is invited twice"


def invitations(scene: Scene) -> list[str]:
    """What the guest was invited to."""
    with scene.server.reading() as tx:
        waiting = [one for one in tx.outbox.unsent() if one.kind == Letter.NOTICE]
    notices = [read_notice(one.content) for one in waiting]
    return [
        one.after.item.title or ""
        for one in notices
        if one.before is None and one.after is not None and one.recipient.mail == GUEST.mail
    ]
