"""A running server forgets, day by day, how items looked long ago; nobody has to remember to do it."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from passerelle.model.folders import FolderType, Module
from passerelle.model.ids import FolderId, UserId
from passerelle.model.items import Contact
from passerelle.server.upkeep import FILES_KEPT, KEPT, daily, prune
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


def test_a_server_forgets_files_of_what_was_deleted_a_day_ago_and_keeps_others(tmp_path: Path) -> None:
    def two_days_ago() -> int:
        return round((datetime.now(UTC) - 2 * FILES_KEPT).timestamp() * 1000)

    with Store.create(tmp_path / "office", clock=two_days_ago) as store, store.writing(ANNA) as tx:
        folder = tx.folders.add(FolderId(1), "People", Module.CONTACTS, FolderType.PRIVATE, ANNA).id
        old, new = (tx.items.add(folder, Contact(display_name=name)).id for name in ("Old", "New"))
        for one in (old, new):
            tx.attachments.add(one, "card.txt", "text/plain", BytesIO(f"card {one}".encode()))
        tx.items.remove(old)
    with Store.open(tmp_path / "office") as store:
        with store.writing(ANNA) as tx:
            tx.items.remove(new)
        prune(store, datetime.now(UTC))
        with store.writing(ANNA) as tx:
            back = [tx.items.add(folder, Contact(display_name="Back"), id_=one) for one in (old, new)]
    assert [[file.name for file in one.attachments] for one in back] == [[], ["card.txt"]]
