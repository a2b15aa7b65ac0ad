"""Free/busy times: what we write, what Open-Xchange writes, and what RFC 5545 allows, are read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.model.errors import Unreadable
from passerelle.model.items import ShownAs
from passerelle.wire.icalendar.free_busy import Busy, read_published, write_classic, write_published

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
END = START + timedelta(days=7)
FRAME = "BEGIN:VCALENDAR\r\nBEGIN:VFREEBUSY\r\n{}\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n"


@st.composite
def times(draw: st.DrawFn) -> list[Busy]:
    found = draw(
        st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 600), st.sampled_from([None, *ShownAs])), max_size=6)
    )
    return [(START + timedelta(minutes=a), START + timedelta(minutes=a + b), kind) for a, b, kind in found]


@given(times())
def test_what_is_written_is_read(written: list[Busy]) -> None:
    expected = sorted(written, key=lambda one: one[:2])
    assert list(read_published(write_classic("anna@example.org", START, END, expected))) == expected
    assert list(read_published(write_published("anna@example.org", START, START, END, expected))) == expected


def test_several_periods_in_a_line_and_durations_are_read() -> None:
    said = "FREEBUSY;FBTYPE=BUSY:20260302T090000Z/PT1H30M,20260303T080000Z/20260303T090000Z"
    first, second = read_published(FRAME.format(said).encode())
    assert first == (START, START + timedelta(minutes=90), ShownAs.ABSENT)
    assert second[1] - second[0] == timedelta(hours=1)


def test_nobody_busy_is_an_answer() -> None:
    assert read_published(FRAME.format("ORGANIZER:anna@example.org").encode()) == ()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>Log in</html>",
        FRAME.format("FREEBUSY:20260302T090000Z").encode(),
        FRAME.format("FREEBUSY:soon/later").encode(),
        FRAME.format("FREEBUSY:20260302/20260303").encode(),
    ],
)
def test_what_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read_published(data)
