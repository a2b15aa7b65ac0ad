"""Known faults of KDE's Open-Xchange resource 22.12.3: what tests leave out of a comparison, and why.

Nothing else in these tests makes an exception for KDE. Each function turns a right value into what KDE makes
of it. Faults that tests only walk around:

- A renamed folder sends nothing and blocks every later change of the account: tests rename on the server.
- The UID of an event is invented anew at each synchronisation: tests never compare it.
- Dates before December 1901 wrap around (32-bit seconds), as do those after January 2038.
- The states of participants are lost in reading (set on a copy); written states are right.
- "The last Monday" is read as the fifth one; written, it comes as -1, and Sunday as 128.
- A rule without BYDAY, BYMONTHDAY or BYMONTH is written with numbers from nowhere: tests spell rules out.
- An exception with a time (EXDATE as a date-time) is not written: tests use whole days.
- Whole days are counted in local time: right in UTC only, where the desktop of these tests lives.
- A refused change is dropped silently and a wrong password never reported: tests ask the server.
- The accounts of one desktop share its password server: after a wrong password for one, the others wait there
  for a dialog that nobody sees. A wrong password is tried on a desktop of its own.
- A folder that goes on the server stays in KDE until the account is made anew: tests look at a new one.
- KDE keeps an alarm only when it counts from the start of an event.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def shown_title(title: str) -> str:
    """The title of a folder without KDE's suffix.

    A folder that was made in KDE shows, from the next synchronisation on, the name that the resource
    invented to make it unique in Akonadi: its title, "_{" and a UUID, "}".
    """
    return re.sub(r"_\{[0-9a-f-]{36}\}$", "", title)


def transparency_read(*, free: bool) -> str:
    """TRANSP of an event as KDE reads `shown_as`: the wrong way round (it is written the right way)."""
    return "OPAQUE" if free else "TRANSPARENT"


def last_day_written(end: date) -> date:
    """The end of whole days as KDE sends it, from the exclusive end: the last day itself."""
    return end - timedelta(days=1)


def with_floating_until(payload: str, zone: str) -> str:
    """An event as KDE shows it, with its UNTIL on the wall clock on which KDE gave its DTSTART.

    KDE shows a series without a zone, but its end in UTC; taken at its word, the last occurrence would be missing.
    """

    def floating(match: re.Match[str]) -> str:
        until = datetime.strptime(match[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return f"UNTIL={until.astimezone(ZoneInfo(zone)):%Y%m%dT%H%M%S}"

    return re.sub(r"UNTIL=(\d{8}T\d{6}Z)", floating, payload)


def text_written(text: str) -> str:
    """A text as KDE sends it: quotes and backslashes get a backslash, which no other client expects.

    The server stores texts untouched, so that KDE reads its own again as they were.
    """
    return text.replace("\\", "\\\\").replace('"', '\\"')
