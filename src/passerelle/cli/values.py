"""Reads what people type: dates and times in their own zone, enumerations by name, lists by comma."""

from __future__ import annotations

import types
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum
from typing import TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from passerelle.model.errors import Invalid
from passerelle.model.items import Item
from passerelle.model.moments import (
    ONE_DAY,
    Day,
    Instant,
    Moment,
    Span,
    Timed,
    WholeDays,
    local_day,
    zone_info,
)
from passerelle.model.patch import Patch
from passerelle.model.text import Text, sentences

_WORDS = {
    bool: Text("Give true or false."),
    int: Text("Give a whole number."),
    Decimal: Text("Give a number."),
    date: Text("Give a day such as 2026-12-01."),
}
_MEANINGS = frozenset({*_WORDS, str, datetime, Instant})
DEFAULT_LENGTH = timedelta(hours=1)


def assignments(kind: type[Item], texts: Sequence[str], zone: str) -> Patch:
    """The patch of ``NAME=VALUE`` texts; an empty value clears the field.

    Raises:
        Invalid: a name is no field of this kind, or a value does not fit it.
    """
    hints = {name: hint for name, hint in get_type_hints(kind).items() if _is_typed_in(hint)}
    patch: dict[str, object] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            message = Text("“{text}” is not NAME=VALUE. Write for example --set note=Hello.", text=text)
            raise Invalid(message, name)
        if name not in hints:
            names = ", ".join(sorted(hints))
            message = Text("--set knows no field “{name}” here. There are: {names}.", name=name, names=names)
            raise Invalid(message, name)
        patch[name] = _value(kind, name, hints[name], value, zone)
    reminder(patch.get("alarm"))
    return patch


T = TypeVar("T")


def reminder(minutes: T) -> T:
    """Minutes before an appointment, or whatever else a reminder may be.

    Raises:
        Invalid: they are negative.
    """
    if isinstance(minutes, int) and minutes < 0:
        message = Text("A reminder comes before the start. Give --alarm as minutes before it, 0 or more.")
        raise Invalid(message, "alarm")
    return minutes


def _is_typed_in(hint: object) -> bool:
    """Whether a text can say a value of this type; participants, photos and the like have no such form."""
    if get_origin(hint) is tuple:
        return str in _choices(get_args(hint)[0])
    return any(isinstance(one, type) and (one in _MEANINGS or issubclass(one, IntEnum)) for one in _choices(hint))


def _choices(hint: object) -> tuple[object, ...]:
    """The alternatives of a union; any other type is its only one."""
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


def _value(kind: type[Item], name: str, hint: object, text: str, zone: str) -> object:
    if not text:
        return _default(kind, name)
    choices = _choices(hint)
    if Instant in choices:
        return moment(text, zone)
    if datetime in choices:
        return instant(text, zone)
    for choice in choices:
        if isinstance(choice, type) and issubclass(choice, IntEnum):
            return _enumerated(choice, name, text)
    if get_origin(hint) is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    try:
        return msgspec.convert(text, hint, strict=False)
    except msgspec.ValidationError as error:
        expected = next((words for type_, words in _WORDS.items() if type_ in choices), "")
        message = sentences(Text("“{text}” is no value for {name}.", text=text, name=name), expected)
        raise Invalid(message, name) from error


def _default(kind: type[Item], name: str) -> object:
    for field in msgspec.structs.fields(kind):
        if field.name == name and field.default is not msgspec.NODEFAULT:
            return field.default
    message = Text("{name} cannot be empty.", name=name)
    raise Invalid(message, name)


def _enumerated(enum: type[IntEnum], name: str, text: str) -> IntEnum:
    wanted = text.upper().replace(" ", "_").replace("-", "_")
    for member in enum:
        if wanted in (member.name, str(member.value)):
            return member
    names = ", ".join(member.name.lower().replace("_", " ") for member in enum)
    message = Text("“{text}” is no value for {name}. Use one of: {names}.", text=text, name=name, names=names)
    raise Invalid(message, name)


def instant(text: str, zone: str) -> datetime:
    """A UTC instant from ISO 8601; without an offset it is a wall-clock time in ``zone``.

    Raises:
        Invalid: the text is not a time.
    """
    try:
        value = datetime.fromisoformat(text)
        return (value if value.tzinfo else value.replace(tzinfo=zone_info(zone))).astimezone(UTC)
    except ValueError as error:
        message = Text("“{text}” is not a time. Write it like 2026-12-01T09:00 or 2026-12-01.", text=text)
        raise Invalid(message, "time") from error
    except OverflowError as error:
        raise _beyond(text) from error


def _beyond(text: str) -> Invalid:
    return Invalid(
        Text("“{text}” lies beyond the years that can be kept. Give a time in the years 2 to 9998.", text=text), "time"
    )


def moment(text: str, zone: str) -> Moment:
    """A day (``2026-12-01``) or an instant (``2026-12-01T09:00``)."""
    at = instant(text, zone)
    return Day(day=local_day(at, zone)) if len(text) == len("2026-12-01") else Instant(at=at, zone=zone)


def span(start: str, end: str | None, zone: str, *, all_day: bool) -> Span:
    """The time of an appointment; the last day of a whole-day one is included. Without an end: an hour, or a day.

    Raises:
        Invalid: one of the texts is not a time.
    """
    try:
        return _span(start, end, zone, all_day=all_day)
    except OverflowError as error:
        raise _beyond(end or start) from error


def _span(start: str, end: str | None, zone: str, *, all_day: bool) -> Span:
    first = instant(start, zone)
    if all_day or (len(start) == len("2026-12-01") and end is None):
        last = instant(end, zone) if end else first
        return WholeDays(start=local_day(first, zone), end=local_day(last, zone) + ONE_DAY)
    if end and len(end) <= len("09:00:00"):  # a bare time is on the day of the start
        end = f"{first.astimezone(zone_info(zone)).date()}T{end}"
    return Timed(start=first, end=instant(end, zone) if end else first + DEFAULT_LENGTH, zone=zone)
