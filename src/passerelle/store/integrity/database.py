"""What the database itself promises: sound pages and indices, and references that lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlalchemy import Column, ColumnElement, Connection, ForeignKey, delete, exists, select, text

from passerelle.model.text import Text
from passerelle.store.integrity.finding import BACKUP, Finding
from passerelle.store.schema import metadata
from passerelle.store.transaction import Reading, Writing

_INVALID = text(
    "SELECT conname FROM pg_constraint WHERE NOT convalidated "
    "UNION ALL SELECT indexrelid::regclass::text FROM pg_index WHERE NOT (indisvalid AND indisready)"
)
_REINDEXED = Text("Build the index anew from its table.")
_DROPPED = Text("Remove the row, which nothing can reach.")


def sound_pages(tx: Reading) -> Iterator[Finding]:
    """Pages, rows and indices are whole, and each constraint and index is in force."""
    if tx.inspection.connection.dialect.name == "sqlite":
        yield from _sqlite_faults(tx.inspection.connection)
    else:
        for name in tx.inspection.connection.scalars(_INVALID):
            yield Finding(
                rule="database",
                where=str(name),
                what=Text("The constraint or index is not in force."),
                remedy=Text("Validate or rebuild it as PostgreSQL's documentation says."),
            )


def references_lead_somewhere(tx: Reading) -> Iterator[Finding]:
    """Each row that names another one by a foreign key names one that is there."""
    for table in metadata.sorted_tables:
        for key in sorted(table.foreign_keys, key=lambda key: str(key.parent.name)):
            for value in tx.inspection.connection.scalars(select(key.parent).where(_leads_nowhere(key)).distinct()):
                yield Finding(
                    rule="reference",
                    where=f"{table.name}.{key.parent.name} {value}",
                    what=Text("The row names something that is not there."),
                    remedy=_DROPPED,
                    cure=partial(_drop, key),
                )


def _sqlite_faults(connection: Connection) -> Iterator[Finding]:
    for (said,) in connection.exec_driver_sql("PRAGMA integrity_check").all():
        if said == "ok":
            continue
        is_index = "index" in said
        yield Finding(
            rule="database",
            where="passerelle.db",
            what=Text("SQLite says: {said}", said=said),
            remedy=_REINDEXED if is_index else BACKUP,
            cure=_reindex if is_index else None,
        )


def _leads_nowhere(key: ForeignKey) -> ColumnElement[bool]:
    target: Column[int] = key.column
    other = target.table.alias()
    return key.parent.is_not(None) & ~exists().where(other.columns[target.name] == key.parent)


def _reindex(tx: Writing) -> None:
    tx.inspection.connection.exec_driver_sql("REINDEX")


def _drop(key: ForeignKey, tx: Writing) -> None:
    table = key.parent.table
    tx.inspection.connection.execute(delete(metadata.tables[str(table.name)]).where(_leads_nowhere(key)))
