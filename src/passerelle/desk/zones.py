"""The time zones that forms offer."""

from __future__ import annotations

from functools import cache
from typing import Final
from zoneinfo import available_timezones

_ODD: Final = ("Etc/", "SystemV/", "posix/", "right/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")
"""Beginnings of names that nobody looks for, or that are old names of others."""


@cache
def zone_names() -> tuple[str, ...]:
    """Places by which people know their zone, and UTC. Reads the time-zone database once."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith(_ODD))
    return ("UTC", *sorted(places))
