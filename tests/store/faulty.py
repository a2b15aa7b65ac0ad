"""A program that writes to a store of its own and breaks off at one step after the other: each time anew.

Steps are all that it does with the disk: every statement and commit of the database, every file opened, renamed,
removed or synced. Arguments: an empty directory, and ``kill`` or ``fail``. After each break it opens the store again
and compares: exactly what was accepted is there, as a whole, and nothing else.
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import event

from passerelle.model.folders import FolderType, Module
from passerelle.model.ids import FolderId, ItemId
from passerelle.store import Store, Writing
from passerelle.store.integrity.everything import findings
from tests.store.conftest import ANNA, Hand, Place
from tests.store.samples import meeting, portrait, weekly
from tests.store.test_crash import contents

if TYPE_CHECKING:
    from _typeshed import HasFileno

NOON = 1_800_000_000_000
FOLDER, OTHER = FolderId(20), FolderId(21)
WAS_BROKEN = 3
Contents = dict[str, list[tuple[object, ...]]]
DISK_EVENTS = {"open", "os.rename", "os.remove", "os.mkdir"}


class Broken(OSError):
    """What a disk says that fails."""


class Breaker:
    """Counts the steps of this process from :meth:`arm` on, and breaks off at a given one."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.kills = False
        sys.addaudithook(self._audit)
        fsync = os.fsync

        def synced(fd: int | HasFileno) -> None:
            self.step()
            fsync(fd)

        os.fsync = synced

    def arm(self, store: Store, steps: int, *, kills: bool) -> None:
        event.listen(store._engine, "before_cursor_execute", lambda *_: self.step())
        event.listen(store._engine, "commit", lambda _: self.step())
        self.left, self.kills = steps, kills

    def step(self) -> None:
        if self.left is None:
            return
        self.left -= 1
        if self.left < 0:
            if self.kills:
                os.kill(os.getpid(), signal.SIGKILL)
            self.left = None  # one fault: a disk that stays broken is another story
            raise Broken

    def _audit(self, name: str, arguments: tuple[object, ...]) -> None:
        if self.left is not None and name in DISK_EVENTS and "files" in str(arguments[0]):
            self.step()


def writes() -> list[Callable[[Writing], object]]:
    """Transactions that bring files and take them away again, alone and in parts."""

    def in_parts(tx: Writing) -> None:
        tx.items.add(FOLDER, portrait(b"first part"))
        with suppress(ZeroDivisionError), tx.part():
            tx.items.add(FOLDER, portrait(b"undone"))
            tx.items.remove(ItemId(1))
            raise ZeroDivisionError
        with tx.part():
            tx.items.add(OTHER, portrait(b"last part"))

    return [
        lambda tx: tx.attachments.add(ItemId(1), "a", "text/plain", io.BytesIO(b"attached")),
        lambda tx: tx.items.replace(ItemId(2), portrait(b"new"), folder=OTHER),
        in_parts,
        lambda tx: tx.items.remove(ItemId(1)),
        lambda tx: tx.folders.remove(OTHER),
    ]


def furnish(place: Place) -> None:
    with Store.create(place.location, clock=Hand(NOON)) as store, store.writing(ANNA) as tx:
        for name in ("Contacts", "Other"):
            tx.folders.add(FolderId(1), name, Module.CONTACTS, FolderType.PRIVATE, ANNA)
        tx.items.add(FOLDER, weekly())
        tx.items.add(FOLDER, portrait(b"old"))
        tx.items.add(OTHER, meeting())


def write_all(store: Store, accepted: Callable[[int], object]) -> None:
    """Write one transaction after the other, and go on after one that failed."""
    for number, write in enumerate(writes()):
        with suppress(Broken):
            with store.writing(ANNA) as tx:
                write(tx)
            accepted(number)


def run(directory: Path, *, kills: bool) -> int:
    """Break off at each step; return how many there are."""
    base, place = at(directory / "base"), at(directory / "store")
    furnish(base)
    expected = states(base, place, kills=kills)
    breaker, steps = Breaker(), 0
    while True:
        copy(base, place)
        accepted, broken = attempt(breaker, place, steps, kills=kills)
        check(place, [expected[case] for case in cases(accepted, kills=kills)], f"step {steps}, accepted {accepted}")
        if not broken:
            return steps
        steps += 1


def states(base: Place, place: Place, *, kills: bool) -> dict[tuple[int, ...], Contents]:
    """What is in the store after those writes, and no others, for all that can be accepted."""
    everything = tuple(range(len(writes())))
    subsets = [everything[:number] for number in range(len(everything) + 1)]
    if not kills:
        subsets = [everything, *(tuple(one for one in everything if one != lost) for lost in everything)]
    found = {}
    for subset in subsets:
        copy(base, place)
        with Store.open(place.location, clock=Hand(NOON)) as store:
            for number in subset:
                with store.writing(ANNA) as tx:
                    writes()[number](tx)
            with store.reading() as tx:
                wrong = [*findings(tx), *store.check_files()]
            if wrong:
                raise SystemExit(f"After {subset}: {wrong[0]}")
        found[subset] = contents(place)
    return found


def cases(accepted: tuple[int, ...], *, kills: bool) -> list[tuple[int, ...]]:
    """What may have been committed: a program that was killed may not have come to say so."""
    following = (*accepted, len(accepted))
    return [accepted, following] if kills and len(accepted) < len(writes()) else [accepted]


def attempt(breaker: Breaker, place: Place, steps: int, *, kills: bool) -> tuple[tuple[int, ...], bool]:
    """Write in a process of its own that breaks off; return which transactions were accepted, and whether it broke."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        with Store.open(place.location, clock=Hand(NOON)) as store:
            breaker.arm(store, steps, kills=kills)
            write_all(store, lambda number: os.write(writing, bytes([number])))
            os._exit(0 if breaker.left is not None else WAS_BROKEN)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        accepted = tuple(pipe.read())
    _, status = os.waitpid(pid, 0)
    end = os.waitstatus_to_exitcode(status)
    if end not in {0, WAS_BROKEN, -signal.SIGKILL}:
        raise SystemExit(f"At step {steps} the program ended with {end}.")
    return accepted, end != 0


def check(place: Place, expected: list[Contents], where: str) -> None:
    """Hold what is there after a restart against what may be."""
    found = contents(place)
    like = [one for one in expected if {**one, "files": []} == {**found, "files": []}]
    if not like:
        raise SystemExit(f"{where}: the rows are none that were accepted as a whole.")
    if not set(like[0]["files"]) <= set(found["files"]):
        raise SystemExit(f"{where}: a file is missing.")
    with Store.open(place.location) as store:
        store.sweep()
    if contents(place) != like[0]:
        raise SystemExit(f"{where}: something is left behind after sweeping.")
    if any((place.files / "files").glob(".new-*")):
        raise SystemExit(f"{where}: a file that is half written is left behind after sweeping.")


def at(directory: Path) -> Place:
    return Place(directory, directory)


def copy(base: Place, place: Place) -> None:
    shutil.rmtree(place.files, ignore_errors=True)
    shutil.copytree(base.files, place.files)


if __name__ == "__main__":
    print(run(Path(sys.argv[1]), kills=sys.argv[2] == "kill"))  # noqa: T201 - the answer
