"""``TimeZones``: those that Windows knows, by Windows' ids (section 4)."""

from __future__ import annotations

import struct
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import ObjectClass
from tests.outlook_double import dates, failures
from tests.outlook_double.collections import at
from tests.outlook_double.com import ComObject, ReadOnly, method
from tests.outlook_double.session import Session

IDS = sorted(WINDOWS_TO_OLSON)


class TimeZone(ComObject):
    """One zone; biases are minutes that are to be added to its time to make UTC."""

    _class = ObjectClass.TimeZone

    def __init__(self, session: Session, parent: object, windows_id: str) -> None:
        super().__init__(session, parent)
        self._id = windows_id

    @property
    def _zone(self) -> ZoneInfo:
        return dates.zone_of(self._id)

    def _saved_in(self, month: int) -> timedelta:
        moment = datetime(self._session.machine.now.year, month, 1, tzinfo=self._zone)
        return moment.dst() or timedelta()

    @ReadOnly
    def ID(self) -> str:
        return self._id

    @ReadOnly
    def Name(self) -> str:
        return f"(UTC) {self._id}"

    @ReadOnly
    def Bias(self) -> int:
        january = datetime(self._session.machine.now.year, 1, 1, tzinfo=self._zone)
        offset = (january.utcoffset() or timedelta()) - self._saved_in(1)
        return -int(offset.total_seconds() // 60)

    @ReadOnly
    def DaylightBias(self) -> int:
        return -int(max(self._saved_in(1), self._saved_in(7)).total_seconds() // 60)

    @ReadOnly
    def StandardBias(self) -> int:
        return 0

    @ReadOnly
    def DaylightDate(self) -> datetime:
        return dates.handed_out(dates.NO_DATE)

    @ReadOnly
    def StandardDate(self) -> datetime:
        return dates.handed_out(dates.NO_DATE)

    @ReadOnly
    def DaylightDesignation(self) -> str:
        return self._id.replace("Standard", "Daylight")

    @ReadOnly
    def StandardDesignation(self) -> str:
        return self._id


class TimeZones(ComObject):
    """All zones of Windows, and the machine's own."""

    _class = ObjectClass.TimeZones

    @ReadOnly
    def Count(self) -> int:
        return len(IDS)

    @ReadOnly
    def CurrentTimeZone(self) -> TimeZone:
        return TimeZone(self._session, self, dates.windows_id_of(self._session.machine.zone))

    @method
    def Item(self, index: object, /) -> TimeZone:
        return TimeZone(self._session, self, at(IDS, index, str))

    @method
    def ConvertTime(self, value: datetime, source: objects.TimeZone, destination: objects.TimeZone, /) -> datetime:
        digits = dates.received(value, self._session.machine.zone)
        instant = dates.to_utc(digits, own(source)._zone)
        return dates.handed_out(dates.to_wall(instant, own(destination)._zone))


def definition_of(windows_id: str) -> bytes:
    """A zone as it is stored with an appointment: a ``TZDEFINITION`` with its name, here without its rules."""
    name = struct.pack("<HH", 2, len(windows_id)) + windows_id.encode("utf-16-le") + struct.pack("<H", 0)
    return struct.pack("<BBH", 2, 1, len(name)) + name


def own(zone: objects.TimeZone) -> TimeZone:
    """The double's own object. Raises ComError for what is none of its zones."""
    if not isinstance(zone, TimeZone):
        raise failures.mismatch("TimeZone")
    return zone
