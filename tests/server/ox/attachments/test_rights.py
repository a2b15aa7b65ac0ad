"""Who may read an item may read its files; who may change it may change them; nobody else learns of them."""

from __future__ import annotations

import http.client

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.answers import Response
from tests.support.ox.client import Folder, OxUser, basic
from tests.support.ox.files import URL, Files

READER, EDITOR = "2/4/0/0", "4/4/4/0"


@pytest.fixture
def shared(anna: OxUser, ben: OxUser, carl: OxUser, title: str) -> Folder:
    """An address book of anna's that ben may read and carl may edit."""
    return anna.make_folder("contact", title, ox.right(ben.id, READER), ox.right(carl.id, EDITOR))


@pytest.mark.rule("8.rights")
def test_a_reader_fetches_and_changes_nothing(shared: Folder, ben: OxUser) -> None:
    item = shared.create(last_name="x")
    made = Files(shared, item).put("a", b"x")
    reader = Files(shared.seen_by(ben), item)

    assert reader.get(made.id).body == b"x"
    assert reader.send("PUT", b"y", filename="b").status == 500
    assert reader.send("PUT", b"y", filename="b", object_id=str(made.id)).status == 500
    assert reader.delete(made.id).status == 403
    assert [one.name for one in Files(shared, item).listed()] == ["a"]


def test_an_editor_adds_and_removes(shared: Folder, carl: OxUser) -> None:
    item = shared.create(last_name="x")
    made = Files(shared.seen_by(carl), item).put("a", b"x")
    assert Files(shared, item).get(made.id).body == b"x"
    assert Files(shared.seen_by(carl), item).delete(made.id).status == 200


def test_a_stranger_is_told_that_there_is_nothing(contacts: Folder, ben: OxUser) -> None:
    item = contacts.create(last_name="x")
    made = Files(contacts, item).put("a", b"x")
    stranger = Files(contacts.seen_by(ben), item)

    assert stranger.get(made.id).status == 404
    assert stranger.send("GET", object_id=str(made.id), target_folder_id="0").status == 404
    assert stranger.delete(made.id).status == 404
    assert stranger.send("PUT", b"y", filename="b").status == 500


@pytest.mark.rule("8.rights")
def test_a_private_items_files_are_its_owners_alone(shared: Folder, ben: OxUser, carl: OxUser) -> None:
    item = shared.create(last_name="x", private_flag=True)
    made = Files(shared, item).put("a", b"x")

    for other in (ben, carl):
        assert Files(shared.seen_by(other), item).get(made.id).status == 404


def test_a_file_is_not_to_be_had_through_an_item_of_ones_own(contacts: Folder, ben: OxUser, title: str) -> None:
    made = Files(contacts, contacts.create(last_name="x")).put("a", b"secret")
    bens = ben.make_folder("contact", title)
    own = Files(bens, bens.create(last_name="mine"))

    assert own.get(made.id).status == 404
    assert own.delete(made.id).status == 404
    assert own.send("PUT", b"y", filename="b", object_id=str(made.id)).status == 500


def test_the_module_must_be_the_items(contacts: Folder) -> None:
    item = contacts.create(last_name="x")
    made = Files(contacts, item).put("a", b"x")
    assert Files(contacts, item).send("GET", object_id=str(made.id), module="1").status == 404


def test_a_participant_reads_the_files_of_an_invitation(calendar: Folder, anna: OxUser, ben: OxUser) -> None:
    people = ox.together(ox.user(anna.id), ox.user(ben.id))
    item = calendar.create(
        title="Review",
        start_date=1_900_000_000_000,
        end_date=1_900_003_600_000,
        participants=people,
        ignore_conflicts=True,
    )
    made = Files(calendar, item).put("agenda", b"x")
    invited = Files(ben.default("calendar"), item)

    assert [one.name for one in invited.listed()] == ["agenda"]
    assert invited.get(made.id).body == b"x"


def test_an_upload_that_breaks_off_leaves_nothing(contacts: Folder, anna: OxUser) -> None:
    item: Response = contacts.create(last_name="x")
    headers = {
        **basic(anna.account.login, anna.account.password),
        "module": "7",
        "target_id": str(item.id),
        "target_folder_id": str(contacts.id),
        "filename": "a",
        "Content-Length": "1000",
    }
    connection = http.client.HTTPConnection(anna.http.host, anna.http.port, timeout=30)
    connection.putrequest("PUT", URL)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders(b"only the beginning")
    connection.close()

    assert contacts.load(item).last_modified == item.last_modified
    assert Files(contacts, item).listed() == []
