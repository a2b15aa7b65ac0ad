"""What is synchronised: made-up calendars, address books and task lists, the same in every run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import cycle, islice

from msgspec import Struct
from msgspec.structs import replace

from passerelle.cli.demo.items import Maker
from passerelle.cli.demo.people import EMPLOYEES
from passerelle.model.items import Appointment, Contact, Task
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday

TODAY = date(2026, 6, 1)
SEED = 1
SERIES_EVERY = 20

_RULES = (
    Rule(frequency=Frequency.WEEKLY, count=52),
    Rule(frequency=Frequency.DAILY, interval=2, count=20),
    Rule(frequency=Frequency.MONTHLY, count=24, by_day=(NthWeekday(Weekday.FRIDAY, -1),)),
    Rule(frequency=Frequency.YEARLY),
)


class Mixture(Struct, frozen=True):
    """The items of one measurement."""

    appointments: tuple[Appointment, ...]
    contacts: tuple[Contact, ...]
    tasks: tuple[Task, ...] = ()


def whole_mixture(count: int) -> Mixture:
    """Six tenths appointments, every twentieth a series; three tenths contacts, some with a photo; one tenth tasks."""
    tasks = count // 10
    contacts = count * 3 // 10
    return Mixture(_appointments(count - contacts - tasks), _contacts(contacts), tuple(_maker().tasks(tasks)))


def mixture_without_tasks(count: int) -> Mixture:
    """The same with contacts in place of the tasks, for software that is given a calendar and an address book."""
    contacts = count * 4 // 10
    return Mixture(_appointments(count - contacts), _contacts(contacts))


def _maker() -> Maker:
    return Maker(EMPLOYEES[0], TODAY, SEED)


def _appointments(count: int) -> tuple[Appointment, ...]:
    return tuple(_with_series(_maker().appointments(count)))


def _with_series(singles: Iterator[Appointment]) -> Iterator[Appointment]:
    rules = cycle(_RULES)
    for number, single in enumerate(singles):
        is_series = number % SERIES_EVERY == 0
        yield replace(single, recurrence=Recurrence(rules=(next(rules),))) if is_series else single


def _contacts(count: int) -> tuple[Contact, ...]:
    return tuple(islice(_maker().contacts(count), count))
