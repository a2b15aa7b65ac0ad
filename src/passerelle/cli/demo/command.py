"""``passerelle demo``: the main job, on this machine, with data that the demo makes itself."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from time import monotonic
from typing import Annotated

from cyclopts import Parameter

from passerelle.cli.cycling import run_cycle
from passerelle.cli.demo.organisation import PASSWORD, STEPS, Organisation, Size
from passerelle.cli.demo.people import EMPLOYEES
from passerelle.cli.demo.scene import Edit, Person, content, items_of
from passerelle.cli.output import about, complain, print_table, progress, say
from passerelle.groupware.describing import rows as fields
from passerelle.groupware.describing import title
from passerelle.groupware.session import Session
from passerelle.model.errors import Misconfigured
from passerelle.model.folders import Module
from passerelle.model.items import Appointment, Contact, Item, Task
from passerelle.model.moments import Day
from passerelle.model.text import Text
from passerelle.store import Store
from passerelle.sync.accounts.registry import Account, Accounts
from passerelle.sync.report import CycleResult
from passerelle.translations import said

MACHINES = ("office", "home")
READY = "listening on "
EDITED = ("when", "location", "mobile")


def demo(
    *,
    once: Annotated[bool, Parameter(negative="", help="Do it all, check that all sides are equal, and end.")] = False,
    seed: int = 2026,
    port: int = 0,
) -> int:
    """Show the main job: an organisation's server, and one person's account on two machines kept in step with it.

    Args:
        once: End with exit code 0 if both replicas and the server are equal, else 1.
        seed: Other numbers make other people and appointments.
        port: Where the server listens; 0 takes a free port.
    """
    with tempfile.TemporaryDirectory(prefix="passerelle-demo-") as directory:
        home = Path(directory)
        _build(home / "server", datetime.now(UTC).date(), seed)
        with _serving(home / "server", port) as (url, server):
            say(Text("The server listens on {url}.", url=url))
            equal = _Show(home, url).run()
            if not once:
                _invite_to_try(home, url)
                _wait(server)
    return 0 if equal else 1


def _build(directory: Path, today: date, seed: int) -> None:
    with Store.create(directory) as store, progress() as bar:
        task = bar.add_task(said("Making an organisation"), total=STEPS)
        for step in Organisation(store, today, seed, Size()).steps():
            bar.update(task, advance=1, description=f"{said('Making an organisation')} – {step}")


@contextmanager
def _serving(directory: Path, port: int) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The real server in a process of its own, ended with SIGTERM."""
    command = [sys.executable, "-m", "passerelle", "server", "run", "--data", str(directory), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
    try:
        line = server.stdout.readline() if server.stdout else ""
        if not line.startswith(READY):
            message = Text("The demo's server did not start. What it said stands above.")
            raise Misconfigured(message)
        yield line.removeprefix(READY).strip(), server
    finally:
        server.terminate()
        server.wait()


class _Show:
    """Two machines of one person, and what happens on them."""

    def __init__(self, home: Path, url: str) -> None:
        self._home = home
        self._accounts = {name: Accounts(home / name) for name in MACHINES}
        self._who = EMPLOYEES[0]
        self._timings: list[tuple[object, ...]] = []
        self._merged: tuple[str, ...] = ()
        for name, accounts in self._accounts.items():
            accounts.add(url, self._who.login, PASSWORD, name=name, zone=self._who.zone)

    def run(self) -> bool:
        """The whole show; returns whether all sides are equal at the end."""
        for name in MACHINES:
            self._cycle(name, Text("first synchronisation"))
        for name in MACHINES:
            self._cycle(name, Text("nothing to do"))
        edits = self._edit()
        for name in (*MACHINES, *MACHINES):
            self._cycle(name, Text("after edits on both"))
        columns = ("Machine", "Cycle", "Changes", "Requests", "KiB", "Seconds")
        print_table(Text("Cycles"), columns, self._timings)
        print_table(
            Text("What people did at the same time"), ("Where", "What"), [(edit.who, edit.what) for edit in edits]
        )
        return self._compare()

    def _cycle(self, name: str, what: Text) -> CycleResult:
        account = self._account(name)
        result = run_cycle(self._accounts[name], account)
        traffic = result.traffic
        size = Text("{size:,.0f}", size=traffic.received / 1024)
        seconds = Text("{seconds:.2f}", seconds=result.seconds)
        self._timings.append((name, what, result.total, traffic.requests, size, seconds))
        for report in result.reports:
            say(about(name, report.message))
        return result

    def _edit(self) -> list[Edit]:
        """Edits on one side, on the other, and of the same items on both."""
        with (
            self._accounts["office"].replica(self._account("office")) as office_replica,
            self._accounts["home"].replica(self._account("home")) as home_replica,
        ):
            office, home = Person("office", office_replica.session()), Person("home", home_replica.session())
            both, contested = office.first(Appointment, 0), office.first(Contact, 0)
            self._merged = (both, contested)
            today = datetime.now(UTC).date()
            return [
                office.add(office.folder(Module.TASKS), Task(title="Brücke streichen", due=Day(day=today))),
                office.delete(office.first(Appointment, 5)),
                home.finish_task(home.first(Task, 2)),
                home.add(
                    home.folder(Module.CONTACTS), Contact(display_name="Zoé Lefèvre", email1="zoe@lefevre.example")
                ),
                office.move_appointment(both, 2),
                home.set(both, "location", "Besprechungsraum Rhône"),
                office.set(contested, "mobile", "+49 170 1111111"),
                home.set(contested, "mobile", "+49 170 2222222"),
            ]

    def _merged_items(self, session: Session) -> list[Item]:
        found = {record.item.uid: record.item for _, record in items_of(session)}
        return [found[uid] for uid in self._merged]

    def _account(self, name: str) -> Account:
        return self._accounts[name].get(name)

    def _compare(self) -> bool:
        """Whether the server and both replicas hold the same, said in a table."""
        started = monotonic()
        with Store.open(self._home / "server") as store:
            with store.reading() as tx:
                user = tx.principals.user_by_login(self._who.login)
            assert user is not None  # noqa: S101 - the demo made her
            session = Session(store, user.id)
            sides = {"server": content(session)}
            merged = self._merged_items(session)
            rows = [(title(one), *row) for one in merged for row in fields(one) if row[0] in EDITED]
        print_table(Text("Items that were edited on both, as merged"), ("Item", "Field", "Value"), rows)
        for name in MACHINES:
            with self._accounts[name].replica(self._account(name)) as replica:
                sides[name] = content(replica.session())
        reference = sides["server"]
        counts = [(name, len(items), _differences(reference, items)) for name, items in sides.items()]
        columns = ("Side", "Items", "Unlike the server")
        print_table(Text("All sides compared in {seconds:.1f} s", seconds=monotonic() - started), columns, counts)
        equal = all(items == reference for items in sides.values())
        if equal:
            say("The server and both replicas are equal.")
        else:
            complain("The sides differ. That is a fault of Passerelle; please report it with the seed.")
        return equal


def _differences(reference: Mapping[tuple[str, str, str], Item], other: Mapping[tuple[str, str, str], Item]) -> int:
    return sum(reference.get(key) != other.get(key) for key in reference.keys() | other.keys())


def _invite_to_try(home: Path, url: str) -> None:
    say("")
    say(Text("Everything stays up. Open {url} in a browser and log in as anna; or in another terminal, try:", url=url))
    office, other = home / "office", home / "home"
    logins = ", ".join(employee.login for employee in EMPLOYEES)
    for command in (
        f"passerelle list Kalender --data {office}",
        f'passerelle add task "Say hello" --data {office} && passerelle sync --data {office}',
        f"passerelle sync --data {other} && passerelle list Aufgaben --data {other}",
        f"passerelle status --data {office}",
        f"passerelle desk --data {office}",
        f"curl -u anna:{PASSWORD} {url}/servlet/webdav.version",
    ):
        say(f"  {command}")
    say(
        Text(
            "Connect any client of the OX interface to {url} as {logins}; the password is {password}. Ctrl-C ends.",
            url=url,
            logins=logins,
            password=PASSWORD,
        )
    )


def _wait(server: subprocess.Popen[str]) -> None:
    try:
        server.wait()
    except KeyboardInterrupt:
        say("Ending.")
