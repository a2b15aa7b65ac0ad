"""People with full calendars, the same in every run: what free/busy times are asked of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from passerelle.model.items import Appointment
from passerelle.model.moments import Timed
from passerelle.model.recurrence import Frequency, Recurrence, Rule

DOMAIN = "passerelle.example"
MONTH = (datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))
"""What is asked for."""

_FIRST_DAY = datetime(2019, 6, 3, tzinfo=UTC)
_DAYS = 14 * 365
"""Appointments lie seven years back and seven ahead, so that the month is one of many."""
_SERIES_EVERY = 20
_LENGTHS = (30, 45, 60, 90, 120)
_RULES = (
    Rule(frequency=Frequency.WEEKLY, count=52),
    Rule(frequency=Frequency.DAILY, interval=2, count=20),
    Rule(frequency=Frequency.WEEKLY, interval=2, count=26),
    Rule(frequency=Frequency.YEARLY, count=20),
)


def login(number: int) -> str:
    """The login of a person, which is also the first half of the mail address."""
    return f"person{number}"


def calendar(person: int, count: int) -> Iterator[Appointment]:
    """So many appointments of a person, every twentieth of them a series."""
    random = Random(person)
    for number in range(count):
        start = _FIRST_DAY + timedelta(days=random.randrange(_DAYS), minutes=15 * random.randrange(32, 72))
        rule = _RULES[number // _SERIES_EVERY % len(_RULES)] if number % _SERIES_EVERY == 0 else None
        yield Appointment(
            uid=f"{person}-{number}@{DOMAIN}",
            title=f"Meeting {number}",
            location="Room Seine",
            note="Bring a pen." * (number % 5),
            when=Timed(start=start, end=start + timedelta(minutes=random.choice(_LENGTHS)), zone="UTC"),
            recurrence=None if rule is None else Recurrence(rules=(rule,)),
        )
