"""A store is opened where there is one of this version or an older one, and nowhere else."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from passerelle.model.errors import Misconfigured
from passerelle.model.folders import FolderType, Module
from passerelle.model.ids import FolderId
from passerelle.store import Store
from passerelle.store.engine import postgresql_engine, sqlite_engine
from passerelle.store.schema import metadata
from passerelle.store.upgrade import OURS, Migrations, ensure
from tests.store.conftest import ANNA, Place
from tests.store.samples import meeting

LATER = '''
"""A made-up later version."""

import sqlalchemy as sa
from alembic import op

revision = "later"
down_revision = "{head}"


def upgrade():
    op.execute("ALTER TABLE folders ADD COLUMN colour INTEGER DEFAULT 7")
    with op.batch_alter_table("items") as batch:
        batch.alter_column("kind", type_=sa.String(30), existing_type=sa.String(20), existing_nullable=False)
    op.execute("{statement}")
'''


def connect(place: Place) -> Engine:
    if isinstance(place.location, Path):
        return sqlite_engine(place.location / "passerelle.db")
    return postgresql_engine(place.location)


def later_version(directory: Path, statement: str = "UPDATE folders SET colour = 8") -> Migrations:
    """What a later version of this program would bring along."""
    shutil.copytree(OURS.directory, directory)
    (directory / "versions" / "later.py").write_text(LATER.format(head=OURS.head, statement=statement))
    return Migrations(directory, "later")


def filled(place: Place) -> FolderId:
    with place.open() as store, store.writing(ANNA) as tx:
        folder = tx.folders.add(FolderId(1), "Calendar", Module.CALENDAR, FolderType.PRIVATE, ANNA)
        tx.items.add(folder.id, meeting(alarm=5))
    return folder.id


def test_a_store_is_created_once(nowhere: Place) -> None:
    Store.create(nowhere.location, files=nowhere.files).close()
    with pytest.raises(Misconfigured, match="already"):
        Store.create(nowhere.location, files=nowhere.files)
    with nowhere.open() as store, store.reading() as tx:
        assert tx.folders.all() == ()


def test_what_is_no_store_is_not_opened(nowhere: Place) -> None:
    with pytest.raises(Misconfigured, match="Create one first"):
        nowhere.open()


def test_others_may_not_look_into_a_stores_directory(tmp_path: Path) -> None:
    Store.create(tmp_path / "a" / "store").close()
    assert (tmp_path / "a" / "store").stat().st_mode & 0o077 == 0


def test_a_damaged_database_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "passerelle.db").write_bytes(b"this is no database, however long one looks at it" * 100)
    with pytest.raises(Misconfigured, match="cannot be opened: file is not a database"):
        Store.open(tmp_path)


def test_a_database_server_that_does_not_answer_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be opened"):
        Store.open(f"postgresql://nobody@/nothing?host={tmp_path}", files=tmp_path)


def test_a_store_in_postgresql_needs_a_directory_for_files() -> None:
    with pytest.raises(Misconfigured, match="directory for photos"):
        Store.open("postgresql://nobody@/nothing")


def test_a_location_that_cannot_be_a_url_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="not the address of a database"):
        Store.open("postgresql:nonsense", files=tmp_path)


def test_no_message_repeats_a_password(tmp_path: Path) -> None:
    for location in (f"postgresql://nobody:geheim@/nothing?host={tmp_path}", "postgresql:nobody:geheim@"):
        with pytest.raises(Misconfigured) as refusal:
            Store.open(location, files=tmp_path)
        assert "geheim" not in str(refusal.value)


def test_the_migrations_build_the_tables_that_the_program_knows(place: Place) -> None:
    engine = connect(place)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        built = {index["name"] for table in metadata.tables for index in inspect(engine).get_indexes(table)}
    assert built >= {index.name for table in metadata.tables.values() for index in table.indexes}
    engine.dispose()


def test_the_program_knows_its_own_newest_migration() -> None:
    assert ScriptDirectory(str(OURS.directory)).get_heads() == [OURS.head]


def test_a_newer_store_is_refused_and_left_alone(own_place: Place, tmp_path: Path) -> None:
    filled(own_place)
    engine = connect(own_place)
    ensure(engine, tmp_path / "backups", later_version(tmp_path / "later"))
    with pytest.raises(Misconfigured, match=r"newer version of Passerelle .its schema is later"):
        own_place.open()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT colour FROM folders")) == 8
    engine.dispose()


def test_an_older_store_keeps_its_data_and_a_copy_of_it_is_kept(own_place: Place, tmp_path: Path) -> None:
    folder = filled(own_place)
    engine = connect(own_place)
    ensure(engine, tmp_path / "backups", later_version(tmp_path / "later"))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT id, colour FROM folders")).all() == [(folder, 8)]
        for table in ("items", "placements", "alarms"):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 1
    columns, rows = backup_of_folders(engine, tmp_path / "backups")
    assert "colour" not in columns
    assert rows == 1
    engine.dispose()


def backup_of_folders(engine: Engine, directory: Path) -> tuple[set[str], int]:
    """The columns and the number of rows of the table ``folders`` in the only backup."""
    if engine.dialect.name == "sqlite":
        (copy,) = directory.iterdir()
        engine = sqlite_engine(copy)
        schema = None
    else:
        (schema,) = (name for name in inspect(engine).get_schema_names() if name.startswith("passerelle_"))
    columns = {column["name"] for column in inspect(engine).get_columns("folders", schema)}
    with engine.connect() as connection:
        table = "folders" if schema is None else f"{schema}.folders"
        rows = connection.scalar(text(f"SELECT count(*) FROM {table}"))
    if schema is None:
        engine.dispose()
    return columns, rows or 0


def test_a_migration_that_breaks_references_is_undone(tmp_path: Path) -> None:
    place = Place(tmp_path / "store", tmp_path / "store")
    Store.create(place.location).close()
    filled(place)
    engine = connect(place)
    with pytest.raises(Misconfigured, match="refer to nothing"):
        ensure(engine, tmp_path / "backups", later_version(tmp_path / "later", "DELETE FROM folders"))
    engine.dispose()
    with place.open() as store, store.reading() as tx:
        assert len(tx.folders.all()) == 1


def test_a_migration_that_fails_changes_nothing(own_place: Place, tmp_path: Path) -> None:
    filled(own_place)
    engine = connect(own_place)
    with pytest.raises(Exception, match="no_such_table"):
        ensure(engine, tmp_path / "b", later_version(tmp_path / "later", "DELETE FROM no_such_table"))
    assert "colour" not in {column["name"] for column in inspect(engine).get_columns("folders")}
    engine.dispose()
    with own_place.open() as store, store.reading() as tx:
        assert len(tx.folders.all()) == 1


def test_two_programs_that_open_an_older_store_migrate_it_once(own_place: Place, tmp_path: Path) -> None:
    filled(own_place)
    later = later_version(tmp_path / "later", "UPDATE folders SET colour = colour + 1")
    engines = [connect(own_place), connect(own_place)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda engine: ensure(engine, tmp_path / "backups", later), engines))
    with engines[0].connect() as connection:
        assert connection.scalar(text("SELECT colour FROM folders")) == 8
    for engine in engines:
        engine.dispose()


def test_an_accepted_write_survives_a_power_cut(tmp_path: Path) -> None:
    Store.create(tmp_path / "store").close()
    engine = sqlite_engine(tmp_path / "store" / "passerelle.db")
    with engine.connect() as connection:
        pragmas = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    engine.dispose()
    assert pragmas == ["wal", 2, 1]
