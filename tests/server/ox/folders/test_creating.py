"""Making folders (OX reference, sections 8.1 and 8.2; semantics 1.4)."""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.answers import without
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value


def _fields(user: OxUser, **fields: Value) -> dict[str, Value]:
    own: dict[str, Value] = {
        "module": "calendar",
        "folder_id": 1,
        "type": "private",
        "permissions": ox.owner(user.id),
    }
    return own | fields


@pytest.mark.parametrize("module", ["calendar", "contact", "task"])
def test_a_private_folder_of_each_module_can_be_made(anna: OxUser, title: str, module: str) -> None:
    made = anna.write_well("folders", **_fields(anna, title=title, module=module, client_id="f-1"))

    assert made.names == ["object_id", "last_modified", "client_id"]
    folder = anna.load("folders", made.id)
    assert (folder["module"], folder["type"], folder["folder_id"]) == (module, "private", "1")
    assert folder.last_modified == made.last_modified


@pytest.mark.parametrize("module", ["calendar", "contact", "task"])
def test_a_public_folder_of_each_module_can_be_made(anna: OxUser, title: str, module: str) -> None:
    made = anna.write_well("folders", **_fields(anna, title=title, module=module, folder_id=2, type="public"))

    folder = anna.load("folders", made.id)
    assert (folder["module"], folder["type"], folder["folder_id"]) == (module, "public", "2")


def test_folders_of_different_modules_nest(anna: OxUser, calendar: Folder) -> None:
    made = anna.write_well("folders", **_fields(anna, title="Inside", module="task", folder_id=calendar.id))

    assert anna.load("folders", made.id)["folder_id"] == str(calendar.id)


@pytest.mark.rule("1.1.ids")
def test_numbers_of_ordinary_folders_start_at_20(calendar: Folder) -> None:
    assert calendar.id >= 20


def test_the_module_may_be_left_empty_and_is_the_parents(anna: OxUser, tasks: Folder) -> None:
    made = anna.write_well("folders", **_fields(anna, title="Inside", module="", folder_id=tasks.id))

    assert anna.load("folders", made.id)["module"] == "task"


def test_without_permissions_the_maker_gets_all_rights(anna: OxUser, title: str) -> None:
    made = anna.write_well("folders", title=title, module="task", folder_id=1, type="private")

    (entry,) = anna.load("folders", made.id).entries("permissions")
    assert (entry["text"], entry["admin_flag"]) == (str(anna.id), "true")
    anna.folder(made.id).create(title="x")


def test_without_a_type_it_is_the_parents(anna: OxUser, title: str) -> None:
    for parent, type_ in ((1, "private"), (2, "public")):
        made = anna.write_well("folders", title=title, module="task", folder_id=parent, permissions=ox.owner(anna.id))

        assert anna.load("folders", made.id)["type"] == type_


@pytest.mark.parametrize(("parent", "type_"), [(1, "public"), (2, "private")])
def test_the_type_is_dictated_by_the_parent(anna: OxUser, title: str, parent: int, type_: str) -> None:
    answer = anna.try_write("folders", **_fields(anna, title=title, folder_id=parent, type=type_))

    assert answer.status == "409"
    assert title not in [one["title"] for one in anna.folders()]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"title": ""}, "409"),
        ({"title": None}, "409"),
        ({"module": "unbound"}, "409"),
        ({"module": "mail"}, "409"),
        ({"module": "contacts"}, "409"),
        ({"type": "shared"}, "409"),
        ({"type": "nonsense"}, "409"),
        ({"folder_id": 99_999_999}, "404"),
        ({"folder_id": 3}, "4"),
        ({"folder_id": 4}, "4"),
        ({"folder_id": 5}, "4"),
        ({"folder_id": 6}, "4"),
        ({"folder_id": 0}, "4"),
        ({"folder_id": -1}, "4"),
        ({"title": "x" * 100_000}, "409"),
    ],
)
def test_a_folder_that_cannot_be_is_refused(anna: OxUser, title: str, fields: dict[str, Value], status: str) -> None:
    before = [one.id for one in anna.folders()]

    answer = anna.try_write("folders", **_fields(anna, **{"title": title, **fields}))

    assert answer.status.startswith(status) or (status, answer.status) == ("404", "403"), answer
    assert answer["object_id"] == "0"
    assert [one.id for one in anna.folders()] == before


def test_a_folder_without_title_is_refused(anna: OxUser) -> None:
    assert anna.try_write("folders", **_fields(anna)).status == "409"


def test_two_folders_of_one_name_and_module_in_one_parent_are_refused(
    anna: OxUser, calendar: Folder, title: str
) -> None:
    assert anna.try_write("folders", **_fields(anna, title=title)).outcome[0] == "409"


def test_folders_of_one_name_but_different_modules_are_fine(anna: OxUser, calendar: Folder, title: str) -> None:
    anna.write_well("folders", **_fields(anna, title=title, module="task"))


def test_folders_of_one_name_in_different_parents_are_fine(anna: OxUser, calendar: Folder, title: str) -> None:
    anna.write_well("folders", **_fields(anna, title=title, folder_id=calendar.id))


def test_two_users_may_have_private_folders_of_one_name(
    anna: OxUser, ben: OxUser, calendar: Folder, title: str
) -> None:
    ben.write_well("folders", **_fields(ben, title=title))


def test_the_name_of_the_global_address_book_is_taken(anna: OxUser) -> None:
    (book,) = [one for one in anna.folders() if one.id == 6]

    answer = anna.try_write(
        "folders", **_fields(anna, title=book["title"], module="contact", folder_id=2, type="public")
    )

    assert answer.status == "409"


def test_a_folder_of_two_users_with_one_name_in_public_is_refused(anna: OxUser, ben: OxUser, title: str) -> None:
    anna.make_folder("calendar", title, parent=2)

    assert ben.try_write("folders", **_fields(ben, title=title, folder_id=2, type="public")).status == "409"


def test_a_folder_inside_an_invisible_one_is_refused_like_in_an_unknown_one(ben: OxUser, calendar: Folder) -> None:
    hidden = ben.try_write("folders", **_fields(ben, title="x", folder_id=calendar.id))
    unknown = ben.try_write("folders", **_fields(ben, title="x", folder_id=99_999_999))

    assert hidden.status == unknown.status
    assert hidden.status in {"403", "404"}
    assert without(calendar.id, hidden.description) == without(99_999_999, unknown.description)


def test_subfolders_need_the_right_to_make_them(anna: OxUser, ben: OxUser, title: str) -> None:
    public = anna.make_folder("calendar", title, ox.right(ben.id, "4/4/4/4"), parent=2)

    answer = ben.try_write("folders", **_fields(ben, title="Below", folder_id=public.id, type="public"))

    assert answer.outcome == ("403", "1002")


def test_with_that_right_others_make_subfolders(anna: OxUser, ben: OxUser, title: str) -> None:
    public = anna.make_folder("calendar", title, ox.right(ben.id, "8/4/4/4"), parent=2)

    made = ben.write_well("folders", **_fields(ben, title="Below", folder_id=public.id, type="public"))

    assert ben.load("folders", made.id)["owner"] == str(ben.id)


def test_a_subfolder_of_a_shared_folder_belongs_to_the_owner_of_the_shared_one(
    anna: OxUser, ben: OxUser, title: str
) -> None:
    shared = anna.make_folder("calendar", title, ox.right(ben.id, "8/4/4/4"))

    made = ben.write_well(
        "folders", title="Below", module="calendar", folder_id=shared.id, type="private",
        permissions=ox.together(ox.right(ben.id, "8/4/4/4"), ox.owner(anna.id)),
    )  # fmt: skip

    assert anna.load("folders", made.id)["owner"] == str(anna.id)


def test_kde_makes_folders_with_fewer_rights_for_itself(anna: OxUser, title: str) -> None:
    fields = _fields(anna, title=title, permissions=ox.right(anna.id, "8/2/2/2", admin=True))

    made = anna.write_well("folders", **fields)

    (entry,) = anna.load("folders", made.id).entries("permissions")
    assert (entry["folderpermission"], entry["objectreadpermission"]) == ("8", "2")


def test_a_title_may_have_any_letters(anna: OxUser, title: str) -> None:
    name = f"{title} <&>\"' ä€𝄞"

    made = anna.write_well("folders", **_fields(anna, title=name))

    assert anna.load("folders", made.id)["title"] == name


def test_several_folders_can_be_made_in_one_request(anna: OxUser, title: str) -> None:
    answers = anna.write("folders", *[ox.block(**_fields(anna, title=f"{title} {n}")) for n in range(3)])

    assert [answer.outcome for answer in answers] == [("200", "1200")] * 3
