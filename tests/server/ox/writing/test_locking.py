"""Changes are based on a version, and an outdated one is refused (OX reference, section 5.2)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.answers import Response
from tests.support.ox.client import Folder
from tests.support.ox.elements import Value

MEETING: dict[str, Value] = {
    "start_date": ox.ms("2033-01-06 09:00"),
    "end_date": ox.ms("2033-01-06 10:00"),
    "ignore_conflicts": True,
}
FUTURE = ox.ms("2100-01-01")
UNKNOWN = 99_999_999

Make = Callable[[str], tuple[Folder, Response]]


@pytest.fixture(params=["contacts", "tasks", "calendar"])
def make(request: pytest.FixtureRequest) -> Make:
    """Makes an object of each kind; `note` is what the tests change."""
    folder: Folder = request.getfixturevalue(request.param)
    own: dict[str, dict[str, Value]] = {
        "contacts": {"last_name": "x"},
        "tasks": {"title": "x"},
        "calendar": {"title": "x", **MEETING},
    }

    def made(note: str) -> tuple[Folder, Response]:
        return folder, folder.create(**own[request.param], note=note)

    return made


def test_the_current_version_is_accepted(make: Make) -> None:
    folder, thing = make("old")

    folder.update(thing, note="new")

    assert folder.load(thing)["note"] == "new"


@pytest.mark.parametrize("version", [FUTURE, 2**53, 2**63 - 1])
def test_a_version_from_the_future_is_accepted(make: Make, version: int) -> None:
    folder, thing = make("old")

    folder.update(thing, note="new", last_modified=version)

    assert folder.load(thing)["note"] == "new"


def test_a_forced_change_still_gets_a_time_of_the_servers(make: Make) -> None:
    folder, thing = make("old")

    changed = folder.update(thing, note="new", last_modified=FUTURE)

    assert thing.last_modified < changed.last_modified < FUTURE


@pytest.mark.parametrize("version", [0, 1, -1])
def test_a_version_of_long_ago_conflicts(make: Make, version: int) -> None:
    folder, thing = make("old")

    answer = folder.try_update(thing, note="new", last_modified=version)

    assert answer.outcome == ("409", "1000")
    assert folder.load(thing)["note"] == "old"


def test_the_version_before_the_current_one_conflicts(make: Make) -> None:
    folder, thing = make("old")
    folder.update(thing, note="meanwhile")

    assert folder.try_update(thing, note="new").outcome == ("409", "1000")
    assert folder.load(thing)["note"] == "meanwhile"


def test_one_millisecond_before_the_current_version_conflicts(make: Make) -> None:
    folder, thing = make("old")

    assert folder.try_update(thing, note="new", last_modified=thing.last_modified - 1).outcome == ("409", "1000")


def test_an_outdated_deletion_is_refused(make: Make) -> None:
    folder, thing = make("old")

    answer = folder.try_delete(thing, last_modified=0)

    assert answer.outcome == ("409", "1000")
    assert folder.live() == [thing.id]


def test_a_change_without_a_version_lacks_a_mandatory_field(make: Make) -> None:
    folder, thing = make("old")

    answer = folder.user.try_write(folder.servlet, object_id=thing.id, folder_id=folder.id, note="new")

    assert answer.outcome == ("409", "1004")
    assert folder.load(thing)["note"] == "old"


def test_a_deletion_without_a_version_lacks_a_mandatory_field(make: Make) -> None:
    folder, thing = make("old")

    answer = folder.user.try_write(folder.servlet, object_id=thing.id, folder_id=folder.id, method="DELETE")

    assert answer.outcome == ("409", "1004")
    assert folder.live() == [thing.id]


def test_an_unknown_object_is_not_found_before_its_version_is_looked_at(make: Make) -> None:
    folder, thing = make("old")

    assert folder.try_update(thing, object_id=UNKNOWN, last_modified=0).outcome == ("404", "1001")
    assert folder.try_delete(thing, object_id=UNKNOWN, last_modified=0).outcome == ("404", "1001")


def test_a_deleted_object_cannot_be_changed_or_deleted_again(make: Make) -> None:
    folder, thing = make("old")
    folder.delete(thing)

    assert folder.try_update(thing, note="new", last_modified=FUTURE).outcome == ("404", "1001")
    assert folder.try_delete(thing, last_modified=FUTURE).outcome == ("404", "1001")
    assert folder.gone() == [thing.id]


def test_an_outdated_change_with_a_bad_value_is_still_refused(make: Make) -> None:
    folder, thing = make("old")

    assert folder.try_update(thing, last_modified=0, categories="x" * 100_000).status == "409"
    assert folder.load(thing).last_modified == thing.last_modified


def test_a_refused_change_keeps_the_version(make: Make) -> None:
    folder, thing = make("old")
    folder.try_update(thing, note="new", last_modified=0)

    assert folder.load(thing).last_modified == thing.last_modified
    assert folder.update(thing, note="new").last_modified > thing.last_modified


def test_creating_needs_no_version_and_ignores_one(make: Make) -> None:
    folder, thing = make("old")
    fields: dict[str, Value] = {"title": "x", "last_name": "x", **MEETING}

    made = folder.create(**fields, last_modified=0)

    assert made.id != thing.id


def test_a_deletion_says_which_object_it_was(make: Make) -> None:
    folder, thing = make("old")

    answer = folder.delete(thing, client_id="gone")

    assert answer["client_id"] == "gone"
    assert answer.id == thing.id


def test_an_object_is_changed_only_through_the_folder_it_is_in(make: Make) -> None:
    folder, thing = make("old")
    elsewhere = folder.user.make_folder(
        {"contacts": "contact", "tasks": "task", "calendar": "calendar"}[folder.servlet], f"Not of {thing.id}"
    )

    assert elsewhere.try_update(thing, note="new").status in {"403", "404"}
    assert elsewhere.try_delete(thing).status in {"403", "404"}
    assert folder.load(thing)["note"] == "old"


def test_a_change_that_changes_nothing_succeeds_and_the_version_it_tells_is_current(make: Make) -> None:
    folder, thing = make("same")

    again = folder.update(thing, note="same")

    assert again.last_modified == folder.load(thing).last_modified >= thing.last_modified
    folder.update(again, note="new")
