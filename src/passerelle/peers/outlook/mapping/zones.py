"""Windows' time zones and IANA's, by CLDR's table windowsZones.

The table is *icalendar*'s, and has each Windows zone's chief IANA zone (CLDR's territory 001). For any other IANA zone
that Windows zone is taken whose chief one agrees with it most: Europe/Zurich goes as Europe/Berlin does.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from passerelle.model.moments import zone_info

_UTC = "UTC"
_NOW = tuple(datetime(2024, 1, 1, 12, tzinfo=UTC) + timedelta(days=7 * week) for week in range(52 * 6))
"""When zones are compared: weekly, over years in which Windows knows its own rules."""
_PAST = tuple(datetime(year, month, 1, tzinfo=UTC) for year in range(1970, 2024) for month in (1, 7))
"""What decides between zones that agree today."""

_CHIEF = {iana: windows for windows, iana in reversed(WINDOWS_TO_OLSON.items())} | {_UTC: _UTC}


def iana_zone(windows: str) -> str | None:
    """The IANA zone that a Windows id means, None for an unknown one."""
    return _UTC if windows == _UTC else WINDOWS_TO_OLSON.get(windows)


@lru_cache(maxsize=1024)
def windows_zone(iana: str, preferred: str = _UTC) -> str:
    """The Windows id that stands for an IANA zone: its own, else that of the zone that is like it.

    Of several alike, the one that ``preferred`` is, else one that was alike in the past too, on the same continent.

    Raises:
        Invalid: there is no such IANA zone.
    """
    if iana in _CHIEF:
        return _CHIEF[iana]

    def distance(chief: str) -> tuple[int, bool, bool, int]:
        far = chief.partition("/")[0] != iana.partition("/")[0]
        return _differing(iana, chief, _NOW), chief != preferred, far, _differing(iana, chief, _PAST)

    return _CHIEF[min(_CHIEF, key=distance)]


_HEADER = 6
_MAJOR, _HAS_NAME, _HAS_GUID = 2, 0x0002, 0x0001


def zone_of_definition(data: bytes) -> str | None:
    """The Windows id in a stored ``TZDEFINITION`` (MS-OXOCAL, 2.2.1.41); None if it has none, or of another version."""
    if len(data) < _HEADER or data[0] != _MAJOR:
        return None
    flags = int.from_bytes(data[4:_HEADER], "little")
    if not flags & _HAS_NAME or flags & _HAS_GUID:  # a definition with a GUID was never seen
        return None
    end = _HEADER + 2 + 2 * int.from_bytes(data[_HEADER : _HEADER + 2], "little")
    return data[_HEADER + 2 : end].decode("utf-16-le", "replace") if end <= len(data) else None


def _differing(one: str, other: str, samples: tuple[datetime, ...]) -> int:
    return sum(mine != theirs for mine, theirs in zip(_offsets(one, samples), _offsets(other, samples), strict=True))


@lru_cache(maxsize=512)
def _offsets(iana: str, samples: tuple[datetime, ...]) -> tuple[timedelta | None, ...]:
    zone = zone_info(iana)
    return tuple(sample.astimezone(zone).utcoffset() for sample in samples)
