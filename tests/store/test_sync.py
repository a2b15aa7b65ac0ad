"""A replica remembers what each of its peers last said."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError

from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.model.items import Item
from passerelle.model.text import Text
from passerelle.store import FileLink, FolderLink, Intent, ItemLink, LinkState, Skipped, Store, sync
from passerelle.store.blobs import BlobDirectory
from tests.store.conftest import ANNA, Place
from tests.store.samples import meeting, portrait
from tests.strategies import items
from tests.support.work import Work, counted

FOLDER, OTHER = FolderId(20), FolderId(21)


def link(local: int, remote: str, version: str = "1", base: Item | None = None) -> ItemLink:
    return ItemLink(local=ItemId(local), folder=FOLDER, remote=remote, version=version, agreed=Stamp(5), base=base)


def file(item: int, holder: str) -> FileLink:
    return FileLink(item=ItemId(item), holder=holder, remote="1", name="a.txt", media_type="text/plain")


def files_of(store: Store, *items_: int) -> list[tuple[int, str]]:
    with store.reading() as tx:
        return [(one.item, one.holder) for one in tx.file_links.of_items(map(ItemId, items_), FolderId(0))]


class Account(msgspec.Struct):
    url: str
    login: str


def test_settings_are_any_values(store: Store) -> None:
    with store.writing(ANNA) as tx:
        assert tx.sync.get("account", Account) is None
        tx.sync.set("account", Account("https://example.org", "ben"))
        tx.sync.set("account", Account("https://example.org", "anna"))
        tx.sync.set("interval", 30)
    with store.reading() as tx:
        assert tx.sync.get("account", Account) == Account("https://example.org", "anna")
        assert tx.sync.get("interval", int) == 30


def test_folder_links_are_found_from_both_sides(store: Store) -> None:
    one = FolderLink(local=FOLDER, remote="31")
    two = FolderLink(local=OTHER, remote="32", anchor="1800000000000", sent=Stamp(9))
    with store.writing(ANNA) as tx:
        tx.sync.put_folder_link(two)
        tx.sync.put_folder_link(one)
        assert tx.sync.folder_links() == [one, two]
        moved_on = msgspec.structs.replace(one, anchor="5", sent=Stamp(6))
        tx.sync.put_folder_link(moved_on)
        assert tx.sync.folder_link(FOLDER) == tx.sync.folder_link_by_remote("31") == moved_on
        tx.sync.remove_folder_link(FOLDER)
        assert tx.sync.folder_link(FOLDER) is None
        assert tx.sync.folder_link_by_remote("31") is None


def test_item_links_are_found_from_both_sides(store: Store) -> None:
    one, two = link(1, "900", base=meeting()), link(2, "901")
    elsewhere = ItemLink(local=ItemId(1), folder=OTHER, remote="900")
    with store.writing(ANNA) as tx:
        tx.sync.put_item_links([two, one, elsewhere])
        assert tx.sync.item_links(FOLDER) == [one, two]
        assert tx.sync.item_link(FOLDER, ItemId(1)) == one
        assert tx.sync.links_of_remote("901") == [two]
        assert tx.sync.links_of(ItemId(1)) == tx.sync.links_of_remote("900") == [one, elsewhere]
        assert tx.sync.versions(FOLDER) == {
            "900": LinkState(ItemId(1), "1", Stamp(5)),
            "901": LinkState(ItemId(2), "1", Stamp(5)),
        }
        tx.sync.put_item_links([link(1, "900", version="2")])
        assert tx.sync.item_link(FOLDER, ItemId(1)) == link(1, "900", version="2")
        tx.sync.remove_item_links(FOLDER, [ItemId(1), ItemId(2)])
        assert tx.sync.item_links(FOLDER) == []
        assert tx.sync.item_links(OTHER) == [elsewhere]


def test_thousands_of_links_are_put_at_once(store: Store) -> None:
    links = [link(number, f"remote {number}", base=meeting()) for number in range(1, 6001)]
    with store.writing(ANNA) as tx:
        tx.sync.put_item_links(links)
        tx.sync.put_item_links(links)
        assert tx.sync.item_links(FOLDER) == links


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=items())
def test_a_base_comes_back_as_it_was_with_alarm_and_photo(store: Store, base: Item) -> None:
    with store.writing(ANNA) as tx:
        tx.sync.put_item_links([link(1, "900", base=base)])
    with store.reading() as tx:
        assert tx.sync.item_link(FOLDER, ItemId(1)) == link(1, "900", base=base)


def test_the_photo_of_a_base_goes_with_the_base(place: Place, store: Store) -> None:
    with store.writing(ANNA) as tx:
        tx.sync.put_item_links([link(1, "900", base=portrait())])
    assert len(list(BlobDirectory(place.files / "files"))) == 1
    with store.writing(ANNA) as tx:
        tx.sync.put_item_links([link(1, "900")])
    assert list(BlobDirectory(place.files / "files")) == []


def test_one_item_of_the_peer_has_one_link_in_a_folder(store: Store) -> None:
    with pytest.raises(IntegrityError), store.writing(ANNA) as tx:
        tx.sync.put_item_links([link(1, "900"), link(2, "900")])


def test_peers_have_memories_of_their_own(store: Store) -> None:
    outlook = store.of_peer("outlook")
    with store.writing(ANNA) as tx:
        tx.sync.put_folder_link(FolderLink(local=FOLDER, remote="31"))
        tx.sync.put_item_links([link(1, "900")])
        tx.sync.open_intent("create", local=ItemId(1))
        tx.sync.set("folders sent", 7)
    with outlook.writing(ANNA) as tx:
        tx.sync.put_folder_link(FolderLink(local=FOLDER, remote="00A1"))
    with outlook.reading() as tx:
        assert [some.remote for some in tx.sync.folder_links()] == ["00A1"]
        assert (tx.sync.item_links(FOLDER), tx.sync.intents(), tx.sync.get("folders sent", int)) == ([], [], None)
    with store.reading() as tx:
        assert [some.remote for some in tx.sync.folder_links()] == ["31"]
    assert (store.origin, outlook.origin) == ("peer:server", "peer:outlook")


def test_an_intent_is_open_until_it_is_closed(store: Store) -> None:
    with store.writing(ANNA) as tx:
        first = tx.sync.open_intent("create", folder=FOLDER, local=ItemId(3), fingerprint="ab12")
        second = tx.sync.open_intent("delete", remote="900")
    with store.writing(ANNA) as tx:
        assert tx.sync.intents() == [first, second]
        tx.sync.close_intent(first.id)
        assert tx.sync.intents() == [second]


def test_a_skipped_object_is_kept_until_it_is_settled(store: Store) -> None:
    entry = Skipped(
        folder=FOLDER,
        direction="up",
        local=ItemId(3),
        code="APP-0026",
        message=Text("“{title}” is too long.", title="Lunch"),
        since=datetime(2026, 3, 2, 9, tzinfo=UTC),
        fingerprint="ab12",
    )
    with store.writing(ANNA) as tx:
        kept = tx.sync.put_skipped(entry)
        again = tx.sync.put_skipped(msgspec.structs.replace(kept, attempts=2))
        assert tx.sync.skipped() == [again]
        assert again == msgspec.structs.replace(entry, id=kept.id, attempts=2)
        tx.sync.remove_skipped(kept.id)
        assert tx.sync.skipped() == []


def test_items_of_the_peer_may_be_called_anything(store: Store) -> None:
    names = ["'", '"', "\\", "], [", "é\u2028\U0001f600", "%s", ":some_", ""]
    links = [link(number, name) for number, name in enumerate(names, 1)]
    with store.writing(ANNA) as tx:
        tx.sync.put_item_links(links)
        assert [tx.sync.links_of_remotes([name]) for name in names] == [[one] for one in links]


def test_links_of_several_items_are_read_at_once(store: Store) -> None:
    one, two = link(1, "900", base=meeting()), link(2, "901")
    elsewhere = ItemLink(local=ItemId(1), folder=OTHER, remote="900")
    with store.writing(ANNA) as tx:
        tx.sync.put_item_links([one, two, elsewhere])
        by_remote = tx.sync.links_of_remotes(["900", "4711"])
        by_local = tx.sync.links_of_locals([ItemId(2), ItemId(4711)])
    assert sorted(by_remote, key=lambda found: found.folder) == [one, elsewhere]
    assert by_local == [two]


def test_intents_are_opened_and_closed_in_batches(store: Store) -> None:
    wanted = [
        Intent(id=0, action="create", local=ItemId(number), started=datetime(1999, 1, 1, tzinfo=UTC))
        for number in range(3)
    ]
    with store.writing(ANNA) as tx:
        opened = tx.sync.open_intents(wanted)
        assert tx.sync.intents() == opened
        assert len({intent.id for intent in opened}) == 3
        assert min(intent.started for intent in opened).year > 1999
        tx.sync.close_intents([intent.id for intent in opened[:2]])
        assert tx.sync.intents() == opened[2:]
        assert tx.sync.open_intents([]) == []


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (sync._BY_LOCAL.params(peer_="server", local_=1), "ix_item_links_peer_local"),
        (sync._BY_REMOTE.params(peer_="server", remote_="1"), "ix_item_links_peer_remote"),
    ],
)
def test_the_links_of_an_item_are_found_without_going_through_all(
    tmp_path: Path, query: Select[tuple[object]], index: str
) -> None:
    compiled = query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    with Store.create(tmp_path / "store") as store, store.reading() as tx:
        plan = tx._block.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").all()
    assert all(index in str(step) for step in plan), plan


def test_files_are_forgotten_with_the_last_link_of_their_item(store: Store) -> None:
    with store.writing(ANNA) as tx:
        tx.sync.put_item_links([link(1, "a"), link(2, "b"), link(3, "c"), link(4, "d")])
        tx.sync.put_item_links([msgspec.structs.replace(link(2, "b"), folder=OTHER)])
        tx.file_links.put([file(1, "a"), file(2, "b"), file(3, "c"), file(4, "d")])
    with store.writing(ANNA) as tx:
        tx.sync.remove_item_links(FOLDER, [ItemId(1), ItemId(2), ItemId(3)])
        tx.sync.put_item_links([msgspec.structs.replace(link(3, "c"), folder=OTHER), link(4, "another")])
    assert files_of(store, 1, 2, 3, 4) == [(2, "b"), (3, "c")]


def test_a_peer_that_loses_an_item_takes_no_files_from_another(store: Store) -> None:
    for peer in (store, store.of_peer("outlook")):
        with peer.writing(ANNA) as tx:
            tx.sync.put_item_links([link(1, "a")])
            tx.file_links.put([file(1, "a")])
    with store.of_peer("outlook").writing(ANNA) as tx:
        tx.sync.remove_item_links(FOLDER, [ItemId(1)])
    assert files_of(store, 1) == [(1, "a")]
    assert files_of(store.of_peer("outlook"), 1) == []


def test_to_find_and_forget_files_costs_the_same_however_many_others_there_are(tmp_path: Path) -> None:
    works: list[Work] = []
    for count in (100, 3_000):
        with Store.create(tmp_path / str(count)) as store:
            with store.writing(ANNA) as tx:
                tx.sync.put_item_links(link(number, str(number)) for number in range(count))
                here = (msgspec.structs.replace(file(number, str(number)), local=number) for number in range(1, count))
                tx.file_links.put([file(0, "0"), *here])
            with counted(store) as work, store.writing(ANNA) as tx:
                assert len(tx.file_links.of_holders(map(str, range(10)), FolderId(0))) == 10
                assert len(tx.file_links.waiting()) == 1
                tx.sync.remove_item_links(FOLDER, map(ItemId, range(10)))
            assert files_of(store, 9, 10) == [(10, "10")]
            works.append(work)
    small, large = works
    assert large.statements == small.statements
    assert large.steps <= 1.1 * small.steps
