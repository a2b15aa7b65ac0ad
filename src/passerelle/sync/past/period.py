"""How far back something reaches, in the words that people type: 6months, 1year. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct

from passerelle.model.errors import Invalid
from passerelle.model.moments import midnight
from passerelle.model.text import Text

ALL: Final = "all"
"""What people type who want no limit."""
_PATTERN = re.compile(r"([0-9]{1,3}) ?(day|week|month|year)s?", re.IGNORECASE)


class Unit(StrEnum):
    """What a period is counted in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Period(Struct, frozen=True):
    """A number of days, weeks, months or years."""

    count: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Period:
        """The period that somebody typed.

        Raises:
            Invalid: it is none.

        >>> str(Period.parse("6 Months")), str(Period.parse("1year"))
        ('6months', '1year')
        """
        found = _PATTERN.fullmatch(text.strip())
        if found is None or int(found[1]) == 0:
            raise Invalid(Text("“{text}” is no period. Say for instance 6months, 1year, or all.", text=text), "past")
        return cls(int(found[1]), Unit(found[2].lower()))

    @classmethod
    def chosen(cls, text: str) -> Period | None:
        """The period that somebody typed; None for ``all``. Raises Invalid."""
        return None if text.strip().lower() == ALL else cls.parse(text)

    def __str__(self) -> str:
        return f"{self.count}{self.unit}{'' if self.count == 1 else 's'}"

    def before(self, now: datetime) -> datetime:
        """The UTC midnight that lies so far before today; of a month that is too short, its last day."""
        today = now.astimezone(UTC).date()
        if self.unit in {Unit.DAY, Unit.WEEK}:
            return midnight(today - timedelta(days=self.count * (7 if self.unit is Unit.WEEK else 1)))
        months = today.year * 12 + today.month - 1 - self.count * (12 if self.unit is Unit.YEAR else 1)
        first = today.replace(year=months // 12, month=months % 12 + 1, day=1)
        following = (first + timedelta(days=31)).replace(day=1)
        return midnight(min(first + timedelta(days=today.day - 1), following - timedelta(days=1)))
