"""iCalendar (RFC 5545): appointments and tasks from and to the files of other calendar programs.

What the model has no word for is kept with the item and written again; what cannot be kept is listed.
"""

from __future__ import annotations

from passerelle.wire.findings import Problem
from passerelle.wire.icalendar.entries import ReadResult, Series
from passerelle.wire.icalendar.reader import read
from passerelle.wire.icalendar.writer import PRODID, write, write_parts

__all__ = ["PRODID", "Problem", "ReadResult", "Series", "read", "write", "write_parts"]
