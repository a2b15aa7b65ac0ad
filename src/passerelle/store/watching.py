"""Notices what other processes commit: PostgreSQL notifies us; whether SQLite's file changed, we look every second.

Neither says what changed: whoever is woken looks at the counters of the scopes. So nothing is lost with a notification,
or while a connection is down: the next look finds it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from threading import Thread
from typing import Final

import psycopg
import structlog
from sqlalchemy import Engine, PoolProxiedConnection
from sqlalchemy.exc import SQLAlchemyError

from passerelle.store.bell import Bell
from passerelle.store.engine import CHANNEL

log = structlog.get_logger(__name__)

POLL_S: Final = 1.0
"""How often SQLite's file is looked at: a pragma that reads one page of shared memory."""
CHECK_S: Final = 30.0
"""How often a silent connection to PostgreSQL is asked whether it still lives."""
RETRY_S: Final = (0.5, 1.0, 2.0, 5.0, 10.0)
"""The pauses before a lost connection is made anew; the last one is repeated."""

_Follow = Callable[[Engine, Bell, Callable[[], None]], None]


@contextmanager
def following(engine: Engine, wake: Callable[[], None]) -> Iterator[None]:
    """Call ``wake`` now and after commits of other processes, from a thread of its own, until the block ends."""
    follow = _hear if engine.dialect.name == "postgresql" else _poll
    with Bell() as ended:
        thread = Thread(target=_keep_on, args=(follow, engine, ended, wake), name="watching")
        thread.start()
        try:
            yield
        finally:
            ended.ring()
            thread.join()


def _keep_on(follow: _Follow, engine: Engine, ended: Bell, wake: Callable[[], None]) -> None:
    """Follow; begin again, with growing pauses, whenever the database fails."""
    failures = 0

    def heard() -> None:
        nonlocal failures
        failures = 0
        wake()

    while True:
        try:
            follow(engine, ended, heard)
            return
        except (SQLAlchemyError, psycopg.Error, sqlite3.Error, OSError) as error:
            log.warning("database_not_watched", reason=str(error))
        pause_s = RETRY_S[min(failures, len(RETRY_S) - 1)]
        failures += 1
        if ended.wait(pause_s):
            return


def _poll(engine: Engine, ended: Bell, wake: Callable[[], None]) -> None:
    """Wake whenever SQLite's ``data_version`` changes: another connection has committed."""
    with closing(engine.raw_connection()) as connection:
        known = None
        while True:
            present = _data_version(connection)
            if present != known:
                known = present
                wake()
            if ended.wait(POLL_S):
                return


def _data_version(connection: PoolProxiedConnection) -> int:
    with closing(connection.cursor()) as cursor:
        cursor.execute("PRAGMA data_version")
        row = cursor.fetchone()
    assert row is not None  # noqa: S101 - narrows the type; the pragma always answers
    return int(row[0])


def _hear(engine: Engine, ended: Bell, wake: Callable[[], None]) -> None:
    """Wake whenever PostgreSQL notifies, and once when it is listened to: something may have come before."""
    with closing(_detached(engine)) as connection:
        connection.autocommit = True
        connection.execute(f"LISTEN {CHANNEL}".encode())
        wake()
        while not ended.wait(CHECK_S, connection.fileno()):
            connection.execute(b"SELECT 1")  # a dead connection fails here
            if list(connection.notifies(timeout=0)):
                wake()


def _detached(engine: Engine) -> psycopg.Connection:
    """A connection of our own, made as the engine makes them, but not one of its pool."""
    pooled = engine.raw_connection()
    connection = pooled.driver_connection
    assert isinstance(connection, psycopg.Connection)  # noqa: S101 - narrows the type; the engine is PostgreSQL's
    pooled.detach()
    return connection
