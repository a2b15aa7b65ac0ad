"""Brings a database to the version of this program: new are built, older migrated, newer refused.

Before a migration, the whole database is copied: SQLite's to ``backups/`` beside it, PostgreSQL's to a schema
of its own in the same database. Either is named after the version it holds and the time.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Connection, Engine, inspect, text

from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text
from passerelle.store.engine import migrator_of, transaction, writer_of


class Migrations(Struct, frozen=True):
    """A directory of Alembic scripts, and the revision that this program works with."""

    directory: Path
    head: str


VERSION_TABLE = "alembic_version"
"""Where Alembic keeps the revision of a database."""

OURS = Migrations(Path(__file__).parent / "migrations", "0017")


def build(engine: Engine, migrations: Migrations = OURS) -> None:
    """Build the tables in an empty database.

    Raises:
        Misconfigured: the database has tables already.
    """
    with transaction(writer_of(engine)) as connection:
        build_in(connection, migrations)


def build_in(connection: Connection, migrations: Migrations = OURS) -> None:
    """Build the tables within a transaction. Raises as :func:`build` does."""
    if inspect(connection).get_table_names():
        raise Misconfigured("The database already holds tables. Open it, or choose an empty one.")
    _run(connection, migrations)


def migrate_in(connection: Connection, migrations: Migrations = OURS) -> None:
    """Migrate within a transaction of :func:`passerelle.store.engine.migrator_of`.

    Raises:
        Misconfigured: rows would refer to nothing.
    """
    _run(connection, migrations)
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise Misconfigured("The migration of the store would leave rows that refer to nothing. It was undone.")


def known_revisions(migrations: Migrations = OURS) -> frozenset[str]:
    """The revisions that this program can migrate from, and the one that it works with.

    Alembic is imported where it is needed: a tenth of a second that most starts need not spend.
    """
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    return frozenset(script.revision for script in ScriptDirectory(str(migrations.directory)).walk_revisions())


def ensure(engine: Engine, backups: Path, migrations: Migrations = OURS) -> None:
    """Migrate a database of an older version, after a backup copy; leave one of this version alone.

    The migration is one transaction: it happens as a whole or not at all.

    Raises:
        Misconfigured: the database is not a store, or was written by a newer version of this program.
    """
    with engine.connect() as connection:
        if _version(connection) == migrations.head:
            return
    try:
        with transaction(migrator_of(engine)) as connection:
            _migrate(connection, backups, migrations)
    finally:
        engine.dispose()


def _migrate(connection: Connection, backups: Path, migrations: Migrations) -> None:
    version = _version(connection, lock=True)
    if version == migrations.head:
        return
    _refuse_unknown(version, migrations)
    _back_up(connection, backups, version)
    migrate_in(connection, migrations)


def _version(connection: Connection, *, lock: bool = False) -> str:
    if not inspect(connection).has_table(VERSION_TABLE):
        raise Misconfigured("The database is not a store of Passerelle. Create one first.")
    if lock and connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE alembic_version"))
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def _refuse_unknown(version: str, migrations: Migrations) -> None:
    if version not in known_revisions(migrations):
        raise Misconfigured(
            Text(
                "The store was written by a newer version of Passerelle (its schema is {version}, this program "
                "knows up to {head}). Update Passerelle, or restore the backup of the older store.",
                version=version,
                head=migrations.head,
            )
        )


def _back_up(connection: Connection, backups: Path, version: str) -> None:
    name = f"passerelle_{version}_{datetime.now(UTC):%Y%m%d_%H%M%S}"
    if connection.dialect.name == "sqlite":
        backups.mkdir(mode=0o700, parents=True, exist_ok=True)
        _copy_sqlite(connection, backups / f"{name}.db")
    else:
        _copy_postgresql(connection, name)


def _copy_sqlite(connection: Connection, target: Path) -> None:
    """Copy through a connection of its own: it reads the last committed state beside the open write lock."""
    source = sqlite3.connect(str(connection.engine.url.database))
    copy = sqlite3.connect(target)
    try:
        source.backup(copy)
    finally:
        copy.close()
        source.close()


def _copy_postgresql(connection: Connection, schema: str) -> None:
    quote = connection.dialect.identifier_preparer.quote
    connection.execute(text(f"CREATE SCHEMA {quote(schema)}"))
    for table in inspect(connection).get_table_names():
        source = quote(table)
        connection.execute(text(f"CREATE TABLE {quote(schema)}.{source} AS TABLE {source}"))


def _run(connection: Connection, migrations: Migrations) -> None:
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(migrations.directory).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, migrations.head)
