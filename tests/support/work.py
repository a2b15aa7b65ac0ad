"""Counts what a store makes its database do: a measure of cost that is the same on every machine."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, event

from passerelle.store import Store

_GRAIN = 10


@dataclass
class Work:
    """Statements, and steps of SQLite's virtual machine: a statement that looks at each row of a table takes many."""

    statements: int = 0
    steps: int = 0


@contextmanager
def counted(store: Store) -> Iterator[Work]:
    """Count what all threads do with a store until the block ends."""
    work = Work()

    def stepped() -> None:
        work.steps += _GRAIN

    def begun(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.set_progress_handler(stepped, _GRAIN)

    def executed(*_: object) -> None:
        work.statements += 1

    listeners = (("begin", begun), ("before_cursor_execute", executed))
    for name, listener in listeners:
        event.listen(store._engine, name, listener)
    try:
        yield work
    finally:
        for name, listener in listeners:
            event.remove(store._engine, name, listener)
        store._engine.dispose()  # with the connections that still report their steps
