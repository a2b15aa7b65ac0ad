"""How long it takes to be told when somebody is busy in a month: our server beside Radicale's free-busy report.

Both hold the same made-up calendars and are asked over HTTP by one client that keeps nothing. Radicale reads a calendar
from files and keeps a cache of what it has parsed: it is asked once with an empty cache and then again. Since it looks
at one calendar only, fewer people are put into it.
"""

from __future__ import annotations

import base64
import json
import re
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

from msgspec import Struct

from benchmarks.busy_people import DOMAIN, MONTH, calendar, login
from benchmarks.connector import PROGRAM
from benchmarks.processes import Failed, Server, free_port, server
from benchmarks.texts import calendar_text, plain_uid
from benchmarks.vdirsyncer_radicale import PASSWORD, radicale_configuration
from passerelle.groupware.provision import add_user, initialise
from passerelle.model.folders import Module
from passerelle.store import Store

OURS = "Passerelle"
THEIRS = "Radicale"
THEIR_PEOPLE = 2
ROUNDS = 5

_STAMP = "%Y%m%dT%H%M%SZ"
_PERIOD = re.compile(r"^FREEBUSY[^:]*:(\w+)/(\w+)", re.MULTILINE)
_MINUTE = timedelta(minutes=1)
_REPORT = f"""\
<?xml version="1.0" encoding="utf-8"?>
<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">
<C:time-range start="{MONTH[0]:{_STAMP}}" end="{MONTH[1]:{_STAMP}}"/></C:free-busy-query>
"""


class Lookup(Struct, frozen=True, kw_only=True):
    """What one question about one person costs.

    On the clock (the median, and what 95 of 100 stay below) and in processor time of the server, all in seconds.
    ``busy_minutes`` is for how long each person is busy, which must be the same on both sides.
    """

    by: str
    people: int
    appointments: int
    median_s: float
    p95_s: float
    processor_s: float
    busy_minutes: dict[int, int]


Ask = Callable[[int], str]
"""Asks about a person and returns what the server says."""


def measure_ours(people: int, appointments: int, directory: Path) -> Iterator[Lookup]:
    """Ask our server about each person.

    Raises:
        Failed: it did not answer.
    """
    _fill_ours(directory / "office", people, appointments)
    with server([PROGRAM, "server", "run", "--data", directory / "office"], directory, {}) as ours:
        url = ours.wait_for(r"listening on (\S+)")
        start, end = (f"{moment:%Y%m%d}" for moment in MONTH)

        def ask(person: int) -> str:
            who = {"contextid": 1, "username": login(person), "server": DOMAIN, "start": start, "end": end}
            return _said(urllib.request.Request(f"{url}/servlet/webdav.freebusy?{urlencode(who)}"))

        ask(0)  # what is loaded at the first request of a process is not what a question costs
        yield _lookup(OURS, ask, people, appointments, ours, ROUNDS)


def measure_theirs(people: int, appointments: int, programs: Path, directory: Path) -> Iterator[Lookup]:
    """Ask Radicale about some of the people; ``programs`` is where it is installed.

    Raises:
        Failed: it did not answer.
    """
    port, asked = free_port(), min(people, THEIR_PEOPLE)
    _fill_theirs(directory, asked, appointments)
    configuration = radicale_configuration(directory, port, [login(person) for person in range(asked)])
    with server([programs / "radicale", "--config", configuration], directory, {}) as theirs:
        theirs.wait_for("server ready")

        def ask(person: int) -> str:
            credentials = base64.b64encode(f"{login(person)}:{PASSWORD}".encode()).decode()
            url = f"http://127.0.0.1:{port}/{login(person)}/calendar/"
            headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/xml"}
            return _said(urllib.request.Request(url, _REPORT.encode(), headers, method="REPORT"))

        yield _lookup(f"{THEIRS}, cold", ask, asked, appointments, theirs, 1)
        yield _lookup(THEIRS, ask, asked, appointments, theirs, ROUNDS)


def check_agreement(lookups: Iterable[Lookup]) -> None:
    """See that all were told of the same times.

    Raises:
        Failed: somebody is said to be busy more often by one than by the other.
    """
    told: dict[int, int] = {}
    for one in lookups:
        for person, minutes in one.busy_minutes.items():
            if told.setdefault(person, minutes) != minutes:
                raise Failed(f"{login(person)} is busy for {minutes} minutes, says {one.by}; others: {told[person]}.")


def _lookup(by: str, ask: Ask, people: int, appointments: int, asked: Server, rounds: int) -> Lookup:
    seconds: list[float] = []
    busy: dict[int, int] = {}
    asked.forget()
    for _ in range(rounds):
        for person in range(people):
            began = time.perf_counter()
            said = ask(person)
            seconds.append(time.perf_counter() - began)
            busy[person] = _minutes(said)
    return Lookup(
        by=by,
        people=people,
        appointments=appointments,
        median_s=median(seconds),
        p95_s=quantiles(seconds, n=20)[-1],
        processor_s=asked.processor_seconds / len(seconds),
        busy_minutes=busy,
    )


def _said(request: urllib.request.Request) -> str:
    with urllib.request.urlopen(request, timeout=1800) as answer:
        text: str = answer.read().decode()
    if "BEGIN:VFREEBUSY" not in text:
        raise Failed(f"No free/busy times were told: {text[:500]}")
    return text


def _minutes(said: str) -> int:
    """How many minutes of the month are taken, whatever overlaps: one tells each appointment, the other merges them."""
    taken: set[int] = set()
    for start, end in _PERIOD.findall(said):
        first, last = (datetime.strptime(moment, _STAMP).replace(tzinfo=UTC) for moment in (start, end))
        begin, finish = (int((moment - MONTH[0]) / _MINUTE) for moment in (max(first, MONTH[0]), min(last, MONTH[1])))
        taken.update(range(begin, finish))
    return len(taken)


def _fill_ours(path: Path, people: int, appointments: int) -> None:
    with Store.create(path) as store:
        initialise(store)
        for person in range(people):
            user = add_user(store, login(person), PASSWORD, email=f"{login(person)}@{DOMAIN}")
            with store.writing(user.id) as tx:
                mine = (one for one in tx.folders.all() if one.owner == user.id and one.module is Module.CALENDAR)
                tx.items.add_many(next(mine).id, list(calendar(person, appointments)))


def _fill_theirs(directory: Path, people: int, appointments: int) -> None:
    """Put the items where Radicale keeps them."""
    for person in range(people):
        collection = directory / "server" / "collection-root" / login(person) / "calendar"
        collection.mkdir(parents=True)
        (collection / ".Radicale.props").write_text(json.dumps({"tag": "VCALENDAR"}))
        for one in calendar(person, appointments):
            (collection / f"{plain_uid(one)}.ics").write_text(calendar_text(one), newline="")
