"""Patterns that cannot be, with their codes (OX reference, sections 6.2 and 11.1; semantics 5.8)."""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.client import Folder
from tests.support.ox.elements import Value

START = ox.ms("2033-03-07 09:00")
MEETING: dict[str, Value] = {
    "title": "Series",
    "start_date": START,
    "end_date": START + ox.HOUR,
    "ignore_conflicts": True,
}
DAILY: dict[str, Value] = {"recurrence_type": "daily", "interval": 1}
WEEKLY: dict[str, Value] = {"recurrence_type": "weekly", "interval": 1, "days": 2}
MONTHLY: dict[str, Value] = {"recurrence_type": "monthly", "interval": 1, "day_in_month": 7}
NTH: dict[str, Value] = {"recurrence_type": "monthly", "interval": 1, "days": 2, "day_in_month": 1}
YEARLY: dict[str, Value] = {"recurrence_type": "yearly", "interval": 1, "day_in_month": 7, "month": 2}
NTH_YEARLY: dict[str, Value] = YEARLY | {"days": 2, "day_in_month": 1}


def _without(pattern: dict[str, Value], name: str) -> dict[str, Value]:
    return {key: value for key, value in pattern.items() if key != name}


@pytest.mark.rule("5.8.values")
@pytest.mark.parametrize(
    ("pattern", "codes"),
    [
        (DAILY | {"interval": 0}, {"APP-0055"}),
        (DAILY | {"interval": -1}, {"APP-0055"}),
        (DAILY | {"interval": 1000}, {"APP-0078"}),
        (DAILY | {"occurrences": 1000}, {"APP-0078"}),
        (WEEKLY | {"days": 0}, {"APP-0056"}),
        (WEEKLY | {"days": -1}, {"APP-0056"}),
        (MONTHLY | {"day_in_month": 0}, {"APP-0042"}),
        (MONTHLY | {"day_in_month": 32}, {"APP-0042"}),
        (MONTHLY | {"day_in_month": -2}, {"APP-0042"}),
        (NTH | {"day_in_month": 6}, {"APP-0045"}),
        (NTH | {"day_in_month": 0}, {"APP-0045"}),
        (YEARLY | {"day_in_month": 33}, {"APP-0046"}),
        (YEARLY | {"day_in_month": 0}, {"APP-0046"}),
        (NTH_YEARLY | {"day_in_month": 6}, {"APP-0048"}),
        (YEARLY | {"month": -1}, {"APP-0064"}),
        (YEARLY | {"month": 13}, {"APP-0064"}),
        (DAILY | {"until": START - 2 * ox.DAY}, {"APP-0086"}),
        (_without(DAILY, "interval"), {"APP-0087"}),
        (_without(WEEKLY, "interval"), {"APP-0087"}),
        (_without(WEEKLY, "days"), {"APP-0089"}),
        (_without(MONTHLY, "day_in_month"), {"APP-0090"}),
        (_without(NTH, "day_in_month"), {"APP-0090"}),
        (_without(YEARLY, "day_in_month"), {"APP-0090"}),
        (_without(YEARLY, "month"), {"APP-0091", "APP-0064"}),
    ],
)
def test_a_pattern_that_cannot_be_is_refused_with_its_code(
    calendar: Folder, pattern: dict[str, Value], codes: set[str]
) -> None:
    answer = calendar.try_create(**MEETING, **pattern)

    assert answer.status == "409"
    assert answer.code in {"1003", "1004", "1100"}
    assert any(code in answer.description for code in codes), answer.description
    assert calendar.changes() == []


@pytest.mark.parametrize("word", ["hourly", "WEEKLY!", "1", "daily,weekly"])
def test_an_unknown_kind_of_recurrence_is_refused(calendar: Folder, word: str) -> None:
    answer = calendar.try_create(**MEETING, recurrence_type=word, interval=1)

    assert answer.status in {"400", "409", "500"}
    assert calendar.changes() == []


def test_until_and_occurrences_that_agree_are_accepted_as_they_are_read(calendar: Folder) -> None:
    made = calendar.create(**MEETING, **DAILY, occurrences=5)
    found = calendar.load(made)

    calendar.update(made, **DAILY, until=found["until"], occurrences=found["occurrences"], ignore_conflicts=True)

    assert calendar.load(made)["until"] == found["until"]


@pytest.mark.rule("5.8.limits")
def test_until_and_occurrences_that_disagree_are_refused(calendar: Folder) -> None:
    answer = calendar.try_create(**MEETING, **DAILY, until=START + 100 * ox.DAY, occurrences=5)

    assert answer.status == "409"
    assert "APP-0095" in answer.description


@pytest.mark.rule("5.8.spare")
def test_parts_that_a_type_does_not_need_are_let_pass(calendar: Folder) -> None:
    everything = NTH_YEARLY | {"recurrence_type": "daily", "occurrences": 3}

    found = calendar.load(calendar.create(**MEETING, **everything))

    assert (found["recurrence_type"], found["interval"], found["occurrences"]) == ("daily", "1", "3")
    assert {"days", "day_in_month", "month"}.isdisjoint(found.names)


def test_a_change_is_checked_like_a_new_series(calendar: Folder) -> None:
    made = calendar.create(**MEETING, **DAILY, occurrences=5)

    answer = calendar.try_update(made, **DAILY | {"interval": 0}, ignore_conflicts=True)

    assert answer.status == "409"
    assert calendar.load(made)["interval"] == "1"


@pytest.mark.parametrize("pattern", [MONTHLY | {"day_in_month": 31}, YEARLY | {"day_in_month": 30, "month": 1}])
def test_a_pattern_with_days_that_some_months_or_all_lack_never_breaks_the_server(
    calendar: Folder, pattern: dict[str, Value]
) -> None:
    answer = calendar.try_create(**MEETING, **pattern, occurrences=3)

    assert answer.status in {"200", "409"}
    assert calendar.changes() == [] or answer.status == "200"
