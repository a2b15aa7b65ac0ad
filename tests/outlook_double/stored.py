"""Properties that show a MAPI property: the kinds of values, and what Outlook makes of them."""

from __future__ import annotations

from abc import abstractmethod
from datetime import UTC, datetime
from typing import TypeVar

from tests.outlook_double import dates, failures
from tests.outlook_double.com import ComObject, ReadOnly, Writable
from tests.outlook_double.values import Key, Value, key_of

T = TypeVar("T")


class Bag(ComObject):
    """An object with MAPI properties."""

    @property
    @abstractmethod
    def _values(self) -> dict[Key, Value]: ...

    def _touch(self) -> None:
        """Note that something was changed."""

    def _computed(self, key: Key) -> Value | None:
        """A property that nobody sets, or None."""
        return None

    def _put(self, key: Key, value: Value | None) -> None:
        if value is None:
            self._values.pop(key, None)
        else:
            self._values[key] = value
        self._touch()


def checked(value: object, kind: type[T], name: str) -> T:
    """A value of a kind. Raises ComError for another: Outlook would convert some, and nobody should count on that."""
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise failures.mismatch(name)
    return value


def text(name: str, *, limited: bool = False) -> Writable[str]:
    """A text, cut to what a subject may have if it is ``limited``."""
    key = key_of(name)

    def write(obj: Bag, value: str) -> None:
        limit = obj._session.machine.habits.subject_limit if limited else None
        obj._put(key, checked(value, str, name)[:limit])

    return Writable(lambda obj: _of(obj, key, str, ""), write)


def integer(name: str, default: int = 0) -> Writable[int]:
    """A number, or an enumeration."""
    key = key_of(name)
    return Writable(
        lambda obj: _of(obj, key, int, default), lambda obj, value: obj._put(key, int(checked(value, int, name)))
    )


def boolean(name: str, *, default: bool = False) -> Writable[bool]:
    """Yes or no."""
    key = key_of(name)
    return Writable(
        lambda obj: _of(obj, key, bool, default), lambda obj, value: obj._put(key, checked(value, bool, name))
    )


def words(name: str) -> Writable[str]:
    """Several texts, which the property shows as one with the locale's list separator between them (section 3)."""
    key = key_of(name)

    def read(obj: Bag) -> str:
        found = obj._values.get(key)
        return f"{_separator(obj)} ".join(map(str, found)) if isinstance(found, tuple) else ""

    def write(obj: Bag, value: str) -> None:
        each = [part.strip() for part in checked(value, str, name).split(_separator(obj))]
        obj._put(key, tuple(dict.fromkeys(part for part in each if part)) or None)

    return Writable(read, write)


def wall_date(name: str) -> Writable[datetime]:
    """An instant, which the property shows as the digits of the wall clock; 1 January 4501 is none (section 4)."""
    key = key_of(name)

    def read(obj: Bag) -> datetime:
        instant = obj._values.get(key)
        if not isinstance(instant, datetime):
            return dates.handed_out(dates.NO_DATE)
        return dates.handed_out(dates.to_wall(instant, obj._session.machine.zone))

    def write(obj: Bag, value: datetime) -> None:
        zone = obj._session.machine.zone
        digits = dates.received(value, zone)
        obj._put(key, None if digits == dates.NO_DATE else dates.to_utc(digits, zone))

    return Writable(read, write)


def day(name: str) -> Writable[datetime]:
    """A day, whose time of day Outlook drops (section 5)."""
    key = key_of(name)

    def read(obj: Bag) -> datetime:
        return dates.handed_out(_of(obj, key, datetime, dates.NO_DATE))

    def write(obj: Bag, value: datetime) -> None:
        digits = dates.midnight(dates.received(value, obj._session.machine.zone))
        obj._put(key, None if digits == dates.NO_DATE else digits.replace(tzinfo=UTC))

    return Writable(read, write)


def read_only(of: Writable[T]) -> ReadOnly[T]:
    """The same, which nobody may set."""
    return ReadOnly(of.read)


def _of(obj: Bag, key: Key, kind: type[T], default: T) -> T:
    found = obj._values.get(key)
    return found if isinstance(found, kind) else default


def _separator(obj: Bag) -> str:
    return obj._session.machine.habits.locale.list_separator
