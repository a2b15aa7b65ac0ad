"""Connections to SQLite and PostgreSQL that behave alike.

A reading block sees one snapshot and blocks nobody. Writing blocks run one after the other, on both
databases: each sees a state that nobody changes until it commits, so the rules above need no retries and no
locks of their own. SQLite has ``BEGIN IMMEDIATE`` for that; on PostgreSQL a writer first locks the one row
``writer`` of ``sequences``.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError

from passerelle.model.errors import Misconfigured
from passerelle.model.ids import Stamp

PATIENCE_S = 60
"""How long a writer waits for another one, in seconds, before it gives up."""

MATCHES = "passerelle_matches"
"""What SQLite calls a function of ours, for it has no regular expressions of its own."""

CHANNEL = "passerelle"
"""What PostgreSQL calls the notifications of commits."""

_LOCK = text("SELECT value FROM sequences WHERE name = 'writer' FOR UPDATE")
_ADVANCE = text("UPDATE sequences SET value = :moment WHERE name = 'writer'")
_NOTIFY = text(f"WITH moved AS ({_ADVANCE.text}) SELECT pg_notify('{CHANNEL}', '')")
"""Both in one: each statement costs a writer a tenth of a millisecond."""

_BEGIN = "passerelle_begin"
_IMMEDIATE = "BEGIN IMMEDIATE"


def sqlite_engine(path: Path) -> Engine:
    """An engine for the SQLite database in a file, which is made if it does not exist.

    Write-ahead logging lets readers and one writer work side by side; ``synchronous=FULL`` makes an accepted
    write survive a power cut.
    """
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=-1,
        hide_parameters=True,  # faults are logged, and the values are the users' data
        connect_args={"timeout": PATIENCE_S, "isolation_level": None, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def postgresql_engine(location: str) -> Engine:
    """An engine for a PostgreSQL database, named by a ``postgresql://`` URL.

    Raises:
        Misconfigured: the location is not a URL.
    """
    try:
        url = make_url(location).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError) as error:
        # The location is not repeated: it may hold a password.
        raise Misconfigured("The location of the store is not the address of a database.") from error
    timeout = f"-c lock_timeout={PATIENCE_S * 1000} -c timezone=UTC"
    return create_engine(url, pool_size=8, max_overflow=-1, hide_parameters=True, connect_args={"options": timeout})


def reader_of(engine: Engine) -> Engine:
    """The same connections for reading blocks: one snapshot each."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def writer_of(engine: Engine) -> Engine:
    """The same connections for writing blocks: on SQLite the write lock is taken when the block begins."""
    return engine.execution_options(**{_BEGIN: (_IMMEDIATE,)})


def migrator_of(engine: Engine) -> Engine:
    """The same connections for migrations. Close them afterwards: on SQLite they do not enforce foreign keys.

    There a table is changed by copying and dropping it, and to drop one would delete what refers to its rows.
    """
    return engine.execution_options(**{_BEGIN: ("PRAGMA foreign_keys=OFF", _IMMEDIATE)})


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """One transaction of a reader, a writer or a migrator: committed at the end, undone by any exception.

    The statement that begins it is sent from here: a listener for that would cost every statement a tenth of its time.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            for statement in connection.get_execution_options().get(_BEGIN, ("BEGIN",)):
                connection.exec_driver_sql(statement)
        yield connection


def become_writer(connection: Connection) -> Stamp | None:
    """Wait until no other writing block runs; return the moment where that comes for free.

    SQLite waited when the block began.
    """
    if connection.dialect.name != "postgresql":
        return None
    return Stamp(connection.execute(_LOCK).scalar_one())


def announce(connection: Connection, moment: Stamp) -> None:
    """Write the moment of a transaction, and have those told who watch the database from other processes.

    They are told once it is committed. SQLite has no word for that; there they look whether the file changed.
    """
    connection.execute(_NOTIFY if connection.dialect.name == "postgresql" else _ADVANCE, {"moment": moment})


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - narrows the type; the engine is SQLite's
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}").close()
    connection.create_function(MATCHES, 2, _matches, deterministic=True)


def _matches(content: bytes, pattern: str) -> bool:
    """Whether UTF-8 holds what a regular expression says. Python keeps the latest that it has compiled."""
    return re.search(pattern, content.decode()) is not None
