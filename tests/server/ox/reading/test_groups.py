"""A change of a group's members changes what they see, and their clients are told (semantics, 1.7; OX reference, 7)."""

from __future__ import annotations

import msgspec
import pytest

from passerelle.groupware import provision
from passerelle.model.ids import GroupId, UserId
from passerelle.store import Store
from tests.support.commands import Server
from tests.support.ox import elements as ox
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value, Xml

pytestmark = pytest.mark.rule("1.7.group")

READER, EDITOR = "2/4/0/0", "4/4/4/4"


class Group:
    """A group whose members the administrator changes while the server runs."""

    def __init__(self, server: Server, number: int) -> None:
        self._data, self.id = server.data, number

    def now(self, *members: OxUser) -> None:
        """Let these be the members, and nobody else."""
        with Store.open(self._data) as store:
            provision.change_group(store, GroupId(self.id), members=[UserId(user.id) for user in members])

    def right(self, levels: str) -> Xml:
        """The right of all members in a folder."""
        return ox.right(self.id, levels, kind="group")


class Since(msgspec.Struct, frozen=True):
    """How far somebody has read: the folders, and the items of one."""

    folders: int
    items: int


@pytest.fixture
def group(server: Server, anna: OxUser, ben: OxUser, title: str) -> Group:
    """A new group of ben alone."""
    server.add_group(f"Group {title}", ben.account)
    return Group(server, anna.named("group", f"Group {title}"))


def read(user: OxUser, folder: Folder) -> Since:
    """What a client remembers after it has read all that there is (OX reference, section 7)."""
    folders = max(one.last_modified for one in user.folders()) - 1
    changes = folder.seen_by(user).changes() if folder.id in {one.id for one in user.folders()} else []
    return Since(folders, max((one.last_modified for one in changes), default=1) - 1)


def shown(user: OxUser, since: Since) -> set[int]:
    return {one.id for one in user.folders(since.folders)}


def gone(user: OxUser, since: Since) -> set[int]:
    return {one.id for one in user.folders(since.folders, "DELETED")}


@pytest.mark.parametrize("parent", [1, 2], ids=["private", "public"])
def test_who_leaves_is_told_that_the_folder_is_gone_and_gets_nothing_of_it(
    anna: OxUser, ben: OxUser, group: Group, title: str, parent: int
) -> None:
    folder = anna.make_folder("contact", title, group.right(READER), parent=parent)
    item = folder.create(last_name="Inside")
    since = read(ben, folder)
    assert folder.seen_by(ben).live() == [item.id]

    group.now(anna)

    assert folder.id in gone(ben, since)
    assert folder.id not in shown(ben, since)
    assert folder.seen_by(ben).try_load(item).status == "404"
    for mode in ("MODIFIED", "DELETED", "LIST"):
        query = ox.propfind(folder_id=folder.id, lastsync=since.items, objectmode=mode)
        assert ben.send("PROPFIND", "contacts", query).status in {403, 404}


@pytest.mark.parametrize("parent", [1, 2], ids=["private", "public"])
def test_who_joins_gets_the_folder_and_all_that_is_in_it_however_old(
    anna: OxUser, ben: OxUser, carl: OxUser, group: Group, title: str, parent: int
) -> None:
    folder = anna.make_folder("contact", title, group.right(READER), parent=parent)
    items = [folder.create(last_name=name).id for name in ("First", "Second")]
    since = read(carl, folder)
    newest = max(one.last_modified for one in folder.changes())

    group.now(ben, carl)

    assert folder.id in shown(carl, since)
    assert folder.seen_by(carl).live() == items
    assert folder.seen_by(carl).live(newest + 1) == items
    assert sorted(folder.seen_by(carl).listed()) == items


def test_who_leaves_keeps_what_the_own_right_covers_and_is_told_of_the_rest(
    anna: OxUser, ben: OxUser, group: Group, title: str
) -> None:
    own = ox.right(ben.id, "4/2/2/2")
    folder = anna.make_folder("contact", title, group.right(EDITOR), own)
    hers, his = folder.create(last_name="Hers"), folder.seen_by(ben).create(last_name="His")
    since = read(ben, folder)

    group.now(anna)

    assert hers.id in folder.seen_by(ben).gone(since.items)
    assert his.id not in folder.seen_by(ben).gone(since.items)
    assert folder.seen_by(ben).listed() == [his.id]
    assert folder.id not in gone(ben, since)


def test_who_joins_beside_an_own_right_gets_the_older_items_of_the_others(
    anna: OxUser, carl: OxUser, group: Group, title: str
) -> None:
    folder = anna.make_folder("contact", title, group.right(READER), ox.right(carl.id, "4/2/0/0"))
    hers, his = folder.create(last_name="Hers"), folder.seen_by(carl).create(last_name="His")
    since = read(carl, folder)
    assert folder.seen_by(carl).live() == [his.id]

    group.now(carl)

    assert sorted(folder.seen_by(carl).live(since.items)) == sorted([hers.id, his.id])


def test_a_private_item_is_told_to_nobody_who_joins_or_leaves(
    anna: OxUser, ben: OxUser, carl: OxUser, group: Group, title: str
) -> None:
    folder = anna.make_folder("contact", title, group.right(READER), ox.right(ben.id, "2/2/0/0"))
    secret, open_ = folder.create(last_name="Secret", private_flag=True), folder.create(last_name="Open")
    since = read(ben, folder)

    group.now(carl)

    assert folder.seen_by(carl).live() == [open_.id]
    assert secret.id not in folder.seen_by(ben).gone(since.items)


def test_the_way_to_a_public_folder_comes_and_goes_with_the_group(
    anna: OxUser, ben: OxUser, carl: OxUser, group: Group, title: str
) -> None:
    top = anna.make_folder("contact", title, parent=2)
    deep = anna.make_folder("contact", "deep", group.right(READER), parent=top.id)
    bens, carls = read(ben, deep), read(carl, deep)

    group.now(carl)

    assert {top.id, deep.id} <= gone(ben, bens)
    assert {top.id, deep.id} <= shown(carl, carls)
    assert {one["folder_id"] for one in carl.folders() if one.id == deep.id} == {str(top.id)}


def test_a_meeting_to_which_a_group_is_invited_stays_with_those_whom_it_reached(
    anna: OxUser, ben: OxUser, carl: OxUser, group: Group, calendar: Folder
) -> None:
    start = ox.ms("2098-03-07 09:00")
    meeting: dict[str, Value] = {"title": "Of the group", "start_date": start, "end_date": start + ox.HOUR}
    made = calendar.create(**meeting, participants=ox.together(ox.user(anna.id), ox.group(group.id)))

    group.now(carl)

    assert ben.default("calendar").load(made)["title"] == "Of the group"
    assert carl.default("calendar").try_load(made).status == "404"
