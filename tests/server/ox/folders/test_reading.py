"""What the folder list says (OX reference, section 8.1; semantics 1)."""

from __future__ import annotations

from tests.support.ox import elements as ox
from tests.support.ox.client import Folder, OxUser

ORDER = [
    "object_status", "title", "owner", "module", "type", "defaultfolder", "created_by", "creation_time", "modified_by",
    "last_modified", "object_id", "folder_id", "permissions",
]  # fmt: skip


def test_the_elements_of_a_folder_come_in_order(calendar: Folder, anna: OxUser) -> None:
    assert anna.load("folders", calendar.id).names == ORDER


def test_a_new_folder_says_what_it_is(calendar: Folder, anna: OxUser, title: str) -> None:
    folder = anna.load("folders", calendar.id)

    assert folder["title"] == title
    assert (folder["module"], folder["type"], folder["defaultfolder"]) == ("calendar", "private", "false")
    assert folder["owner"] == folder["created_by"] == folder["modified_by"] == str(anna.id)
    assert folder["folder_id"] == "1"
    assert 0 < int(folder["creation_time"]) <= folder.last_modified


def test_every_user_has_one_default_folder_of_each_module(carl: OxUser) -> None:
    mine = [one for one in carl.folders() if one["owner"] == str(carl.id) and one["defaultfolder"] == "true"]

    assert sorted(one["module"] for one in mine) == ["calendar", "contact", "task"]
    assert {one["folder_id"] for one in mine} == {"1"}
    assert {one["type"] for one in mine} == {"private"}


def test_the_first_folder_below_1_belongs_to_the_reader(anna: OxUser, ben: OxUser, carl: OxUser) -> None:
    for user in (anna, ben, carl):
        first = next(one for one in user.folders() if one["folder_id"] == "1")

        assert first["owner"] == str(user.id)


def test_only_folders_of_the_three_modules_are_shown(anna: OxUser) -> None:
    folders = anna.folders()

    assert {one["module"] for one in folders} == {"calendar", "contact", "task"}
    assert not {one.id for one in folders} & {0, 1, 2, 3, 4, 5, 7, 8, 9}


def test_no_folder_is_an_orphan(anna: OxUser, ben: OxUser, carl: OxUser, title: str) -> None:
    top = anna.make_folder("calendar", title)
    middle = anna.make_folder("calendar", f"{title} middle", parent=top.id)
    anna.make_folder("calendar", f"{title} below", ox.right(ben.id, "2/4/0/0"), parent=middle.id)
    public = anna.make_folder("contact", title, parent=2)
    anna.make_folder("contact", f"{title} below", ox.right(ben.id, "2/4/0/0"), parent=public.id)

    for user in (anna, ben, carl):
        folders = user.folders()
        known = {"0", "1", "2", "3", "4"} | {one["object_id"] for one in folders}
        assert {one["folder_id"] for one in folders} <= known


def test_the_global_address_book_stands_below_the_public_folders(anna: OxUser) -> None:
    (book,) = [one for one in anna.folders() if one.id == 6]

    assert (book["module"], book["type"], book["folder_id"]) == ("contact", "public", "2")
    assert book["title"]


def test_the_global_address_book_shows_every_user(anna: OxUser) -> None:
    found = anna.folder(6).changes()

    assert {"Anna Adler", "Ben Brandt", "Carl Clausen"} <= {one.values.get("displayname") for one in found}


def test_a_shared_folder_is_shown_below_3_with_the_type_shared(anna: OxUser, ben: OxUser, title: str) -> None:
    shared = anna.make_folder("task", title, ox.right(ben.id, "2/4/0/0"))

    bens, hers = ben.load("folders", shared.id), anna.load("folders", shared.id)

    assert (bens["folder_id"], bens["type"], bens["owner"]) == ("3", "shared", str(anna.id))
    assert (hers["folder_id"], hers["type"]) == ("1", "private")


def test_a_shared_folder_deep_down_is_shown_below_3_too(anna: OxUser, ben: OxUser, title: str) -> None:
    top = anna.make_folder("task", title)
    shared = anna.make_folder("task", f"{title} below", ox.right(ben.id, "2/4/0/0"), parent=top.id)

    assert ben.load("folders", shared.id)["folder_id"] == "3"
    assert anna.load("folders", shared.id)["folder_id"] == str(top.id)


def test_a_folder_nobody_shared_is_not_shown_to_others(calendar: Folder, ben: OxUser) -> None:
    assert calendar.id not in [one.id for one in ben.folders()]
    (hidden,) = ben.read("folders", object_id=calendar.id)
    (unknown,) = ben.read("folders", object_id=99_999_999)
    assert repr(hidden) == repr(unknown)


def test_a_folder_shared_with_a_group_is_shown_to_its_members(
    anna: OxUser, ben: OxUser, carl: OxUser, team: int, title: str
) -> None:
    shared = anna.make_folder("task", title, ox.right(team, "2/4/0/0", kind="group"))

    assert shared.id in [one.id for one in ben.folders()]
    assert shared.id not in [one.id for one in carl.folders()]


def test_a_folder_shared_with_all_users_is_shown_to_all(anna: OxUser, carl: OxUser, title: str) -> None:
    shared = anna.make_folder("task", title, ox.right(0, "2/4/0/0", kind="group"))

    assert shared.id in [one.id for one in carl.folders()]


def test_every_folder_tells_the_reader_the_own_right_as_an_entry_of_a_user(
    anna: OxUser, ben: OxUser, team: int, title: str
) -> None:
    shared = anna.make_folder("task", title, ox.right(team, "4/4/2/2", kind="group"))

    entries = ben.load("folders", shared.id).entries("permissions")

    (own,) = [one for one in entries if (one["kind"], one["text"]) == ("user", str(ben.id))]
    assert own["folderpermission"] == "4"
    assert own["objectwritepermission"] == "2"


def test_permissions_are_always_there_with_all_four_levels(anna: OxUser) -> None:
    names = {"folderpermission", "objectreadpermission", "objectwritepermission", "objectdeletepermission"}

    for folder in anna.folders():
        entries = folder.entries("permissions")
        assert entries
        assert all(names | {"admin_flag"} <= set(one) for one in entries)
        assert {one["admin_flag"] for one in entries} <= {"true", "false"}
        assert {one[name] for one in entries for name in names} <= {"0", "2", "4", "8", "128"}


def test_a_folder_list_since_its_newest_change_is_short(anna: OxUser, calendar: Folder) -> None:
    newest = max(one.last_modified for one in anna.folders())

    assert [one.last_modified for one in anna.folders(newest)] == [newest]


def test_the_list_mode_names_all_folders(anna: OxUser) -> None:
    (answer,) = anna.folders(mode="LIST")

    assert sorted(answer.ids) == sorted(one.id for one in anna.folders())


def test_folder_id_is_ignored(anna: OxUser, calendar: Folder) -> None:
    with_it = anna.read("folders", folder_id=calendar.id, lastsync=0, objectmode="MODIFIED")

    assert {one.id for one in with_it} == {one.id for one in anna.folders()}


def test_an_object_in_a_folder_does_not_make_the_folder_a_changed_one(anna: OxUser, contacts: Folder) -> None:
    before = anna.load("folders", contacts.id)

    contacts.create(last_name="x")

    assert anna.load("folders", contacts.id).last_modified == before.last_modified
