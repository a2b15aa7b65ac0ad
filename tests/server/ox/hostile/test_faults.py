"""What is told of a fault of the server itself: to the client, and in the log (OX reference, section 5.3)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.commands import Server, User
from tests.support.ox import elements as ox
from tests.support.ox.client import OxUser

DORA = User(login="dora", name="Dora Dahl", email="dora@example.org", password="dora-1")


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[Server]:
    """A server whose database takes no new items."""
    server = Server(tmp_path, zone="Europe/Berlin")
    server.add_user(DORA)
    with closing(sqlite3.connect(tmp_path / "server" / "passerelle.db")) as database:
        database.execute(
            "CREATE TRIGGER full BEFORE INSERT ON items WHEN new.kind = 'contact' BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        database.commit()
    with server:
        yield server


def test_a_fault_is_told_for_its_block_alone_and_logged_in_one_line_without_what_the_user_wrote(broken: Server) -> None:
    dora = OxUser(broken.url, DORA)
    folder, before = dora.default("contact"), broken.log()

    failed, made = dora.write(
        "contacts",
        ox.block(folder_id=folder.id, last_name="Geheimnis", client_id="c-1"),
        ox.block(folder_id=folder.id, displayname="Choir", distributionlist_flag=True, client_id="c-2"),
    )

    assert failed.outcome == ("500", "1500")
    assert (failed.href, failed.values) == ("0", {"object_id": "0", "client_id": "c-1"})
    assert (made.outcome, made["client_id"]) == (("200", "1200"), "c-2")
    (line,) = broken.log().removeprefix(before).splitlines()
    assert "block_failed" in line
    assert "Geheimnis" not in line
