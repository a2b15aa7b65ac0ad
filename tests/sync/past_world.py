"""A world whose clock is ours, for appointments that ended long ago."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from passerelle.model.items import Appointment
from passerelle.model.moments import Timed
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.store import Store
from passerelle.sync.past.period import Period, Unit
from passerelle.sync.replica import Replica
from tests.sync.memory_server import StoredItem
from tests.sync.world import World, appointment

TODAY = datetime.fromisoformat("2100-06-15T12:00:00+00:00")
"""Later than any machine's clock, which replicas are made by."""
HALF_A_YEAR = Period(6, Unit.MONTH)


class PastWorld(World):
    """A world whose clock is ours."""

    def __init__(self, directory: Path, *, plain: bool = False) -> None:
        self.now = TODAY
        with Replica.open(directory) as replica:
            membership = replica.membership
        store = Store.open(directory, clock=lambda: int(self.now.timestamp() * 1000))
        super().__init__(Replica(store, membership, lambda: self.now), plain=plain)

    def sleep(self, days: int) -> None:
        self.now += timedelta(days=days)

    def there(self, title: str, days_ago: int, **values: object) -> StoredItem:
        return self.server.create(self.me, self.calendar, dated(title, self.now - timedelta(days=days_ago), **values))

    def here(self, title: str, days_ago: int) -> None:
        item = dated(title, self.now - timedelta(days=days_ago))
        self.replica.session().create(self.folder().id, item, ignore_conflicts=True)

    def occurrence_there(self, series: StoredItem, number: int, days_ago: int) -> StoredItem:
        """Have an occurrence of a weekly series take place on another day."""
        assert isinstance(series.item, Appointment)
        day = (span_start_of(series.item) + timedelta(weeks=number)).date()
        item = dated("moved", self.now - timedelta(days=days_ago), uid=series.item.uid)
        return self.server.change_occurrence(self.me, series.id, day, item)

    def titles(self) -> list[str]:
        return sorted(one.item.title or "" for one in self.records())  # type: ignore[union-attr]

    def older(self) -> int:
        return sum(self.replica.left_out().values())


def span_start_of(item: Appointment) -> datetime:
    assert isinstance(item.when, Timed)
    return item.when.start


def dated(title: str, start: datetime, **values: object) -> Appointment:
    when = Timed(start=start, end=start + timedelta(hours=1), zone="Europe/Berlin")
    return msgspec.structs.replace(appointment(title), when=when, **values)


def weekly(count: int | None) -> Recurrence:
    return Recurrence(rules=(Rule(frequency=Frequency.WEEKLY, count=count),))
