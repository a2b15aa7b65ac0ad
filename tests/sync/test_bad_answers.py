"""Every bad answer to every kind of request: nothing is lost by it, here or there, or comes twice; and it is told."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Final

import pytest

from passerelle.groupware.provision import add_user, initialise
from passerelle.groupware.session import Session
from passerelle.model.errors import PasserelleError
from passerelle.model.folders import PRIVATE, Folder, Module
from passerelle.model.ids import UserId
from passerelle.model.items import Appointment, Contact, Item, Task
from passerelle.model.moments import Timed
from passerelle.model.participants import Answer, Participant, ParticipantKind
from passerelle.model.records import ItemRecord
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.peers.line.address import check_address
from passerelle.peers.line.patience import Patience
from passerelle.peers.line.settings import Line
from passerelle.peers.line.transport import LineTransport
from passerelle.peers.ox_webdav import Connection, OxWebDav
from passerelle.server.app import create_app
from passerelle.store import Store
from passerelle.sync.replica import Replica
from passerelle.sync.report import title_of
from tests.sync.bad_answers import BAD_ANSWERS, SILENCE
from tests.sync.bad_server import Gateway, Kind, Spoil, serving
from tests.sync.fire.stage import comparable

ME, OTHER = UserId(2), UserId(3)
PASSWORD: Final = "a secret"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
FOLDERS: Final = {
    "Attic": Module.CONTACTS,
    "Away": Module.CALENDAR,
    "Club": Module.CALENDAR,
    "Projects": Module.TASKS,
    "Old": Module.TASKS,
}
MODULES: Final = frozenset({Module.CONTACTS, Module.CALENDAR, Module.TASKS})
CERTAIN: Final = {"meeting", "to be moved", "weekly", "edited here", "edited there", "stays"}
MADE_HERE, MADE_THERE = {"new here", "in the new folder"}, {"new there", "new there, too"}
DELETED: Final = {"deleted here", "deleted there", "in the old folder"}


def appointment(title: str, day: int, **more: object) -> Appointment:
    start = START + timedelta(days=day)
    return Appointment(when=Timed(start=start, end=start + timedelta(hours=1), zone="UTC"), title=title, **more)  # type: ignore[arg-type]


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


@dataclass
class Scene:
    """A replica, its server, and the line between them."""

    server: Store
    replica: Replica
    gateway: Gateway
    url: str
    patience: Patience
    later: timedelta = timedelta()

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


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server with some of everything, and a replica in step with it: what each case begins with."""
    home = tmp_path_factory.mktemp("furnished")
    with Store.create(home / "server") as store:
        initialise(store)
        for login in ("anna", "ben"):
            add_user(store, login, PASSWORD, email=f"{login}@example.org", zone="UTC")
        fill(Session(store, ME), Session(store, OTHER))
        gateway = Gateway(create_app(store))
        with serving(gateway) as url:
            peer = OxWebDav(Connection(url, "anna", PASSWORD))
            with Replica.create(home / "replica", "anna", peer.identify()) as replica:
                replica.cycle(peer)
                replica.cycle(peer)
            peer.close()
    return home


def fill(me: Session, other: Session) -> None:
    for name, module in FOLDERS.items():
        me.create_folder(PRIVATE, name, module=module)
    mine = folders(me)
    for title in ("edited here", "edited there", "stays"):
        me.create(mine["Projects"].id, Task(title=title))
    me.create(mine["Old"].id, Task(title="in the old folder"))
    me.create(mine["Attic"].id, Contact(last_name="deleted here", display_name="deleted here"))
    me.create(mine["Away"].id, appointment("to be moved", 1))
    weekly = Recurrence(rules=(Rule(frequency=Frequency.WEEKLY, count=8),))
    me.create(mine["Club"].id, appointment("weekly", 0, recurrence=weekly))
    me.create(of_module(me, Module.CONTACTS).id, Contact(last_name="deleted there", display_name="deleted there"))
    everybody = tuple(Participant(kind=ParticipantKind.USER, id=id_) for id_ in (ME, OTHER))
    other.create(of_module(other, Module.CALENDAR).id, appointment("meeting", 3, participants=everybody))


def edit(scene: Scene) -> None:
    """Something of every kind waits, on both sides."""
    here, there = scene.here(), scene.there()
    mine, found = folders(here), {title_of(one.item): one for one in records(here)}
    here.create(of_module(here, Module.CONTACTS).id, Contact(last_name="new here", display_name="new here"))
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
    there.update(found["edited there"].id, mine["Projects"].id, lambda _: {"note": "by me, there"})
    there.create(of_module(there, Module.CONTACTS).id, Contact(last_name="new there", display_name="new there"))
    there.create(of_module(there, Module.CALENDAR).id, appointment("new there, too", 5))
    there.delete(found["deleted there"].id, of_module(there, Module.CONTACTS).id)
    scene.replica.want_slow_sync([folders(here)["Projects"].id])


def records(session: Session) -> Iterator[ItemRecord]:
    for folder in folders(session).values():
        yield from session.changes(folder.id, folder.module).items


@pytest.fixture
def scene(furnished: Path, tmp_path: Path) -> Iterator[Scene]:
    shutil.copytree(furnished, tmp_path / "home")
    with Store.open(tmp_path / "home" / "server") as server:
        gateway = Gateway(create_app(server))
        with serving(gateway) as url:
            scene: Scene
            with Replica.open(tmp_path / "home" / "replica", now=lambda: datetime.now(UTC) + scene.later) as replica:
                scene = Scene(server, replica, gateway, url, Patience())
                edit(scene)
                yield scene


def check(scene: Scene) -> None:
    """Nothing is lost on either side, nothing is there twice."""
    for session, made in ((scene.here(), MADE_HERE), (scene.there(), MADE_THERE)):
        found = Counter(title_of(item) for _, item in items(session) if not is_exception(item))
        assert found.keys() >= CERTAIN | made
        assert found.keys() <= CERTAIN | MADE_HERE | MADE_THERE | DELETED
        assert set(found.values()) == {1}


def is_exception(item: Item) -> bool:
    return isinstance(item, Appointment) and item.recurrence_id is not None


def strike(scene: Scene, answers: Iterable[Spoil]) -> list[str]:
    """Let one of the answers strike each kind of request once; what the user reads of it."""
    scene.gateway.waiting = dict(zip(Kind, cycle(answers), strict=False))
    return run(scene)


def run(scene: Scene) -> list[str]:
    """Run cycles until every kind that waits for it was struck; what the user reads."""
    said: list[str] = []
    for _ in range(2 * len(Kind)):
        if not scene.gateway.waiting:
            break
        with scene.line() as peer:
            try:
                said += [str(one.message) for one in scene.replica.cycle(peer).reports]
            except PasserelleError as error:
                said.append(str(error))
        check(scene)
        scene.later += timedelta(hours=1)
    assert not scene.gateway.waiting
    return said


def in_step(scene: Scene) -> None:
    """Once the server behaves all is the same on both sides, and there is nothing more to do."""
    scene.later += timedelta(days=2)
    with scene.line() as peer:
        for _ in range(3):
            scene.replica.cycle(peer)
        result = scene.replica.cycle(peer)
        assert (result.total, result.reports) == (0, ())
        assert scene.replica.skipped() == ()
    here, there = (
        Counter((name, comparable(item)) for name, item in items(one)) for one in (scene.here(), scene.there())
    )
    assert (here - there, there - here) == (Counter(), Counter()), "only here, only there"
    titles = {title_of(item) for _, item in items(scene.here())}
    assert titles == CERTAIN | MADE_HERE | MADE_THERE
    assert set(folders(scene.here())) == set(folders(scene.there())) >= {"Far away", "Made here", "Club", "Projects"}
    assert "Old" not in folders(scene.there())


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_a_bad_answer_to_any_request_loses_and_doubles_nothing_and_is_told(scene: Scene, name: str) -> None:
    bad = BAD_ANSWERS[name]
    said = strike(scene, bad.answers.values())
    assert not bad.says or any(re.search(bad.says, one) for one in said), said
    in_step(scene)


def test_a_server_that_is_silent_is_not_waited_for_and_nothing_is_lost_or_doubled(scene: Scene) -> None:
    scene.patience = Patience(window_s=0.3)
    scene.gateway.waiting = dict.fromkeys((Kind.CONTACTS, Kind.CREATION, Kind.FOLDER_CREATION), SILENCE)
    assert "The server did not answer in time." in run(scene)
    scene.patience = Patience()
    in_step(scene)
