"""Renaming and moving folders (OX reference, section 8.1; semantics 1.5)."""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.answers import without
from tests.support.ox.client import Folder, OxUser


def _title(user: OxUser, folder: Folder) -> str:
    return user.load("folders", folder.id)["title"]


def test_a_folder_can_be_renamed(anna: OxUser, calendar: Folder, title: str) -> None:
    before = anna.load("folders", calendar.id)

    changed = anna.write_well(
        "folders", object_id=calendar.id, folder_id=1, title=f"{title} new", last_modified=before.last_modified
    )

    after = anna.load("folders", calendar.id)
    assert after["title"] == f"{title} new"
    assert after.last_modified == changed.last_modified > before.last_modified
    assert repr(after.entries("permissions")) == repr(before.entries("permissions"))


def test_a_folder_may_be_changed_without_saying_a_version(anna: OxUser, calendar: Folder, title: str) -> None:
    anna.write_well("folders", object_id=calendar.id, title=f"{title} new")

    assert _title(anna, calendar) == f"{title} new"


def test_an_outdated_version_conflicts(anna: OxUser, calendar: Folder, title: str) -> None:
    answer = anna.try_write("folders", object_id=calendar.id, title="x", last_modified=0)

    assert answer.outcome == ("409", "1000")
    assert _title(anna, calendar) == title


def test_an_unknown_folder_is_not_found_before_its_version_is_looked_at(anna: OxUser) -> None:
    answer = anna.try_write("folders", object_id=99_999_999, title="x", last_modified=0)

    assert answer.outcome == ("404", "1001")


def test_a_change_shows_in_the_next_change_list_of_all_who_see_the_folder(
    anna: OxUser, ben: OxUser, title: str
) -> None:
    shared = anna.make_folder("task", title, ox.right(ben.id, "2/4/0/0"))
    before = ben.load("folders", shared.id).last_modified + 1

    anna.write_well("folders", object_id=shared.id, title=f"{title} new")

    assert [one["title"] for one in ben.folders(before) if one.id == shared.id] == [f"{title} new"]


def test_renaming_a_default_folder_is_silently_ignored(carl: OxUser) -> None:
    default = carl.default("calendar")
    before = _title(carl, default)

    answer = carl.try_write("folders", object_id=default.id, title="Other")

    assert answer.outcome == ("200", "1200")
    assert _title(carl, default) == before


def test_an_empty_title_is_refused(anna: OxUser, calendar: Folder, title: str) -> None:
    assert anna.try_write("folders", object_id=calendar.id, title="").status == "409"
    assert _title(anna, calendar) == title


def test_a_name_that_is_taken_is_refused(anna: OxUser, calendar: Folder, title: str) -> None:
    other = anna.make_folder("calendar", f"{title} other")

    assert anna.try_write("folders", object_id=other.id, title=title).status == "409"


def test_the_parent_alone_is_no_move(anna: OxUser, calendar: Folder, title: str) -> None:
    other = anna.make_folder("calendar", f"{title} other")

    anna.write_well("folders", object_id=calendar.id, folder_id=other.id)

    assert anna.load("folders", calendar.id)["folder_id"] == "1"


def test_a_folder_moves_with_all_below_it(anna: OxUser, calendar: Folder, title: str) -> None:
    below = anna.make_folder("calendar", "below", parent=calendar.id)
    target = anna.make_folder("calendar", f"{title} target")

    anna.write_well("folders", object_id=calendar.id, folder_id=1, folder=target.id)

    assert anna.load("folders", calendar.id)["folder_id"] == str(target.id)
    assert anna.load("folders", below.id)["folder_id"] == str(calendar.id)


def test_a_moved_folder_is_a_change_and_no_deletion(anna: OxUser, calendar: Folder, title: str) -> None:
    target = anna.make_folder("calendar", f"{title} target")
    before = anna.load("folders", target.id).last_modified + 1

    anna.write_well("folders", object_id=calendar.id, folder=target.id)

    assert calendar.id in [one.id for one in anna.folders(before)]
    assert calendar.id not in [one.id for one in anna.folders(before, "DELETED")]


def test_a_moved_folder_keeps_its_objects(anna: OxUser, contacts: Folder, title: str) -> None:
    person = contacts.create(last_name="x")
    target = anna.make_folder("contact", f"{title} target")

    anna.write_well("folders", object_id=contacts.id, folder=target.id)

    assert contacts.live() == [person.id]
    assert contacts.gone() == []


def test_kde_moves_with_an_empty_version(anna: OxUser, calendar: Folder, title: str) -> None:
    target = anna.make_folder("calendar", f"{title} target")

    anna.write_well("folders", object_id=calendar.id, folder_id=1, folder=target.id, last_modified="")

    assert anna.load("folders", calendar.id)["folder_id"] == str(target.id)


@pytest.mark.parametrize("target", [2, 3, 4, 5, 6, 99_999_999])
def test_a_private_folder_moves_to_private_places_only(anna: OxUser, calendar: Folder, target: int) -> None:
    answer = anna.try_write("folders", object_id=calendar.id, folder=target)

    assert answer.status in {"403", "404", "409"}
    assert anna.load("folders", calendar.id)["folder_id"] == "1"


def test_a_public_folder_does_not_become_private(anna: OxUser, title: str) -> None:
    public = anna.make_folder("calendar", title, parent=2)

    assert anna.try_write("folders", object_id=public.id, folder=1).status in {"403", "409"}
    assert anna.load("folders", public.id)["folder_id"] == "2"


def test_a_folder_moves_neither_into_itself_nor_below_itself(anna: OxUser, calendar: Folder) -> None:
    below = anna.make_folder("calendar", "below", parent=calendar.id)

    for target in (calendar.id, below.id):
        assert anna.try_write("folders", object_id=calendar.id, folder=target).status == "409"
    assert anna.load("folders", calendar.id)["folder_id"] == "1"


def test_a_default_folder_does_not_move(carl: OxUser, title: str) -> None:
    target = carl.make_folder("calendar", title)

    assert carl.try_write("folders", object_id=carl.default("calendar").id, folder=target.id).status in {"403", "409"}


def test_a_folder_does_not_move_where_one_of_its_name_is(anna: OxUser, calendar: Folder, title: str) -> None:
    target = anna.make_folder("calendar", f"{title} target")
    anna.make_folder("calendar", title, parent=target.id)

    assert anna.try_write("folders", object_id=calendar.id, folder=target.id).status == "409"


@pytest.mark.rule("1.5.shared")
def test_nobody_renames_another_users_shared_folder(anna: OxUser, ben: OxUser, title: str) -> None:
    shared = anna.make_folder("calendar", title, ox.right(ben.id, "8/4/4/4"))

    assert ben.try_write("folders", object_id=shared.id, title="Bens").outcome == ("403", "1002")
    assert _title(anna, shared) == title


def test_a_public_folder_is_renamed_by_its_administrators_only(
    anna: OxUser, ben: OxUser, carl: OxUser, title: str
) -> None:
    rights = (ox.right(ben.id, "8/4/4/4", admin=True), ox.right(carl.id, "8/4/4/4"))
    public = anna.make_folder("calendar", title, *rights, parent=2)

    assert carl.try_write("folders", object_id=public.id, title="Carls").outcome == ("403", "1002")
    ben.write_well("folders", object_id=public.id, title=f"{title} of ben")
    assert _title(anna, public) == f"{title} of ben"


def test_a_change_to_an_invisible_folder_is_refused_like_to_an_unknown_one(ben: OxUser, calendar: Folder) -> None:
    hidden = ben.try_write("folders", object_id=calendar.id, title="x")
    unknown = ben.try_write("folders", object_id=99_999_999, title="x")

    assert hidden.outcome == unknown.outcome
    assert without(calendar.id, hidden.description) == without(99_999_999, unknown.description)


@pytest.mark.parametrize("folder_id", [1, 2, 3, 4, 5, 6, 7])
def test_system_folders_are_not_renamed(anna: OxUser, folder_id: int) -> None:
    answer = anna.try_write("folders", object_id=folder_id, title="Mine")

    assert answer.status in {"403", "404", "409"}


@pytest.mark.parametrize(("parent", "own", "other"), [(1, "private", "public"), (2, "public", "private")])
def test_the_type_of_a_folder_may_be_repeated_but_not_changed(
    anna: OxUser, title: str, parent: int, own: str, other: str
) -> None:
    folder = anna.make_folder("task", title, parent=parent)

    assert anna.try_write("folders", object_id=folder.id, type=own).outcome == ("200", "1200")
    assert anna.try_write("folders", object_id=folder.id, type=other).outcome == ("409", "1003")
    assert anna.try_write("folders", object_id=folder.id, type="shared").outcome == ("409", "1100")


def test_the_module_of_a_folder_with_objects_does_not_change(anna: OxUser, contacts: Folder) -> None:
    contacts.create(last_name="x")

    assert anna.try_write("folders", object_id=contacts.id, module="task").status in {"403", "409"}
    assert anna.load("folders", contacts.id)["module"] == "contact"
