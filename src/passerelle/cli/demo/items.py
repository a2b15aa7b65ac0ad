"""Makes the demo's calendars, address books and task lists: the same items for the same seed and day."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from passerelle.cli.demo import people
from passerelle.cli.demo.people import Employee
from passerelle.model.items import (
    Appointment,
    Contact,
    DistributionList,
    Member,
    Photo,
    Priority,
    ShownAs,
    Task,
    TaskStatus,
)
from passerelle.model.moments import ONE_DAY, Day, Timed, WholeDays, zone_info
from passerelle.model.participants import Participant, ParticipantKind
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday

T = TypeVar("T")

PHOTO_EVERY = 5
WHOLE_DAY_SHARE = 0.08
PRIVATE_SHARE = 0.05
LABELLED_SHARE = 0.3
LIST_EVERY = 60


class Maker:
    """Makes items for one employee, around ``today``."""

    def __init__(self, employee: Employee, today: date, seed: int) -> None:
        self._employee = employee
        self._today = today
        self._seed = seed
        self._random = random.Random(f"{employee.login} {seed}")  # noqa: S311 - lifelike, not secret

    def appointments(self, count: int) -> Iterator[Appointment]:
        """Single appointments over a year, some of whole days."""
        titles = people.MEETINGS[self._employee.locale]
        for number in range(count):
            day = self._today + timedelta(days=self._random.randrange(-180, 180))
            whole_day = self._random.random() < WHOLE_DAY_SHARE
            yield Appointment(
                uid=self._uid("appointment", number),
                title=f"{self._pick(titles)} – {self._pick(people.COMPANIES)}",
                when=self._days(day) if whole_day else self._timed(day),
                location=self._pick(("", "Room Seine", self._pick(people.CITIES)[0])) or None,
                shown_as=self._pick(tuple(ShownAs)) if whole_day else ShownAs.RESERVED,
                alarm=self._pick((None, 5, 15, 60)),
                note=self._pick(
                    (
                        None,
                        "Ordre du jour :\n– prix\n– délais",
                        "Bitte Unterlagen mitbringen.",
                        "Bring a pen.",
                    )
                ),
                categories=self._categories(),
                private=self._random.random() < PRIVATE_SHARE,
                color_label=self._random.randrange(11),
            )

    def series(self) -> Iterator[Appointment]:
        """A weekly, a monthly and a yearly series; the weekly one crosses both daylight-saving changes."""
        weekly, monthly, yearly = people.SERIES[self._employee.locale]
        monday = self._today - timedelta(days=self._today.weekday() + 26 * 7)
        yield Appointment(
            uid=self._uid("series", 1),
            title=weekly,
            when=self._timed(monday, hour=9),
            location="Room Seine",
            alarm=10,
            recurrence=Recurrence(rules=(Rule(frequency=Frequency.WEEKLY, by_day=(NthWeekday(Weekday.MONDAY),)),)),
        )
        first = monday.replace(day=1)
        last_friday = Rule(frequency=Frequency.MONTHLY, count=24, by_day=(NthWeekday(Weekday.FRIDAY, -1),))
        yield Appointment(
            uid=self._uid("series", 2),
            title=monthly,
            when=self._timed(_last_friday(first), hour=16),
            recurrence=Recurrence(rules=(last_friday,)),
        )
        founded = date(self._today.year - 3, 6, 21)
        yield Appointment(
            uid=self._uid("series", 3),
            title=yearly,
            when=WholeDays(start=founded, end=founded + ONE_DAY),
            shown_as=ShownAs.FREE,
            recurrence=Recurrence(rules=(Rule(frequency=Frequency.YEARLY, by_month=(6,), by_month_day=(21,)),)),
        )

    def contacts(self, count: int) -> Iterator[Contact]:
        """People with addresses, telephones and some photos; now and then a distribution list of those before."""
        made: list[Contact] = []
        for number in range(count):
            contact = self._contact(number)
            made.append(contact)
            yield contact
            if number % LIST_EVERY == LIST_EVERY - 1:
                members = tuple(Member(mail=c.email1 or "", name=c.display_name or "") for c in made[-8:])
                name = f"Verteiler {number // LIST_EVERY + 1} – {self._pick(people.COMPANIES)}"
                yield DistributionList(
                    uid=self._uid("list", number), display_name=name, last_name=name, members=members
                )

    def tasks(self, count: int) -> Iterator[Task]:
        """Things to do, at every stage."""
        for number in range(count):
            due = self._today + timedelta(days=self._random.randrange(-60, 120))
            status = self._pick(tuple(TaskStatus))
            done = status is TaskStatus.DONE
            yield Task(
                uid=self._uid("task", number),
                title=f"{self._pick(people.TASKS[self._employee.locale])} ({self._pick(people.COMPANIES)})",
                start=Day(day=due - timedelta(days=self._random.randrange(10))),
                due=Day(day=due),
                status=status,
                percent=100 if done else 50 if status is TaskStatus.IN_PROGRESS else 0,
                completed=datetime.combine(due, time(15), UTC) if done else None,
                priority=self._pick(tuple(Priority)),
                target_duration=self._random.randrange(30, 600),
                categories=self._categories(),
            )

    def meeting(self, title: str, participants: tuple[Participant, ...], days_ahead: int, hour: int) -> Appointment:
        """A meeting with others, so many days from today at a full hour."""
        return Appointment(
            uid=self._uid("meeting", days_ahead * 24 + hour),
            title=title,
            when=self._timed(self._today + timedelta(days=days_ahead), hour=hour),
            participants=participants,
        )

    def _contact(self, number: int) -> Contact:
        first, last = self._pick(people.FIRST_NAMES), self._pick(people.LAST_NAMES)
        company = self._pick(people.COMPANIES)
        city, postal_code, country = self._pick(people.CITIES)
        domain = "".join(c for c in company.lower() if c.isascii() and c.isalpha())
        return Contact(
            uid=self._uid("contact", number),
            first_name=first,
            last_name=last,
            display_name=f"{last}, {first}",
            company=company,
            job_title=self._pick(people.POSITIONS),
            business_street=f"{self._pick(people.STREETS)} {self._random.randrange(1, 120)}",
            business_postal_code=postal_code,
            business_city=city,
            business_country=country,
            phone_business=f"+49 221 {self._random.randrange(100000, 999999)}",
            mobile=f"+33 6 {self._random.randrange(10000000, 99999999)}",
            email1=f"contact{number}@{domain}.example",
            birthday=date(1950, 1, 1) + timedelta(days=self._random.randrange(18000)),
            photo=Photo("image/png", _portrait(self._random)) if number % PHOTO_EVERY == 0 else None,
            categories=self._categories(),
        )

    def _timed(self, day: date, hour: int | None = None) -> Timed:
        zone = self._employee.zone
        local = datetime.combine(day, time(hour or self._random.randrange(8, 18)), zone_info(zone))
        start = local.astimezone(UTC)
        return Timed(start=start, end=start + timedelta(minutes=self._pick((30, 60, 90))), zone=zone)

    def _days(self, day: date) -> WholeDays:
        return WholeDays(start=day, end=day + timedelta(days=self._random.randrange(1, 4)))

    def _categories(self) -> tuple[str, ...]:
        return (self._pick(people.CATEGORIES),) if self._random.random() < LABELLED_SHARE else ()

    def _uid(self, kind: str, number: int) -> str:
        return f"{kind}-{number}-{self._seed}-{self._employee.login}@passerelle.example"

    def _pick(self, choices: Sequence[T]) -> T:
        return self._random.choice(choices)


def invite(kind: ParticipantKind, principal: int, name: str, mail: str = "") -> Participant:
    """A participant of the demo's meetings."""
    return Participant(kind=kind, id=principal, name=name, mail=mail)


def _last_friday(first_of_month: date) -> date:
    last = (first_of_month + timedelta(days=31)).replace(day=1) - ONE_DAY
    return last - timedelta(days=(last.weekday() - Weekday.FRIDAY) % 7)


def _portrait(source: random.Random, size: int = 48) -> bytes:
    """A small PNG (RFC 2083): a coloured disc on a light ground, one colour a person."""
    red, green, blue = (source.randrange(40, 200) for _ in range(3))
    ink, ground = bytes((red, green, blue)), bytes((240, 240, 235))
    middle = size / 2
    rows = b"".join(
        b"\0"
        + b"".join(ink if (x - middle) ** 2 + (y - middle) ** 2 < (middle - 4) ** 2 else ground for x in range(size))
        for y in range(size)
    )
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
