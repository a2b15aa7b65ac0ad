"""What reading a calendar gives."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from passerelle.model.items import Appointment, Task
from passerelle.wire.findings import Problem


class Series(Struct, frozen=True, kw_only=True):
    """A single item, or a series with its change exceptions; all share one uid.

    ``master`` is None where a file has changed occurrences of a series only; ``of`` is, for writing, the series that
    they belong to. ``line`` is where the item begins,
    0 if it was not read from a file. ``modified`` is for writing: it takes the place of the LAST-MODIFIED and
    DTSTAMP that the items came with.
    """

    master: Appointment | Task | None = None
    exceptions: tuple[Appointment, ...] = ()
    of: Appointment | None = None
    line: int = 0
    modified: datetime | None = None


class ReadResult(Struct, frozen=True, kw_only=True):
    """The items of a file, in its order.

    ``problems`` are components that were refused, ``notes`` what was left out or read otherwise than written.
    ``name`` is the calendar's (``X-WR-CALNAME``), ``method`` that of RFC 5546 if the file is a message.
    """

    entries: tuple[Series, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    name: str | None = None
    method: str | None = None
