"""Calendars and address books as many programs write them, through the whole product and out again.

Each file goes into a folder of its own on a server, reaches a replica over HTTP, and is exported there. What comes out
must hold the same occurrences and the same fields as what went in.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from msgspec import Struct
from msgspec.structs import replace

from passerelle.groupware.session import Session
from passerelle.groupware.transfer import ImportReport, export_folder, import_file
from passerelle.model.folders import PRIVATE, Module
from passerelle.model.ids import Stamp
from passerelle.model.items import Contact, Item
from passerelle.peers.ox_webdav import Connection, OxWebDav
from passerelle.store import Store
from passerelle.sync.replica import Replica
from passerelle.sync.report import Subject
from passerelle.wire import vcard
from tests.support.commands import Server, User

DATA = Path(__file__).parents[3] / "shared" / "data"
OURS = Path(__file__).with_name("files")
"""Written for these tests as Outlook, Exchange, Apple, phones and the specifications' examples have it."""
CALENDARS = sorted([*(DATA / "calendars").glob("*.ics"), *OURS.glob("*.ics")])
CONTACTS = sorted([*(DATA / "contacts").glob("*.vcf"), *OURS.glob("*.vcf")])
ZONE = "Europe/Berlin"
ANNA = User("anna", "Anna Weber", "anna@example.org", "secret")
YEARS = 10
REFUSED_BY_THE_ORACLE = frozenset({"issue_201_mixed_datetime_and_date.ics"})
"""Files with an event that recurring-ical-events itself refuses, so that there is nothing to compare with."""


class Journey(Struct):
    """Where everything went: the reports of the imports, and the folders of the replica by file name."""

    reports: dict[str, ImportReport]
    server: Session
    replica: Session


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    home = tmp_path_factory.mktemp("journey")
    server = Server(home, zone=ZONE)
    server.add_user(ANNA)
    with server, Store.open(home / "server") as store:
        session = _session(store)
        reports = {path.name: _take(session, path) for path in (*CALENDARS, *CONTACTS)}
        peer = OxWebDav(Connection(server.url, ANNA.login, ANNA.password))
        with Replica.create(home / "replica", ANNA.login, peer.identify()) as replica:
            result = replica.cycle(peer)
            assert [r for r in result.reports if r.subject in {Subject.SKIPPED, Subject.FOLDER}] == []
            assert replica.cycle(peer).total == 0
            peer.close()
            yield Journey(reports, session, replica.session())


def _session(store: Store) -> Session:
    with store.reading() as tx:
        user = tx.principals.user_by_login(ANNA.login)
    assert user is not None
    return Session(store, user.id)


def _take(session: Session, path: Path) -> ImportReport:
    """Import a file into a folder of its own; tasks of a calendar go into the default folder."""
    module = Module.CALENDAR if path.suffix == ".ics" else Module.CONTACTS
    folder = session.create_folder(PRIVATE, path.name, module=module)
    return import_file(session, folder.id, path.name, path.read_bytes())


def _exported(session: Session, name: str) -> bytes:
    folder = next(view.folder for view in session.folders().changed if view.folder.name == name)
    return b"".join(export_folder(session, folder.id))


def _parsed(data: bytes) -> icalendar.Calendar:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the oracle's complaints about broken files are not ours
        return icalendar.Calendar.from_ical(data)


def _events_only(calendar: icalendar.Calendar) -> icalendar.Calendar:
    calendar.subcomponents = [part for part in calendar.subcomponents if part.name in {"VEVENT", "VTIMEZONE"}]
    return calendar


def _window(calendar: icalendar.Calendar) -> tuple[date, date]:
    """Ten years around the first start in a file."""
    starts: list[date | datetime] = [
        event.decoded("DTSTART") for event in calendar.walk("VEVENT") if "DTSTART" in event
    ]
    days = (start.date() if isinstance(start, datetime) else start for start in starts)
    first = min(days, default=date(2020, 1, 1))
    return first - timedelta(days=366), first + timedelta(days=366 * YEARS)


def _instant(value: date | datetime) -> tuple[str, str]:
    """A comparable point in time: whole days as days, instants in UTC, floating times on the user's wall clock."""
    if not isinstance(value, datetime):
        return ("day", value.isoformat())
    if value.tzinfo is None:
        value = value.replace(tzinfo=ZoneInfo(ZONE))
    return ("at", value.astimezone(UTC).isoformat())


def _occurrences(calendar: icalendar.Calendar, window: tuple[date, date]) -> list[tuple[object, ...]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = recurring_ical_events.of(calendar, skip_bad_series=True).between(*window)
    return sorted(
        (_instant(event.start), _instant(event.end), str(event.get("SUMMARY", "")), str(event.get("LOCATION", "")))
        for event in found
    )


@pytest.mark.parametrize("path", CALENDARS, ids=lambda path: path.stem)
def test_a_calendar_comes_out_of_a_replica_with_the_occurrences_that_it_had(journey: Journey, path: Path) -> None:
    report = journey.reports[path.name]
    if report.refused and not report.imported:
        assert all(problem.reason and problem.line for problem in report.refused)
        return
    before = _events_only(_parsed(path.read_bytes()))
    after = _events_only(_parsed(_exported(journey.replica, path.name)))
    window = _window(before)
    if path.name in REFUSED_BY_THE_ORACLE:
        return
    assert _occurrences(after, window) == _occurrences(before, window)


@pytest.mark.parametrize("path", [*CALENDARS, *CONTACTS], ids=lambda path: path.name)
def test_a_replica_holds_every_item_exactly_as_the_server_does(journey: Journey, path: Path) -> None:
    assert _items(journey.replica, path.name) == _items(journey.server, path.name)


@pytest.mark.parametrize("path", [path for path in CONTACTS if path.parent == OURS], ids=lambda path: path.name)
def test_an_address_book_comes_out_of_a_replica_as_the_same_contacts(journey: Journey, path: Path) -> None:
    report = journey.reports[path.name]
    assert (report.refused, report.unchanged) == ((), 0)
    before, after = (vcard.read(data).entries for data in (path.read_bytes(), _exported(journey.replica, path.name)))
    assert _shown(after) == _shown(before)


def _shown(cards: Sequence[Contact]) -> list[Contact]:
    """Contacts without the uid that an import gives to those that have none, kept lines in one order."""
    said = (replace(card, foreign=tuple(sorted(card.foreign, key=repr))) for card in cards)
    kept = [
        card if (card.uid or "").startswith(("urn:", "apple", "many")) else replace(card, uid=None) for card in said
    ]
    return sorted(kept, key=repr)


def _items(session: Session, name: str) -> list[Item]:
    folder = next(view.folder for view in session.folders().changed if view.folder.name == name)
    records = session.changes(folder.id, folder.module, Stamp(0)).items
    return sorted((record.item for record in records), key=repr)
