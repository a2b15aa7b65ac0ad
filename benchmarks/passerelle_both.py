"""Our connector against our server: a person's calendar, address book and task list, kept in step with a replica."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from benchmarks.connector import NO_KEYRING, PROGRAM, wait_for_push, watching
from benchmarks.items import Mixture, whole_mixture
from benchmarks.processes import Failed, Run, Server, run_client, server
from benchmarks.results import Measurement, Phase, changes_among
from passerelle.groupware.provision import add_user, initialise
from passerelle.groupware.session import Session
from passerelle.model.folders import Folder, Module
from passerelle.model.ids import ItemId, UserId
from passerelle.model.items import Appointment, Item
from passerelle.model.patch import Patch
from passerelle.store import Store
from passerelle.sync.accounts.registry import Accounts

PAIR = "Passerelle"
USER = "anna"
PASSWORD = "secret"

_PORTION = 5_000
_CHANGED = "Changed with"
_MODULES = (Module.CALENDAR, Module.CONTACTS, Module.TASKS)


class _Traffic(msgspec.Struct):
    requests: int


class _Cycle(msgspec.Struct):
    """What is read of the connector's own report."""

    seconds: float
    traffic: _Traffic


def measure(count: int, directory: Path) -> Iterator[Measurement]:
    """Measure all phases with so many items.

    Raises:
        Failed: a side did not do its work.
    """
    scenario = _Scenario(count, directory)
    scenario.fill(whole_mixture(count))
    with server([PROGRAM, "server", "run", "--data", scenario.office], directory, NO_KEYRING) as ours:
        scenario.join(ours.wait_for(r"listening on (\S+)"))
        yield scenario.run(Phase.FIRST, ours)
        yield scenario.run(Phase.IDLE, ours)
        yield scenario.run_by_daemon(ours)
        for phase, changes in changes_among(count).items():
            scenario.change(changes)
            yield scenario.run(phase, ours)
            scenario.check_agreement(changes)


class _Scenario:
    """A server with one user, and the user's account on this machine."""

    def __init__(self, count: int, directory: Path) -> None:
        self._count = count
        self._directory = directory
        self.office = directory / "office"
        self._accounts = directory / "accounts"

    def fill(self, mixture: Mixture) -> None:
        """Make the server's store and put the items into the user's default folders."""
        with Store.create(self.office) as store:
            initialise(store)
            user = add_user(store, USER, PASSWORD, first_name="Anna", email="anna@passerelle.example")
            fill_user(store, user.id, mixture)

    def join(self, url: str) -> None:
        """Add the account; that the login is tried is not measured."""
        self._call("account", "add", url, "--login", USER, "--password-stdin", stdin=f"{PASSWORD}\n")

    def run(self, phase: Phase, ours: Server) -> Measurement:
        """Synchronise once and see that all items are there."""
        ours.forget()
        run = self._call("sync", "--json")
        cycle = msgspec.json.decode(run.output, type=dict[str, _Cycle])[USER]
        self._check_count()
        return Measurement(
            pair=PAIR,
            phase=phase,
            items=self._count,
            seconds=run.seconds,
            processor_seconds=run.processor_seconds + ours.processor_seconds,
            requests=cycle.traffic.requests,
            client_mib=run.peak_mib,
            server_mib=ours.peak_mib,
            cycle_seconds=cycle.seconds,
        )

    def run_by_daemon(self, ours: Server) -> Measurement:
        """Synchronise once with nothing to do while a daemon watches, which carries that out for the command."""
        with watching(self._accounts) as daemon:
            wait_for_push(self._accounts)
            daemon.forget()
            measured = self.run(Phase.BY_DAEMON, ours)
            return msgspec.structs.replace(
                measured,
                processor_seconds=measured.processor_seconds + daemon.processor_seconds,
                client_mib=measured.client_mib + daemon.peak_mib,
            )

    def change(self, changes: int) -> None:
        """Give other titles to some appointments on the server and to as many others in the replica."""
        for sessions, chosen in ((self._there, slice(changes)), (self._here, slice(-changes, None))):
            with sessions() as session:
                ids = session.ids(_calendar(session).id, Module.CALENDAR)[chosen]
                _change_titles(session, ids, _title(changes))

    def check_agreement(self, changes: int) -> None:
        """See that all changes are on both sides."""
        for sessions in (self._there, self._here):
            with sessions() as session:
                _check_titles(session, _title(changes), 2 * changes)

    @contextmanager
    def _there(self) -> Iterator[Session]:
        with Store.open(self.office) as store:
            with store.reading() as tx:
                user = tx.principals.user_by_login(USER)
            if user is None:
                raise Failed("The server has lost its user.")
            yield Session(store, user.id)

    @contextmanager
    def _here(self) -> Iterator[Session]:
        accounts = Accounts(self._accounts)
        with accounts.replica(accounts.get()) as replica:
            yield replica.session()

    def _check_count(self) -> None:
        with self._here() as session:
            found = sum(len(session.ids(_default_folder(session, module).id, module)) for module in _MODULES)
        if found != self._count:
            raise Failed(f"The connector brought {found} of {self._count} items.")

    def _call(self, *words: str, stdin: str = "") -> Run:
        command: list[str | Path] = [PROGRAM, *words, "--data", self._accounts]
        return run_client(command, self._directory, NO_KEYRING, stdin)


def fill_user(store: Store, user: UserId, mixture: Mixture) -> None:
    """Put items into a user's default folders."""
    session = Session(store, user)
    for module, items in _by_module(mixture):
        folder = _default_folder(session, module)
        for start in range(0, len(items), _PORTION):
            with store.writing(user) as tx:
                tx.items.add_many(folder.id, items[start : start + _PORTION])


def _by_module(mixture: Mixture) -> Iterable[tuple[Module, Sequence[Item]]]:
    return zip(_MODULES, (mixture.appointments, mixture.contacts, mixture.tasks), strict=True)


def _default_folder(session: Session, module: Module) -> Folder:
    views = session.folders().changed
    mine = (view.folder for view in views if view.folder.is_default and view.folder.owner == session.user_id)
    return next(folder for folder in mine if folder.module is module)


def _calendar(session: Session) -> Folder:
    return _default_folder(session, Module.CALENDAR)


def _title(changes: int) -> str:
    """What all titles begin with that were changed together."""
    return f"{_CHANGED} {changes}: "


def _change_titles(session: Session, ids: Sequence[ItemId], title: str) -> None:
    def change(item: Item) -> Patch:
        return {"title": f"{title}{item.title}"} if isinstance(item, Appointment) else {}

    for id_ in ids:
        record = session.get(id_, Module.CALENDAR)
        session.update(id_, record.folder, change, module=Module.CALENDAR, expected=record.stamp, ignore_conflicts=True)


def _check_titles(session: Session, title: str, expected: int) -> None:
    items = (record.item for record in session.changes(_calendar(session).id, Module.CALENDAR).items)
    found = sum(1 for item in items if isinstance(item, Appointment) and (item.title or "").startswith(title))
    if found != expected:
        raise Failed(f"{found} of {expected} changes are on both sides.")
