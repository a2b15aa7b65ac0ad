"""Whoever tries numbers learns nothing and changes nothing (OX reference, sections 1 and 8.2; design, section 6)."""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.answers import Response, without
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value

UNKNOWN = 99_999_999
START = ox.ms("2033-04-01 09:00")
FIELDS: dict[str, dict[str, Value]] = {
    "contacts": {"last_name": "Secret"},
    "tasks": {"title": "Secret"},
    "calendar": {"title": "Secret", "start_date": START, "end_date": START + ox.HOUR, "ignore_conflicts": True},
}


@pytest.fixture(params=["contacts", "tasks", "calendar"])
def hidden(request: pytest.FixtureRequest) -> tuple[Folder, Response]:
    """An object of anna's in a folder that nobody else sees."""
    folder: Folder = request.getfixturevalue(request.param)
    return folder, folder.create(**FIELDS[request.param])


def _alike(answers: list[Response], id_: int) -> bool:
    first, second = answers
    return without(id_, first) == without(UNKNOWN, second)


@pytest.mark.parametrize("method", ["SAVE", "DELETE", "CONFIRM"])
def test_an_invisible_object_is_answered_like_an_unknown_one(
    hidden: tuple[Folder, Response], ben: OxUser, method: str
) -> None:
    folder, thing = hidden
    fields: dict[str, Value] = {
        "last_modified": ox.ms("2100-01-01"),
        "method": method,
        "note": "x",
        "confirm": "accept",
    }
    answers = [
        ben.try_write(folder.servlet, object_id=id_, folder_id=ben.default(module).id, **fields)
        for id_ in (thing.id, UNKNOWN)
        for module in [{"contacts": "contact", "tasks": "task"}.get(folder.servlet, "calendar")]
    ]

    assert _alike(answers, thing.id)
    assert answers[0].status != "200"
    assert folder.load(thing).last_modified == thing.last_modified


def test_an_invisible_folder_is_answered_like_an_unknown_one(hidden: tuple[Folder, Response], ben: OxUser) -> None:
    folder, thing = hidden
    for fields in (FIELDS[folder.servlet], {"object_id": thing.id, "last_modified": 0, "note": "x"}):
        answers = [ben.try_write(folder.servlet, **fields | {"folder_id": id_}) for id_ in (folder.id, UNKNOWN)]

        assert _alike(answers, folder.id)
        assert answers[0].outcome == ("403", "1002")


def test_an_invisible_folder_is_no_target_of_a_move(hidden: tuple[Folder, Response], ben: OxUser, title: str) -> None:
    folder, _ = hidden
    module = {"contacts": "contact", "tasks": "task"}.get(folder.servlet, "calendar")
    own = ben.make_folder(module, title)
    fields = FIELDS[folder.servlet]
    mine = own.create(**fields)

    answers = [own.try_update(mine, folder=id_, ignore_conflicts=True) for id_ in (folder.id, UNKNOWN)]

    assert _alike(answers, folder.id)
    assert answers[0].outcome == ("403", "1002")
    assert own.live() == [mine.id]


def test_a_guess_through_a_folder_one_sees_finds_nothing(
    hidden: tuple[Folder, Response], ben: OxUser, title: str
) -> None:
    folder, thing = hidden
    module = {"contacts": "contact", "tasks": "task"}.get(folder.servlet, "calendar")
    own = ben.make_folder(module, title)

    assert own.try_load(thing).outcome == ("404", "1001")
    assert own.try_update(thing, note="x").outcome == ("404", "1001")
    assert own.try_delete(thing).outcome == ("404", "1001")


def test_listing_everything_lists_only_what_one_may_read(hidden: tuple[Folder, Response], ben: OxUser) -> None:
    folder, thing = hidden

    found = ben.read(folder.servlet, lastsync=0, objectmode="MODIFIED,DELETED,LIST")

    assert thing.id not in [one.id for one in found if "object_id" in one]
    assert thing.id not in found[-1].ids


def test_an_exception_of_an_invisible_series_is_invisible(calendar: Folder, ben: OxUser) -> None:
    series = calendar.create(**FIELDS["calendar"], recurrence_type="daily", interval=1, occurrences=3)
    day = ox.ms("2033-04-02")
    exception = calendar.update(series, recurrence_date_position=day, title="Also secret", ignore_conflicts=True)

    (answer,) = ben.read("calendar", object_id=exception.id)
    assert answer.outcome == ("404", "1001")
    attempt = ben.try_write(
        "calendar", object_id=series.id, last_modified=ox.ms("2100-01-01"), recurrence_date_position=day, title="Mine"
    )
    assert attempt.status in {"403", "404"}


def test_without_the_right_to_write_an_occurrence_is_neither_changed_nor_deleted(
    anna: OxUser, ben: OxUser, title: str
) -> None:
    shared = anna.make_folder("calendar", title, ox.right(ben.id, "4/4/0/0"))
    series = shared.create(**FIELDS["calendar"], recurrence_type="daily", interval=1, occurrences=3)
    bens, day = shared.seen_by(ben), ox.ms("2033-04-02")

    assert bens.try_update(series, recurrence_date_position=day, title="x").outcome == ("403", "1002")
    assert bens.try_delete(series, recurrence_date_position=day).outcome == ("403", "1002")
    assert shared.load(series).last_modified == series.last_modified


def test_nobody_gives_himself_rights(calendar: Folder, ben: OxUser, anna: OxUser, title: str) -> None:
    shared = anna.make_folder("contact", title, ox.right(ben.id, "8/4/4/4"))
    rights = ox.together(ox.owner(ben.id), ox.owner(anna.id))

    assert ben.try_write("folders", object_id=calendar.id, permissions=rights).outcome == ("404", "1001")
    assert ben.try_write("folders", object_id=shared.id, permissions=rights).outcome == ("403", "1002")
    for folder_id in (1, 2, 3, 4, 5, 6, 7):
        assert ben.try_write("folders", object_id=folder_id, permissions=rights).status in {"403", "404", "409"}


def test_the_state_of_another_user_cannot_be_set_by_answering(anna: OxUser, ben: OxUser) -> None:
    people = ox.together(ox.user(anna.id, "accept"), ox.user(ben.id))
    made = anna.default("calendar").create(**FIELDS["calendar"], participants=people)

    ben.write_well(
        "calendar", object_id=made.id, method="CONFIRM", confirm="decline", participants=ox.user(anna.id, "decline")
    )

    states = {one["text"]: one["confirm"] for one in anna.default("calendar").load(made).entries("participants")}
    assert states == {str(anna.id): "accept", str(ben.id): "decline"}
