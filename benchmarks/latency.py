"""How long it takes from an edit in one replica until it is visible in another, through a server that pushes.

All are processes of their own: the server, and a ``passerelle sync --watch`` for each machine. One machine has one
account, or many; the other has one of them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from statistics import quantiles

from msgspec import Struct

from benchmarks.connector import PROGRAM, wait_for_push, watching
from benchmarks.passerelle_both import PASSWORD
from benchmarks.processes import Failed, Server, server
from benchmarks.results import Machine
from passerelle.groupware.provision import add_user, initialise
from passerelle.groupware.session import Session
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId
from passerelle.model.items import Item, Task
from passerelle.model.patch import Patch
from passerelle.store import Store
from passerelle.sync.accounts.registry import Accounts
from passerelle.sync.accounts.secrets_in_file import FileSecrets

IDLE_S = 20.0
"""How long the processor time of a process with nothing to do is counted."""
_PATIENCE_S = 300.0
_LOOK_S = 0.002
_PAUSE_S = 0.15
"""Up to so long between two edits, so that they keep no step with the looks of the daemon."""


class Latency(Struct, frozen=True, kw_only=True):
    """Seconds of all edits; of the process with all accounts, MiB and the share of a processor while idle."""

    accounts: int
    seconds: tuple[float, ...]
    mib: float
    idle: float

    @property
    def median_ms(self) -> float:
        """What half of the edits stay below."""
        return quantiles(self.seconds, n=20)[9] * 1000

    @property
    def most_ms(self) -> float:
        """What 95 of 100 edits stay below."""
        return quantiles(self.seconds, n=20)[18] * 1000


def measure(count: int, edits: int, directory: Path) -> Latency:
    """Keep so many accounts in step on one machine, and the first of them on another one as well.

    Raises:
        Failed: a side did not do its work.
    """
    logins = [f"user{number}" for number in range(count)]
    with Store.create(directory / "office") as store:
        initialise(store)
        for login in logins:
            add_user(store, login, PASSWORD, first_name=login, email=f"{login}@passerelle.example")
    with ExitStack() as stack:
        command: list[str | Path] = [PROGRAM, "server", "run", "--port", "0", "--data", directory / "office"]
        office = stack.enter_context(server(command, directory, {}))
        url = office.wait_for(r"listening on (\S+)")
        here = stack.enter_context(_machine(directory / "here", url, logins))
        stack.enter_context(_machine(directory / "there", url, logins[:1]))
        for name in ("here", "there"):
            wait_for_push(directory / name)
        here.forget()
        time.sleep(IDLE_S)
        idle, mib = here.processor_seconds / IDLE_S, here.peak_mib
        seconds = _edit(directory / "here", directory / "there", logins[0], edits)
    return Latency(accounts=count, seconds=tuple(seconds), mib=mib, idle=idle)


def _machine(data: Path, url: str, logins: Sequence[str]) -> AbstractContextManager[Server]:
    accounts = Accounts(data, FileSecrets(data))
    for login in logins:
        accounts.add(url, login, PASSWORD)
    return watching(data)


def _edit(here: Path, there: Path, login: str, edits: int) -> list[float]:
    """Change the title of one task again and again; return how long each took to be visible on the other side."""
    with ExitStack() as stack:
        mine, theirs = (
            stack.enter_context(accounts.replica(accounts.get(login))).session()
            for accounts in (Accounts(data, FileSecrets(data)) for data in (here, there))
        )
        folder = _tasks(mine)
        began = time.perf_counter()
        task = mine.create(folder, Task(title="0")).id
        _await_title(theirs, "0", began)
        seconds = []
        for number in range(1, edits + 1):
            time.sleep(random.uniform(0, _PAUSE_S))
            title = str(number)
            began = time.perf_counter()
            mine.update(task, folder, partial(_titled, title), module=Module.TASKS)
            seconds.append(_await_title(theirs, title, began))
    return seconds


def _titled(title: str, _task: Item) -> Patch:
    return {"title": title}


def _await_title(session: Session, title: str, began: float) -> float:
    folder = _tasks(session)
    while time.perf_counter() - began < _PATIENCE_S:
        items = [record.item for record in session.changes(folder, Module.TASKS).items]
        if any(isinstance(item, Task) and item.title == title for item in items):
            return time.perf_counter() - began
        time.sleep(_LOOK_S)
    raise Failed(f"The edit {title} did not arrive.")


def _tasks(session: Session) -> FolderId:
    mine = (view.folder for view in session.folders().changed if view.folder.owner == session.user_id)
    return next(one.id for one in mine if one.is_default and one.module is Module.TASKS)


_SECTION = """\
## From one machine to another

An edit is written into one replica, is sent by its daemon, told of by the server, fetched by the other machine's
daemon, and visible in its replica. Both daemons, the server, and whoever edits and looks are processes on one machine.
{edits} edits, one after the other, with a pause of up to {pause:.0f} ms. Memory and idle are those of the process that
keeps all accounts of the first machine; idle is its share of one core while nothing happens. Made by
`make bench ARGS="latency --page"`.

Measured on {date} on {processor}, {cores} cores, with {versions}. {remark}

| Accounts | Median | 95 % | Memory | Idle |
| ---: | ---: | ---: | ---: | ---: |
"""


def section(found: Sequence[Latency], machine: Machine, versions: Mapping[str, str], date: str, remark: str) -> str:
    """The section of the manual's page; ``remark`` is a sentence about the circumstances, or empty."""
    head = _SECTION.format(
        edits=len(found[0].seconds),
        pause=_PAUSE_S * 1000,
        date=date,
        processor=machine.processor,
        cores=machine.cores,
        versions=", ".join(f"{name} {version}" for name, version in versions.items()),
        remark=remark,
    ).replace(" \n", "\n")
    rows = [
        f"| {one.accounts} | {one.median_ms:.0f} ms | {one.most_ms:.0f} ms | {one.mib:.0f} MiB | {one.idle:.1%} |"
        for one in found
    ]
    return head + "\n".join(rows) + "\n"
