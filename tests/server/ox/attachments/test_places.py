"""Files stay with their item where it moves, and a changed occurrence has its own (semantics reference, section 8)."""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.answers import Response
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value
from tests.support.ox.files import Files

DAY = ox.ms("2097-03-07")
SERIES: dict[str, Value] = {
    "title": "Series",
    "start_date": DAY + 9 * ox.HOUR,
    "end_date": DAY + 10 * ox.HOUR,
    "recurrence_type": "daily",
    "interval": 1,
    "occurrences": 5,
    "ignore_conflicts": True,
}


def names(folder: Folder, item: Response) -> list[str]:
    return [one.name for one in Files(folder, item).listed()]


@pytest.mark.rule("8.moves")
def test_files_move_with_their_item(anna: OxUser, contacts: Folder, title: str) -> None:
    other = anna.make_folder("contact", f"{title} other")
    item = contacts.create(last_name="x")
    made = Files(contacts, item).put("a.txt", b"content")

    moved = contacts.update(contacts.load(item), folder=other.id)

    assert names(other, moved) == ["a.txt"]
    assert Files(other, moved).get(made.id).body == b"content"


@pytest.mark.rule("8.moves")
def test_files_of_a_meeting_that_becomes_public_are_its_readers(
    anna: OxUser, ben: OxUser, calendar: Folder, title: str
) -> None:
    public = anna.make_folder("calendar", title, ox.right(ben.id, "2/4/0/0"), parent=2)
    single = {
        name: value for name, value in SERIES.items() if name not in {"recurrence_type", "interval", "occurrences"}
    }
    item = calendar.create(**single)
    made = Files(calendar, item).put("a.txt", b"content")

    moved = calendar.update(calendar.load(item), folder=public.id)

    assert Files(public.seen_by(ben), moved).get(made.id).body == b"content"


@pytest.mark.rule("8.exceptions")
def test_a_changed_occurrence_has_its_own_files(calendar: Folder) -> None:
    series = calendar.create(**SERIES)
    Files(calendar, series).put("of the series.txt", b"s")
    changed = calendar.update(
        calendar.load(series), recurrence_date_position=DAY + ox.DAY, title="Other", ignore_conflicts=True
    )
    assert names(calendar, changed) == []

    Files(calendar, changed).put("of the occurrence.txt", b"o")

    assert names(calendar, changed) == ["of the occurrence.txt"]
    assert names(calendar, series) == ["of the series.txt"]


@pytest.mark.rule("8.exceptions")
def test_they_go_with_it_and_those_of_the_series_stay(calendar: Folder) -> None:
    series = calendar.create(**SERIES)
    kept = Files(calendar, series).put("of the series.txt", b"s")
    changed = calendar.update(
        calendar.load(series), recurrence_date_position=DAY + ox.DAY, title="Other", ignore_conflicts=True
    )
    gone = Files(calendar, changed).put("of the occurrence.txt", b"o")

    calendar.delete(calendar.load(changed))

    assert Files(calendar, changed).get(gone.id).status == 404
    assert Files(calendar, series).get(kept.id).body == b"s"


@pytest.mark.rule("8.missing")
@pytest.mark.parametrize("kind", ["calendar", "tasks", "contacts"])
def test_a_file_that_is_not_there_is_not_taken_off(kind: str, request: pytest.FixtureRequest) -> None:
    folder: Folder = request.getfixturevalue(kind)
    names_: dict[str, Value] = {"last_name": "x"} if kind == "contacts" else {"title": "x"}
    times: dict[str, Value] = {"start_date": DAY, "end_date": DAY + ox.HOUR, "ignore_conflicts": True}
    item = folder.create(**names_, **(times if kind == "calendar" else {}))
    files = Files(folder, item)
    made = files.put("a", b"x")
    assert files.delete(made.id).status == 200
    before = folder.load(item).last_modified

    assert files.delete(made.id).status == 404
    assert files.delete(99_999_999).status == 404

    assert folder.load(item).last_modified == before
