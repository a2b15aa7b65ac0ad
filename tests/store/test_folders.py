"""Folders come, change and go, and change lists tell of it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from passerelle.model.errors import NotFound
from passerelle.model.folders import FULL, Folder, FolderType, Module, Right, Rights
from passerelle.model.ids import FolderId, Stamp
from passerelle.model.principals import PrincipalKind
from passerelle.store import Placement, Store, Writing
from tests.store.conftest import ANNA, BEN, new_folder
from tests.store.samples import meeting

RIGHTS = (
    Right(kind=PrincipalKind.USER, principal=ANNA, rights=FULL),
    Right(kind=PrincipalKind.GROUP, principal=0, rights=Rights(folder=2, read=4), system=True),
)


def test_a_folder_comes_back_with_its_rights_in_their_order(store: Store) -> None:
    with store.writing(BEN) as tx:
        added = tx.folders.add(
            FolderId(1), "Contacts", Module.CONTACTS, FolderType.PUBLIC, ANNA, rights=RIGHTS, is_default=True
        )
    with store.reading() as tx:
        assert tx.folders.get(added.id) == added
        assert tx.folders.all() == tx.folders.children(FolderId(1)) == (added,)
        assert tx.folders.children(added.id) == ()
    assert (added.rights, added.owner, added.created_by, added.modified_by) == (RIGHTS, ANNA, BEN, BEN)


def test_ordinary_folders_have_ids_from_twenty_on_and_given_ones_are_not_handed_out(store: Store) -> None:
    with store.writing(ANNA) as tx:
        system = _add(tx, "Root", id_=0)
        first = _add(tx, "First")
        far = _add(tx, "Far", id_=500)
        after = _add(tx, "After")
    assert [folder.id for folder in (system, first, far, after)] == [0, 20, 500, 501]


def test_a_changed_folder_is_in_the_change_list(store: Store) -> None:
    one, two = new_folder(store, "One"), new_folder(store, "Two")
    with store.writing(BEN) as tx:
        renamed = tx.folders.replace(replace(one, name="Eins", rights=RIGHTS))
    with store.reading() as tx:
        assert tx.folders.changed_since(Stamp(two.stamp + 1)) == (renamed,)
        assert tx.folders.changed_since(two.stamp) == (two, renamed)
        assert tx.folders.clock() == renamed.stamp
    assert (renamed.name, renamed.modified_by, renamed.created_by) == ("Eins", BEN, ANNA)


def test_a_touched_folder_is_in_the_change_list(store: Store) -> None:
    one, two = new_folder(store, "One"), new_folder(store, "Two")
    with store.writing(ANNA) as tx:
        stamp = tx.folders.touch(one.id)
        assert [folder.id for folder in tx.folders.changed_since(Stamp(two.stamp + 1))] == [one.id]
    assert stamp > two.stamp


def test_a_removed_folder_is_in_the_list_of_the_gone(store: Store) -> None:
    one, two = new_folder(store, "One"), new_folder(store, "Two")
    with store.writing(ANNA) as tx:
        stamp = tx.folders.remove(one.id)
    with store.reading() as tx:
        assert tx.folders.get(one.id) is None
        assert tx.folders.gone_since(stamp) == ((one.id, stamp),)
        assert tx.folders.gone_since(Stamp(stamp + 1)) == ()
        assert tx.folders.all() == (two,)


def test_a_folder_that_comes_back_under_its_id_is_not_among_the_gone(store: Store) -> None:
    one = new_folder(store, "One")
    with store.writing(ANNA) as tx:
        tx.folders.remove(one.id)
        _add(tx, "One again", id_=one.id)
        assert tx.folders.gone_since(Stamp(0)) == ()


def test_a_removed_folder_takes_its_items_along_but_not_those_that_live_elsewhere(store: Store) -> None:
    one, two = new_folder(store, "One"), new_folder(store, "Two")
    with store.writing(ANNA) as tx:
        inside = tx.items.add(one.id, meeting(), placements=[Placement(two.id, BEN)]).id
        guest = tx.items.add(two.id, meeting(), placements=[Placement(one.id, ANNA)]).id
        tx.folders.remove(one.id)
        assert tx.items.get(inside, ANNA) is None
        assert tx.items.ids(two.id) == (guest,)
        assert tx.items.placements(guest) == (Placement(two.id),)


def test_what_does_not_exist_is_not_found(store: Store) -> None:
    one = new_folder(store, "One")
    with store.writing(ANNA) as tx:
        tx.folders.remove(one.id)
        assert tx.folders.get(one.id) is None
        for attempt in (tx.folders.remove, tx.folders.touch):
            with pytest.raises(NotFound):
                attempt(one.id)
        with pytest.raises(NotFound):
            tx.folders.replace(one)


def _add(tx: Writing, name: str, id_: int | None = None) -> Folder:
    given = None if id_ is None else FolderId(id_)
    return tx.folders.add(FolderId(1), name, Module.CALENDAR, FolderType.PRIVATE, ANNA, id_=given)


def test_the_list_of_folders_is_right_before_and_after_every_change(store: Store) -> None:
    def names() -> list[str]:
        with store.reading() as tx:
            return [folder.name for folder in tx.folders.all()]

    assert names() == []
    one = new_folder(store, "One")
    assert names() == names() == ["One"]
    with pytest.raises(LookupError), store.writing(ANNA) as tx:
        _add_and_fail(tx)
    assert names() == ["One"]
    with store.writing(ANNA) as tx:
        tx.folders.replace(replace(one, name="Two"))
        assert [folder.name for folder in tx.folders.all()] == ["Two"]
    assert names() == ["Two"]


def _add_and_fail(tx: Writing) -> None:
    _add(tx, "Never")
    assert [folder.name for folder in tx.folders.all()] == ["One", "Never"]
    raise LookupError
