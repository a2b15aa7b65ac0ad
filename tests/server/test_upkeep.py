"""A running server forgets, day by day, how items looked long ago; nobody has to remember to do it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from passerelle.model.folders import FolderType, Module
from passerelle.model.ids import FolderId, UserId
from passerelle.model.items import Contact
from passerelle.server.upkeep import KEPT, daily
from passerelle.store import Store
from tests.support.waiting import eventually

ANNA = UserId(2)


def long_ago() -> int:
    return round((datetime.now(UTC) - 2 * KEPT).timestamp() * 1000)


def test_a_server_forgets_old_versions_and_keeps_what_there_is(tmp_path: Path) -> None:
    with Store.create(tmp_path / "office", clock=long_ago) as store, store.writing(ANNA) as tx:
        folder = tx.folders.add(FolderId(1), "People", Module.CONTACTS, FolderType.PRIVATE, ANNA).id
        old = tx.items.add(folder, Contact(display_name="First")).id
        tx.items.replace(old, Contact(display_name="Second"))
    with Store.open(tmp_path / "office") as store:
        with store.writing(ANNA) as tx:
            new = tx.items.add(folder, Contact(display_name="New")).stamp

        def horizon() -> int:
            with store.reading() as tx:
                return tx.journal.horizon(folder)

        with daily(store):
            eventually(horizon, "old versions are forgotten")
        with store.reading() as reading:
            assert horizon() < new
            assert reading.items.count(folder) == 2
            assert reading.items.get(old, ANNA) is not None
