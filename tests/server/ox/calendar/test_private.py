"""Appointments marked private (OX reference, sections 9 and 10.4; semantics 4.1)."""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value

START = ox.ms("2033-03-11 09:00")
MEETING: dict[str, Value] = {
    "title": "Doctor",
    "start_date": START,
    "end_date": START + ox.HOUR,
    "ignore_conflicts": True,
}


def test_others_neither_list_nor_load_it(anna: OxUser, ben: OxUser, title: str) -> None:
    shared = anna.make_folder("calendar", title, ox.right(ben.id, "4/4/4/4"))
    made = shared.create(**MEETING, private_flag=True)
    bens = shared.seen_by(ben)

    assert bens.listed() == bens.live() == []
    assert bens.try_load(made).outcome == ("404", "1001")
    (answer,) = ben.read("calendar", object_id=made.id)
    assert answer.outcome == ("404", "1001")


@pytest.mark.rule("4.1.others")
def test_others_neither_change_nor_delete_it(anna: OxUser, ben: OxUser, title: str) -> None:
    shared = anna.make_folder("calendar", title, ox.right(ben.id, "4/4/4/4"))
    made = shared.create(**MEETING, private_flag=True)
    bens = shared.seen_by(ben)

    assert bens.try_update(made, title="Seen").outcome == ("404", "1001")
    assert bens.try_delete(made).outcome == ("404", "1001")
    assert shared.load(made)["title"] == "Doctor"


def test_it_cannot_be_made_in_a_public_folder(anna: OxUser, title: str) -> None:
    public = anna.make_folder("calendar", title, parent=2)

    answer = public.try_create(**MEETING, private_flag=True)

    assert answer.status == "409"
    assert "APP-0070" in answer.description or "APP-0022" in answer.description


def test_it_cannot_be_made_in_another_users_folder(anna: OxUser, ben: OxUser, title: str) -> None:
    shared = anna.make_folder("calendar", title, ox.right(ben.id, "4/4/4/4"))

    assert shared.seen_by(ben).try_create(**MEETING, private_flag=True).status in {"403", "409"}


def test_it_cannot_become_private_in_a_public_folder(anna: OxUser, title: str) -> None:
    public = anna.make_folder("calendar", title, parent=2)
    made = public.create(**MEETING)

    assert public.try_update(made, private_flag=True, ignore_conflicts=True).status == "409"
    assert public.load(made)["private_flag"] == "false"


def test_with_other_participants_it_is_refused(calendar: Folder, ben: OxUser) -> None:
    answer = calendar.try_create(**MEETING, private_flag=True, participants=ox.user(ben.id))

    assert answer.status == "409"
    assert "APP-0023" in answer.description
    assert calendar.changes() == []


def test_it_does_not_move_into_a_public_folder(calendar: Folder, anna: OxUser, title: str) -> None:
    public = anna.make_folder("calendar", f"{title} public", parent=2)
    made = calendar.create(**MEETING, private_flag=True)

    assert calendar.try_update(made, folder=public.id, ignore_conflicts=True).status in {"403", "409"}
    assert calendar.live() == [made.id]


def test_an_occurrence_is_as_private_as_its_series(anna: OxUser, ben: OxUser, title: str) -> None:
    shared = anna.make_folder("calendar", title, ox.right(ben.id, "2/4/0/0"))
    series = shared.create(**MEETING, private_flag=True, recurrence_type="daily", interval=1, occurrences=3)

    shared.update(series, recurrence_date_position=ox.ms("2033-03-12"), title="Later", ignore_conflicts=True)

    assert shared.seen_by(ben).live() == []
