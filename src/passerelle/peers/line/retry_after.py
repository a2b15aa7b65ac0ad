"""When a server that is busy wants to be asked again: the header ``Retry-After`` (RFC 9110, section 10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_S = 3600.0
"""Whoever says more is asked once an hour all the same: it may be a mistake, and the clocks may differ."""


def retry_after_s(said: str | None, server_date: str | None, now: datetime) -> float | None:
    """Seconds from now, at most an hour; None where the header is absent or says nothing that can be understood.

    A moment is measured from the server's own present (the header ``Date``), else from ours.
    """
    if said is None:
        return None
    text = said.strip()
    if text.isascii() and text.isdecimal():
        return LONGEST_S if len(text) > len(str(LONGEST_S)) else min(float(text), LONGEST_S)
    until = _moment(text)
    if until is None:
        return None
    present = (_moment(server_date) if server_date else None) or now
    return min(max((until - present).total_seconds(), 0.0), LONGEST_S)


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
