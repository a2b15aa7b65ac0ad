"""The journal remembers who changed what, and what was there before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from passerelle.model.folders import FolderType, Module
from passerelle.model.ids import FolderId, Stamp
from passerelle.model.moments import from_milliseconds
from passerelle.store import Action, Kind, Store
from passerelle.store.schema import DIRECTORY, TREE
from tests.store.conftest import ANNA, BEN, Hand, Place, new_folder
from tests.store.samples import ALL, gone, meeting, picture, portrait

START = Stamp(0)


def test_every_write_has_its_entry(place: Place) -> None:
    clock = Hand(1_800_000_000_000)
    with place.open(clock) as store:
        folder = new_folder(store, "Calendar").id
        with store.writing(ANNA, "outlook") as tx:
            added = tx.items.add(folder, meeting("One"))
        clock.now += 1000
        with store.writing(BEN) as tx:
            changed = tx.items.replace(added.id, meeting("Two"))
            removed = tx.items.remove(added.id)
        with store.reading() as tx:
            entries = tx.journal.entries(folder, START, ALL)
    assert [(entry.position, entry.action, entry.actor, entry.origin) for entry in entries] == [
        (added.stamp, Action.CREATED, ANNA, "outlook"),
        (changed, Action.CHANGED, BEN, ""),
        (removed, Action.REMOVED, BEN, ""),
    ]
    assert [entry.previous for entry in entries] == [None, meeting("One"), meeting("Two")]
    assert {(entry.kind, entry.object) for entry in entries} == {(Kind.ITEM, added.id)}
    assert [entry.at for entry in entries[:2]] == [
        from_milliseconds(1_800_000_000_000),
        from_milliseconds(1_800_000_001_000),
    ]


def test_entries_begin_after_since_and_end_with_upto(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        stamps = [tx.items.add(calendar, meeting()).stamp for _ in range(4)]
        entries = tx.journal.entries(calendar, stamps[0], stamps[2])
    assert [entry.position for entry in entries] == stamps[1:3]


def test_folders_and_principals_have_entries_too(store: Store) -> None:
    with store.writing(ANNA) as tx:
        user = tx.principals.add_user("anna", "Anna")
        group = tx.principals.add_group("team", "Team", (user.id,))
        folder = tx.folders.add(FolderId(1), "Notes", Module.TASKS, FolderType.PRIVATE, user.id)
        tx.folders.remove(folder.id)
        tree = tx.journal.entries(TREE, START, ALL)
        directory = tx.journal.entries(DIRECTORY, START, ALL)
    assert [(entry.object, entry.action, entry.previous) for entry in tree] == [
        (folder.id, Action.CREATED, None),
        (folder.id, Action.REMOVED, folder),
    ]
    assert [(entry.kind, entry.object) for entry in directory] == [
        (Kind.USER, user.id),
        (Kind.GROUP, group.id),
    ]


def test_earlier_versions_can_be_read_with_their_photos(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        first = tx.items.add(calendar, portrait(b"young"))
        second = tx.items.replace(first.id, portrait(b"old"))
        third = tx.items.remove(first.id)
    with store.reading() as tx:
        versions = [
            tx.journal.version_at(first.id, Stamp(stamp))
            for stamp in (first.stamp - 1, first.stamp, second - 1, second, third - 1, third)
        ]
    young, old = portrait(b"young"), portrait(b"old")
    assert versions == [None, young, young, old, old, None]


def test_a_version_from_before_a_move_is_found(store: Store, calendar: FolderId, other: FolderId) -> None:
    with store.writing(ANNA) as tx:
        added = tx.items.add(calendar, meeting("Here"))
        tx.items.replace(added.id, meeting("There"), folder=other)
        assert tx.journal.version_at(added.id, added.stamp) == meeting("Here")


def test_pruning_forgets_old_versions_of_items_and_says_so_but_not_what_is_gone(place: Place) -> None:
    clock = Hand(1_800_000_000_000)
    with place.open(clock) as store:
        folder = new_folder(store, "Calendar").id
        with store.writing(ANNA) as tx:
            old = tx.items.add(folder, portrait(b"first")).id
            other = tx.items.add(folder, meeting()).id
            last_old = tx.items.remove(other)
        clock.now += timedelta(days=400) // timedelta(milliseconds=1)
        with store.writing(ANNA) as tx:
            stamp = tx.items.replace(old, portrait(b"second"))
        with store.writing(ANNA) as tx:
            assert tx.journal.prune(from_milliseconds(clock.now - 1)) == 3
        with store.reading() as tx:
            assert [entry.position for entry in tx.journal.entries(folder, START, ALL)] == [stamp]
            assert gone(tx, folder) == [other]
            assert tx.journal.entries(TREE, START, ALL)
            assert tx.journal.horizon(folder) == last_old
            assert tx.journal.version_at(old, Stamp(last_old - 1)) is None
            assert tx.journal.version_at(old, last_old) == portrait(b"first")
            assert tx.journal.horizon(FolderId(4711)) == 0


def test_pruning_removes_the_files_of_old_versions_only(place: Place) -> None:
    clock = Hand(1_800_000_000_000)
    with place.open(clock) as store:
        folder = new_folder(store, "Contacts").id
        with store.writing(ANNA) as tx:
            kept = tx.items.add(folder, portrait(b"kept")).id
            changed = tx.items.add(folder, portrait(b"first")).id
            tx.items.replace(changed, portrait(b"second"))
        with store.writing(ANNA) as tx:
            tx.journal.prune(datetime(2100, 1, 1, tzinfo=UTC))
        files = [path.read_bytes() for path in (place.files / "files").rglob("*") if path.is_file()]
        assert sorted(files) == [picture(b"kept"), picture(b"second")]
        with store.reading() as tx:
            record = tx.items.get(kept, ANNA)
            assert record is not None
            assert record.item == portrait(b"kept")
