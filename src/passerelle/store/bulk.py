"""Inserting many rows: past SQLAlchemy, whose handling of each row's parameters costs more than the insert itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter

from sqlalchemy import Connection, Table, insert

_TOGETHER = 50  # rows in one statement of SQLite, which takes 32,766 parameters
_FEW = 20  # rows up to which PostgreSQL's COPY does not pay


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows that all name the same columns in the same order. Does nothing without rows."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        _insert_into_sqlite(connection, table.name, rows)
    elif len(rows) <= _FEW:
        connection.execute(insert(table), [dict(row) for row in rows])
    else:
        _copy(connection, table, rows)


def _insert_into_sqlite(connection: Connection, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert some dozens of rows by each statement: that takes a quarter less than one by one."""
    columns = _filled(rows)
    values = list(map(itemgetter(*columns), rows))  # each of our tables has two columns at least that are always filled
    rest = len(values) % _TOGETHER
    for start in range(0, len(values) - rest, _TOGETHER):
        together = tuple(chain.from_iterable(values[start : start + _TOGETHER]))
        connection.exec_driver_sql(_sqlite_statement(table, columns, _TOGETHER), together)
    if rest:
        connection.exec_driver_sql(_sqlite_statement(table, columns, 1), values[-rest:])


def _filled(rows: Sequence[Mapping[str, object]]) -> tuple[str, ...]:
    """The columns that hold something. SQLite's driver looks long for what each None might be adapted to."""
    return tuple(name for name in rows[0] if any(row[name] is not None for row in rows))


@lru_cache
def _sqlite_statement(table: str, columns: tuple[str, ...], count: int) -> str:
    row = f"({', '.join('?' * len(columns))})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * count)}"  # noqa: S608 - our own names


def _copy(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    import psycopg  # noqa: PLC0415 - takes an eighth of a connector's start, which never needs it

    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 - narrows the type; the engine is psycopg's
    names = psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, rows[0]))
    statement = psycopg.sql.SQL("COPY {} ({}) FROM STDIN").format(psycopg.sql.Identifier(table.name), names)
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))
