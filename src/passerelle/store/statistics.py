"""How much there is in a store, and what grows: numbers only, nothing that users wrote."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, Table, distinct, func, select, text

from passerelle.store.content import from_microseconds, to_microseconds
from passerelle.store.journal import Kind
from passerelle.store.schema import attachments, folders, groups, items, journal, outbox, resources, tombstones, users
from passerelle.store.transaction import Reading
from passerelle.store.upgrade import OURS

RECENT: Final = timedelta(days=7)
"""What counts as recent growth."""


class Amount(Struct, frozen=True):
    """A number of things and the bytes that they take."""

    count: int
    bytes: int


class Statistics(Struct, frozen=True, kw_only=True):
    """What a store holds. ``items`` is by kind; ``recent_*`` count the last seven days; sizes are in bytes."""

    database: str
    schema: str
    users: int
    groups: int
    resources: int
    folders: int
    items: dict[str, int]
    attachments: Amount
    tombstones: int
    mail: dict[str, int]
    journal: Amount
    journal_since: datetime | None
    recent_changes: int
    recent_users: int
    database_bytes: int


def statistics(tx: Reading, now: datetime) -> Statistics:
    """Count everything. Walks indices and tables once, a second or so for a million items."""
    connection = tx.inspection.connection
    since, changes, people = _recent(connection, now)
    return Statistics(
        database=connection.dialect.name,
        schema=OURS.head,
        users=_live(connection, users),
        groups=_live(connection, groups),
        resources=_live(connection, resources),
        folders=_count(connection, folders),
        items=_by(connection, items, "kind"),
        attachments=Amount(
            _count(connection, attachments),
            connection.scalar(select(func.coalesce(func.sum(attachments.c.size), 0))) or 0,
        ),
        tombstones=_count(connection, tombstones),
        mail=_by(connection, outbox, "state"),
        journal=Amount(
            _count(connection, journal),
            connection.scalar(select(func.coalesce(func.sum(func.length(journal.c.previous)), 0))) or 0,
        ),
        journal_since=since,
        recent_changes=changes,
        recent_users=people,
        database_bytes=_size(connection),
    )


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _live(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table).where(~table.c.deleted)) or 0


def _by(connection: Connection, table: Table, column: str) -> dict[str, int]:
    query = select(table.c[column], func.count()).group_by(table.c[column]).order_by(table.c[column])
    return {str(value): int(count) for value, count in connection.execute(query)}


def _recent(connection: Connection, now: datetime) -> tuple[datetime | None, int, int]:
    """Since when the journal tells of items, and how many changes of how many users were recent."""
    first = connection.scalar(select(func.min(journal.c.at)).where(journal.c.kind == Kind.ITEM))
    recent = journal.c.at >= to_microseconds(now - RECENT)
    query = select(func.count(), func.count(distinct(journal.c.actor))).where(recent)
    changes, people = connection.execute(query).one()
    return None if first is None else from_microseconds(first), changes, people


def _size(connection: Connection) -> int:
    if connection.dialect.name == "sqlite":
        query = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    else:
        query = "SELECT pg_database_size(current_database())"
    return connection.scalar(text(query)) or 0
