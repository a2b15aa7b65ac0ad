"""Who has something already is not sent it again, and nobody misses a change."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from passerelle.model.ids import Stamp
from passerelle.server.conditions import changed_at, is_same, takes_gzip


@pytest.mark.parametrize(
    ("changed_s", "since_s", "same"), [(10.9, 11, True), (10.9, 10, False), (11.0, 11, False), (11.0, 12, True)]
)
def test_who_only_knows_dates_misses_no_change(changed_s: float, since_s: int, *, same: bool) -> None:
    """A program that read in the same second may have read before: only the next full second is sure."""
    changed = changed_at(Stamp(int(changed_s * 1000)))
    since = format_datetime(datetime.fromtimestamp(since_s, UTC), usegmt=True)
    assert is_same("", since, "mark", changed) is same


@pytest.mark.parametrize("since", ["yesterday", "", "Mon, 99 Foo 2026 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:01 -0000"])
def test_what_is_no_date_or_an_old_one_is_no_reason_to_send_nothing(since: str) -> None:
    assert not is_same("", since, "mark", changed_at(Stamp(5000)))


@pytest.mark.parametrize(
    ("tags", "same"),
    [
        ('"mark"', True), ('"mark-gzip"', True), ('W/"mark"', True), ('"a", "mark"', True), ("*", True),
        ('"other"', False), ("mark", False),
    ],
)  # fmt: skip
def test_a_tag_decides_whatever_the_date(tags: str, *, same: bool) -> None:
    for since in ("Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"):
        assert is_same(tags, since, "mark", changed_at(Stamp(5000))) is same


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [("gzip", True), ("br, GZIP;q=0.1", True), ("gzip; q=1.0", True), ("gzip;q=0", False), ("gzip;q=0.000", False),
     ("identity", False), ("", False), ("xgzip", False)],
)  # fmt: skip
def test_gzip_is_for_who_takes_it(accepted: str, *, takes: bool) -> None:
    assert takes_gzip(accepted) is takes
