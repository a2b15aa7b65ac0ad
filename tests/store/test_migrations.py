"""What migrations make of what older versions stored."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, LargeBinary, bindparam, text

from passerelle.model.ids import Stamp, UserId
from passerelle.model.items import Contact, DistributionList, Item, Member, Task, TaskStatus
from passerelle.model.principals import User
from passerelle.store.content import KINDS, encode
from passerelle.store.engine import postgresql_engine, sqlite_engine
from passerelle.store.principal_names import names_of
from passerelle.store.upgrade import OURS, Migrations, build, ensure
from tests.store.conftest import Place


@pytest.fixture
def engine(nowhere: Place) -> Iterator[Engine]:
    if isinstance(nowhere.location, Path):
        nowhere.location.mkdir()
        engine = sqlite_engine(nowhere.location / "passerelle.db")
    else:
        engine = postgresql_engine(nowhere.location)
    yield engine
    engine.dispose()


def versions_up_to(revision: str, directory: Path) -> Migrations:
    """The migrations that there were when ``revision`` was the newest."""
    shutil.copytree(OURS.directory, directory, ignore=shutil.ignore_patterns("versions"))
    (directory / "versions").mkdir()
    for script in ScriptDirectory(str(OURS.directory)).walk_revisions(head=revision):
        shutil.copy(script.path, directory / "versions")
    return Migrations(directory, revision)


def before(revision: str) -> str:
    script = ScriptDirectory(str(OURS.directory)).get_revision(revision)
    assert isinstance(script.down_revision, str)
    return script.down_revision


def put(engine: Engine, id_: int, item: Item) -> None:
    """Store an item as versions did that knew nothing but its own row."""
    statement = text(
        "INSERT INTO items (id, folder, kind, content, private, created_by, created, modified_by, stamp) "
        "VALUES (:id, 30, :kind, :content, false, 2, 0, 2, :id)"
    ).bindparams(bindparam("content", type_=LargeBinary))
    with engine.begin() as connection:
        connection.execute(statement, {"id": id_, "kind": KINDS[type(item)], "content": encode(item)})


def test_lists_of_an_older_store_are_found_by_the_contacts_that_they_refer_to(engine: Engine, tmp_path: Path) -> None:
    build(engine, versions_up_to(before("0005"), tmp_path / "before"))
    named = Member(mail="a@example.org", contact=7, folder=30, email_field=2)
    put(engine, 7, Contact(email2="a@example.org"))
    put(engine, 8, DistributionList(members=(named, named, Member(mail="b@example.org"))))
    put(engine, 9, DistributionList(members=(Member(mail="a@example.org", contact=7),)))
    put(engine, 10, DistributionList())

    ensure(engine, tmp_path / "backups", versions_up_to("0005", tmp_path / "after"))

    with engine.connect() as connection:
        assert connection.execute(text("SELECT contact, item FROM list_references")).all() == [(7, 8)]


def test_tasks_of_an_older_store_that_are_done_are_counted_as_such(engine: Engine, tmp_path: Path) -> None:
    build(engine, versions_up_to(before("0011"), tmp_path / "before"))
    put(engine, 7, Task(status=TaskStatus.DONE))
    put(engine, 8, Task(status=TaskStatus.WAITING))
    put(engine, 9, Task())
    put(engine, 10, Contact(last_name="3"))

    ensure(engine, tmp_path / "backups", versions_up_to("0011", tmp_path / "after"))

    with engine.connect() as connection:
        assert connection.execute(text("SELECT id FROM items WHERE done")).all() == [(7,)]


def test_people_of_an_older_store_are_found_by_the_beginnings_of_their_names(engine: Engine, tmp_path: Path) -> None:
    build(engine, versions_up_to(before("0013"), tmp_path / "before"))
    carla = User(id=UserId(7), login="carla", display_name="Carla Čech", email="C.Cech@example.org", stamp=Stamp(1))
    statement = text(
        "INSERT INTO users (id, login, login_key, mail_key, content, stamp, deleted) "
        "VALUES (7, 'carla', 'carla', 'c', :content, 1, :deleted)"
    ).bindparams(bindparam("content", type_=LargeBinary))
    with engine.begin() as connection:
        connection.execute(statement, {"content": encode(carla), "deleted": False})

    ensure(engine, tmp_path / "backups", versions_up_to("0013", tmp_path / "after"))

    with engine.connect() as connection:
        rows = connection.execute(text("SELECT kind, principal, name FROM principal_names")).all()
    assert {(kind, id_, bytes(name)) for kind, id_, name in rows} == {("user", 7, one) for one in names_of(carla)}
    assert names_of(carla) == {b"carla cech", b"cech", b"carla", b"c.cech@example.org"}
