"""A store: the database and the files beside it, opened for any number of threads and processes."""

from __future__ import annotations

import errno
import shutil
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from copy import copy
from pathlib import Path
from typing import Protocol, Self

from msgspec import structs
from sqlalchemy import Connection, Engine, exists, select
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError

from passerelle.model.errors import Misconfigured, Unreachable
from passerelle.model.ids import Stamp, UserId
from passerelle.model.text import Text
from passerelle.store import archive, upgrade
from passerelle.store.blobs import BlobDirectory, Blobs, NotedShelf, Room
from passerelle.store.block import Block, WritingBlock
from passerelle.store.clock import Clock, Positions, system_clock
from passerelle.store.engine import (
    announce,
    become_writer,
    migrator_of,
    postgresql_engine,
    reader_of,
    sqlite_engine,
    transaction,
    writer_of,
)
from passerelle.store.file_links import forget_files_of_unlinked
from passerelle.store.integrity.files import NAMING, damaged_files, file_findings, named_files
from passerelle.store.integrity.finding import Finding, OnProgress, silent
from passerelle.store.sync import UPSTREAM, origin_of
from passerelle.store.transaction import Reading, Writing
from passerelle.store.turn import Turn, busy

_LOCK_NOT_AVAILABLE = "55P03"
"""PostgreSQL's word for a lock that did not come free in time (its documentation, appendix A)."""
_DISK_FULL = "53100"
"""PostgreSQL's word for a disk without room (the same appendix)."""

_ATTEMPTS = 3
DATABASE = "passerelle.db"
"""The name of the SQLite database in a store's directory."""


class Watcher(Protocol):
    """Who is told what a store is busy with. Called by any thread; must be quick and never fail."""

    def waited(self, seconds: float) -> None:
        """A writer waited so long for its turn."""
        ...

    def wrote(self, items: int) -> None:
        """A transaction with so many versions of items was committed."""
        ...


class _Nobody:
    """Looks away."""

    def waited(self, _seconds: float) -> None:
        pass

    def wrote(self, _items: int) -> None:
        pass


_NOBODY = _Nobody()


class Store:
    """An open store. Make one with :meth:`open` or :meth:`create`; it may be used by many threads at once."""

    def __init__(self, engine: Engine, blobs: Blobs, clock: Clock = system_clock) -> None:
        self._engine = engine
        self._readers = reader_of(engine)
        self._writers = writer_of(engine)
        self._blobs = blobs
        self._clock = clock
        self._turn = Turn()
        self._watcher: Watcher = _NOBODY
        self._wakes: list[Callable[[], None]] = []
        self._peer = UPSTREAM

    def of_peer(self, name: str) -> Self:
        """The same open store with another peer's memory, such as Outlook's, in the place of the server's."""
        view = copy(self)
        view._peer = name  # noqa: SLF001 - of the same class
        return view

    @property
    def origin(self) -> str:
        """What the journal says of changes that came from the peer; these are not sent back to it."""
        return origin_of(self._peer)

    def watched_by(self, watcher: Watcher) -> None:
        """Tell somebody of waiting and writing from now on."""
        self._watcher = watcher

    @classmethod
    def open(cls, location: str | Path, *, files: Path | None = None, clock: Clock = system_clock) -> Self:
        """Open a store: the directory of a SQLite one, or a ``postgresql://`` URL and a directory ``files``.

        A store of an older version is migrated, after a backup copy.

        Raises:
            Misconfigured: there is no store, or it was written by a newer version, or the database does not
            answer.
        """
        place = _Place(location, files)
        if not place.exists():
            raise Misconfigured(Text("There is no store in “{location}”. Create one first.", location=str(location)))
        engine = place.engine()
        with _telling(engine), _closing_on_failure(engine):
            upgrade.ensure(engine, place.directory / "backups")
        return cls(engine, BlobDirectory(place.directory / "files"), clock)

    @classmethod
    def create(cls, location: str | Path, *, files: Path | None = None, clock: Clock = system_clock) -> Self:
        """Build an empty store and open it. Arguments as for :meth:`open`; directories are made if need be.

        Raises:
            Misconfigured: there is a store already, or the database does not answer.
        """
        place = _Place(location, files)
        place.make()
        engine = place.engine()
        with _telling(engine), _closing_on_failure(engine):
            upgrade.build(engine)
        return cls(engine, BlobDirectory(place.directory / "files"), clock)

    def close(self) -> None:
        """Close all connections. Blocks that are open must have ended."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """One snapshot: what others commit meanwhile is not seen, and nobody waits."""
        with transaction(self._readers) as connection:
            yield Reading(Block(connection, self._blobs, Positions(connection, self._clock)), self._peer)

    @contextmanager
    def writing(self, actor: UserId, origin: str = "") -> Iterator[Writing]:
        """One transaction for ``actor``, committed when the block ends and undone by any exception.

        Writing blocks run one after the other, so the state seen inside changes by this block alone.
        ``origin`` says in the journal where the change came from (a peer, a client). Keep blocks short:
        others wait.

        Raises:
            Unreachable: another program kept writing for a minute, or there is no room left on the disk.
        """
        blobs = NotedShelf(self._blobs)
        began = time.perf_counter()
        with self._turn:
            try:
                with self._as_writer() as (connection, before):
                    self._watcher.waited(time.perf_counter() - began)
                    positions = Positions(connection, self._clock, before)
                    block = WritingBlock(connection, blobs, positions, actor, origin, at=self._clock() * 1000)
                    yield Writing(block, self._peer)
                    forget_files_of_unlinked(block)
                    moment = positions.conclude()
                    if moment is not None:
                        announce(connection, moment)
                    self._blobs.settle(blobs.written)
            except BaseException:
                self._discard(blobs.written)
                raise
            self._watcher.wrote(block.tally[0])
            if moment is not None:
                self._wake_all()
            self._discard(block.dropped)

    @contextmanager
    def watching(self, wake: Callable[[], None]) -> Iterator[None]:
        """Call ``wake`` whenever something may have been committed, by whatever program, until the block ends.

        It is called once at the beginning, at once after commits of this process and those that PostgreSQL tells of,
        and about a second after those of other programs on SQLite; now and then it is called in vain. It is called in
        any thread, by writers too, so it must be quick and must not raise.
        """
        from passerelle.store.watching import following  # noqa: PLC0415 - loads psycopg and the log; few starts need it

        self._wakes.append(wake)
        try:
            with following(self._engine, wake):
                yield
        finally:
            self._wakes.remove(wake)

    def _wake_all(self) -> None:
        for wake in tuple(self._wakes):
            wake()

    def back_up(self, target: Path, on_progress: OnProgress = silent) -> archive.Manifest:
        """Write one snapshot of everything into a file, while others go on writing.

        Should files keep vanishing under our hands, writers wait for the last attempt.

        Raises:
            Misconfigured: the file exists, or cannot be written.
        """
        for _attempt in range(_ATTEMPTS):
            with suppress(archive.Vanished), transaction(self._readers) as connection:
                return archive.write(connection, self._blobs, target, on_progress, alone=False)
        with self._turn, self._alone() as connection:
            return archive.write(connection, self._blobs, target, on_progress, alone=True)

    @classmethod
    def restore(
        cls,
        location: str | Path,
        source: Path,
        *,
        files: Path | None = None,
        on_progress: OnProgress = silent,
    ) -> archive.Manifest:
        """Make a new store from a backup; it is there whole or not at all. Arguments as for :meth:`create`.

        A backup of an older version is migrated.

        Raises:
            Misconfigured: there is a store already, or the backup is damaged or of a newer version.
        """
        revision = archive.read_manifest(source).revision
        place = _Place(location, files)
        place.make()
        engine = place.engine()
        blobs = BlobDirectory(place.directory / "files")
        try:
            with _telling(engine), transaction(migrator_of(engine)) as connection:
                upgrade.build_in(connection, structs.replace(upgrade.OURS, head=revision))
                manifest = archive.restore(connection, blobs, source, on_progress)
                upgrade.migrate_in(connection)
                archive.begin_lineage(connection)
                archive.end_logins(connection)
                archive.end_feeds(connection)
                archive.hold_mail(connection)
            return manifest
        except BaseException:
            engine.dispose()
            place.clear()
            raise
        finally:
            engine.dispose()

    def check_files(self, on_progress: OnProgress = silent) -> list[Finding]:
        """Compare photos and attachments with the rows that name them; all are read. Others go on writing.

        What looks wrong is looked at again while nobody writes, for files come and go.
        """
        with transaction(self._readers) as connection:
            suspects = set(damaged_files(self._blobs, named_files(connection), on_progress))
        with self._turn, self._alone() as connection:
            named = named_files(connection)
            lost = set(damaged_files(self._blobs, suspects & named, silent))
            return list(file_findings(lost, set(self._blobs) - named))

    def room(self) -> Room:
        """Room on the disk where files are kept; rows as well, unless they are in PostgreSQL."""
        return self._blobs.room()

    def sweep(self) -> int:
        """Remove files that no row names, as a crash may leave them; return how many."""
        with self._turn, self._alone() as connection:
            self._blobs.tidy()
            orphans = set(self._blobs) - named_files(connection)
            for digest in orphans:
                self._blobs.discard(digest)
            return len(orphans)

    def _discard(self, digests: Collection[str]) -> None:
        """Remove those files that no row names. What cannot be removed now is left to :meth:`sweep`."""
        if digests:
            # By now the transaction has ended, well or not; nobody must be told otherwise.
            with suppress(OSError, SQLAlchemyError, Unreachable), self._alone() as connection:
                for digest in digests:
                    if not _is_named(connection, digest):
                        self._blobs.discard(digest)

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        """A writing transaction: nobody begins to name a file while it is open."""
        with self._as_writer() as (connection, _moment):
            yield connection

    @contextmanager
    def _as_writer(self) -> Iterator[tuple[Connection, Stamp | None]]:
        """A writing transaction, and the moment before it where that is known already."""
        with _patient(), transaction(self._writers) as connection:
            yield connection, become_writer(connection)


def _is_named(connection: Connection, digest: str) -> bool:
    return any(connection.scalar(select(exists().where(column == digest))) for column in NAMING)


class _Place:
    """Where a store lies: the URL of its database, if it is not SQLite's, and its directory."""

    def __init__(self, location: str | Path, files: Path | None) -> None:
        self._url = str(location) if str(location).startswith(("postgresql:", "postgresql+", "postgres:")) else None
        if self._url is not None and files is None:
            raise Misconfigured("A store in PostgreSQL needs a directory for photos and attachments.")
        self.directory = Path(location) if files is None else files

    def exists(self) -> bool:
        return self._url is not None or (self.directory / DATABASE).is_file()

    def make(self) -> None:
        if self._url is None and self.exists():
            raise Misconfigured(Text("There is a store in “{directory}” already.", directory=str(self.directory)))
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Misconfigured(
                Text(
                    "The directory “{directory}” cannot be made: {reason}.",
                    directory=str(self.directory),
                    reason=str(error.strerror),
                )
            ) from error

    def clear(self) -> None:
        """Remove what a restore that failed has made; the tables of PostgreSQL went with their transaction."""
        shutil.rmtree(self.directory / "files", ignore_errors=True)
        if self._url is None:
            for path in self.directory.glob(f"{DATABASE}*"):
                path.unlink()

    def engine(self) -> Engine:
        if self._url is not None:
            return postgresql_engine(self._url)
        return sqlite_engine(self.directory / DATABASE)


@contextmanager
def _closing_on_failure(engine: Engine) -> Iterator[None]:
    try:
        yield
    except BaseException:
        engine.dispose()
        raise


@contextmanager
def _telling(engine: Engine) -> Iterator[None]:
    """Say what is wrong with a database that cannot be opened, without its password."""
    try:
        yield
    except DatabaseError as error:
        name = engine.url.render_as_string(hide_password=True)
        raise Misconfigured(
            Text("The database “{name}” cannot be opened: {reason}.", name=name, reason=str(error.orig))
        ) from error


@contextmanager
def _patient() -> Iterator[None]:
    """Tell what passes, a lock that did not come free and a full disk, from other failures."""
    try:
        yield
    except OperationalError as error:
        state = getattr(error.orig, "sqlstate", "")
        if "locked" in str(error.orig) or state == _LOCK_NOT_AVAILABLE:
            raise busy() from error
        if "disk is full" in str(error.orig) or state == _DISK_FULL:
            raise _full() from error
        raise
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise _full() from error
        raise


def _full() -> Unreachable:
    return Unreachable("There is no room left on the disk. Nothing is lost: make room, and try again.")
