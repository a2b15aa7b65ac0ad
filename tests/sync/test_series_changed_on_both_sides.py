"""A series changed here and there at once, with the real server between two devices: nothing is lost without a word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from passerelle.model.items import Appointment, Contact, Item
from passerelle.model.moments import Timed
from passerelle.model.records import ItemRecord
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.sync.history.entries import What
from passerelle.sync.report import Report, Subject
from tests.sync.real_server import Device, RealServer, real_server, records

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
WHEN = Timed(start=START, end=START + timedelta(hours=1), zone="Europe/Berlin")
SECOND, FIFTH = START.date() + timedelta(weeks=1), START.date() + timedelta(weeks=4)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RealServer]:
    with real_server(tmp_path) as running:
        running.add_user("anton")
        yield running


class Both:
    """Two devices of one person, with one weekly series on both."""

    def __init__(self, server: RealServer) -> None:
        self.server = server
        self.desk, self.laptop = server.device("anton"), server.device("anton")
        self.desk.cycle()
        rule = Rule(frequency=Frequency.WEEKLY, count=8)
        self.desk.session.create(
            self.desk.folder().id, Appointment(when=WHEN, title="Weekly", recurrence=Recurrence(rules=(rule,)))
        )
        self.settle()

    def settle(self) -> list[Report]:
        """Cycle until nothing happens: the desk, whose changes come first, then the laptop; return what both told."""
        told: list[Report] = []
        for _ in range(8):
            results = [self.desk.cycle(), self.laptop.cycle()]
            told += [report for result in results for report in result.reports]
            if not sum(result.total for result in results):
                break
        else:
            raise AssertionError("The devices and the server never come to rest.")
        there = records(self.server.session("anton"), self.desk.folder())
        assert described(self.desk.records()) == described(self.laptop.records()) == described(there)
        assert not self.desk.replica.waiting.skipped()
        assert not self.laptop.replica.waiting.skipped()
        return told


@pytest.fixture
def both(server: RealServer) -> Both:
    return Both(server)


def described(found: list[ItemRecord]) -> list[str]:
    items = [msgspec.structs.replace(as_appointment(one.item), sequence=0) for one in found]
    return sorted(msgspec.json.encode(item).decode() for item in items)


def as_appointment(item: Item) -> Appointment:
    assert isinstance(item, Appointment)
    return item


def master(device: Device) -> ItemRecord:
    return next(one for one in device.records() if one.master is None)


def exceptions(device: Device) -> dict[str | None, ItemRecord]:
    return {as_appointment(one.item).title: one for one in device.records() if one.master is not None}


def edit_series(device: Device, **changes: object) -> None:
    record = master(device)
    device.session.update(record.id, record.folder, lambda _: changes, ignore_conflicts=True)


def edit_occurrence(device: Device, day: object, **changes: object) -> None:
    record = master(device)
    device.session.change_occurrence(record.id, record.folder, day, lambda _: changes, ignore_conflicts=True)  # type: ignore[arg-type]


def subjects(told: list[Report]) -> list[Subject]:
    return [report.subject for report in told]


def test_the_series_edited_here_and_an_occurrence_there_are_both_kept(both: Both) -> None:
    edit_series(both.desk, title="Renamed")
    edit_occurrence(both.laptop, SECOND, location="Canteen")
    both.settle()
    assert as_appointment(master(both.desk).item).title == "Renamed"
    assert [as_appointment(one.item).location for one in exceptions(both.desk).values()] == ["Canteen"]


def test_the_series_edited_after_an_occurrence_there_was_are_both_kept(both: Both) -> None:
    edit_occurrence(both.desk, SECOND, location="Canteen")
    edit_series(both.laptop, title="Renamed")
    both.settle()
    assert as_appointment(master(both.desk).item).title == "Renamed"
    assert [as_appointment(one.item).location for one in exceptions(both.desk).values()] == ["Canteen"]


@pytest.mark.parametrize("deletes_first", [True, False])
def test_a_changed_occurrence_that_one_deletes_and_the_other_edits_stays_as_edited(
    both: Both, deletes_first: bool
) -> None:
    edit_occurrence(both.desk, SECOND, title="Moved")
    both.settle()
    deleting, editing = (both.desk, both.laptop) if deletes_first else (both.laptop, both.desk)
    deleting.session.delete(exceptions(deleting)["Moved"].id)
    edited = exceptions(editing)["Moved"]
    editing.session.update(edited.id, edited.folder, lambda _: {"location": "Canteen"}, ignore_conflicts=True)
    told = both.settle()
    (kept,) = exceptions(both.desk).values()
    assert as_appointment(kept.item).location == "Canteen"
    assert Subject.EDIT_WON in subjects(told)


def shortened() -> Recurrence:
    """A rule without the fifth occurrence."""
    return Recurrence(rules=(Rule(frequency=Frequency.WEEKLY, count=3),))


def test_a_changed_occurrence_that_a_later_rule_no_longer_has_goes_and_is_in_the_history(both: Both) -> None:
    edit_occurrence(both.desk, FIFTH, title="Moved")
    edit_series(both.laptop, recurrence=shortened())
    both.settle()
    assert exceptions(both.desk) == {}
    events = both.desk.replica.history.latest(50)
    assert any(event.what is What.DECIDED and event.title == "Moved" for event in events)


def test_a_change_of_an_occurrence_that_an_earlier_rule_no_longer_has_waits_for_the_user(both: Both) -> None:
    edit_occurrence(both.laptop, FIFTH, title="Moved")
    edit_series(both.desk, recurrence=shortened())
    both.desk.cycle()
    told = both.laptop.cycle().reports
    assert subjects(list(told)) == [Subject.SKIPPED]
    assert list(exceptions(both.laptop)) == ["Moved"]
    (skipped,) = both.laptop.replica.waiting.skipped()
    both.laptop.replica.waiting.discard(skipped.id)
    both.settle()
    assert exceptions(both.desk) == {}


def test_both_change_the_same_occurrence_and_it_is_there_once_with_both_changes(both: Both) -> None:
    edit_occurrence(both.desk, SECOND, location="Canteen")
    edit_occurrence(both.laptop, SECOND, note="Bring cake")
    both.settle()
    (only,) = exceptions(both.desk).values()
    item = as_appointment(only.item)
    assert (item.location, item.note) == ("Canteen", "Bring cake")


def test_both_change_the_same_field_of_an_occurrence_and_the_loser_is_kept_in_the_history(both: Both) -> None:
    edit_occurrence(both.desk, SECOND, title="Desk")
    edit_occurrence(both.laptop, SECOND, title="Laptop")
    told = both.settle()
    assert list(exceptions(both.desk)) == ["Desk"]
    assert subjects(told) == [Subject.CONFLICT]
    (event,) = [one for one in both.laptop.replica.history.latest(50) if one.what is What.DECIDED]
    both.laptop.replica.history.undo(event.number)
    both.settle()
    assert list(exceptions(both.desk)) == ["Laptop"]


def test_both_delete_the_same_occurrence_and_nothing_is_told(both: Both) -> None:
    for device in (both.desk, both.laptop):
        record = master(device)
        device.session.delete_occurrence(record.id, record.folder, SECOND)
    assert both.settle() == []
    recurrence = as_appointment(master(both.desk).item).recurrence
    assert recurrence is not None
    assert len(recurrence.deleted) == 1


def test_one_deletes_an_occurrence_that_the_other_changes_and_the_change_stays(both: Both) -> None:
    record = master(both.desk)
    both.desk.session.delete_occurrence(record.id, record.folder, SECOND)
    edit_occurrence(both.laptop, SECOND, title="Moved")
    both.settle()
    assert list(exceptions(both.desk)) == ["Moved"]


def test_one_changes_an_occurrence_that_the_other_deletes_and_the_change_stays(both: Both) -> None:
    edit_occurrence(both.desk, SECOND, title="Moved")
    record = master(both.laptop)
    both.laptop.session.delete_occurrence(record.id, record.folder, SECOND)
    both.settle()
    assert list(exceptions(both.desk)) == ["Moved"]


@pytest.mark.parametrize("series_first", [True, False])
def test_the_series_moved_by_an_hour_here_keeps_the_occurrence_that_was_changed_there(
    both: Both, series_first: bool
) -> None:
    moving, editing = (both.desk, both.laptop) if series_first else (both.laptop, both.desk)
    hour = timedelta(hours=1)
    edit_series(moving, when=msgspec.structs.replace(WHEN, start=WHEN.start + hour, end=WHEN.end + hour))
    edit_occurrence(editing, SECOND, title="Moved")
    both.settle()
    assert list(exceptions(both.desk)) == ["Moved"]
    assert as_appointment(master(both.desk).item).when.start == WHEN.start + hour


def test_the_series_deleted_here_and_an_occurrence_changed_there_stay(both: Both) -> None:
    both.desk.session.delete(master(both.desk).id)
    edit_occurrence(both.laptop, SECOND, title="Moved")
    told = both.settle()
    assert list(exceptions(both.desk)) == ["Moved"]
    assert Subject.EDIT_WON in subjects(told)


@pytest.mark.parametrize("count", [2, 3])
def test_what_both_make_with_one_uid_is_one_item_and_without_one_two(both: Both, count: int) -> None:
    uid = "same" if count == 2 else None
    for device in (both.desk, both.laptop):
        folder = device.folder()
        item = Appointment(when=msgspec.structs.replace(WHEN, zone="UTC"), title="Lunch", uid=uid)
        device.session.create(folder.id, item, ignore_conflicts=True)
    both.settle()
    assert len(both.desk.records()) == count
    assert not isinstance(both.desk.records()[0].item, Contact)
