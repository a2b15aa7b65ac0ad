"""Our own element: what the OX elements cannot say, for peers that know it.

``<p:item xmlns:p="urn:passerelle:ox">`` holds one JSON object: attribute of the model -> value, in the
model's own form. In an answer it holds the whole item, and OX elements only say which one it is
(:mod:`passerelle.wire.oxxml.whole`). In a write it holds every attribute to be changed that would read back
differently from the OX elements (null or an empty list clears it), and overrides those. They are there too, but for
a pattern and deleted days: the recurrence stands in the extension alone, as finding a pattern for it can take long.

It is written only to a client that asked with ``<p:extended/>`` in its PROPFIND, and by a client only to
a server that answered with it. Java parsers skip elements of foreign namespaces (OX reference, section 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TypeVar, get_type_hints

import msgspec
from msgspec import Struct

from passerelle.model.errors import Invalid
from passerelle.model.items import Item
from passerelle.model.moments import Instant, Timed, WholeDays, zone_info
from passerelle.model.participants import Participant, ParticipantKind
from passerelle.model.recurrence import Recurrence, Rule
from passerelle.wire.oxxml.markup import OURS, escape

LINEAGE_HEADER = "Passerelle-Lineage"
"""Names the history of a server's data (docs/reference/extension.md): answered to who asks with the same header."""

_HEAD = f'<p:item xmlns:p="{OURS}">'


def encode(values: Mapping[str, object] | Item) -> str:
    """The element with some attributes, or with a whole item.

    It is written even when there are none, as the mark of the extension.
    """
    return f"{_HEAD}{escape(msgspec.json.encode(values).decode())}</p:item>"


@cache
def _decoders(kind: type[Item]) -> dict[str, msgspec.json.Decoder[object]]:
    """Decoders of single attributes: an element holds a handful, and a structure of them all would be walked whole."""
    hints = get_type_hints(kind)
    return {name: msgspec.json.Decoder(hints[name]) for name in kind.__struct_fields__}


_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read(kind: type[Item], text: str | None) -> dict[str, object]:
    """The attributes that the element gives; none where there is no element.

    Raises:
        Invalid: not such a JSON object, or values that no item can have.
    """
    if not text:
        return {}
    decoders = _decoders(kind)
    try:
        found = _OBJECT.decode(text).items()
        values = {name: decoders[name].decode(raw) for name, raw in found if name in decoders}
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Invalid(f"The extension element cannot be read: {error}.", "extension") from error
    return {name: checked(name, value) for name, value in values.items()}


def checked(name: str, value: object) -> object:
    """The value with all its instants in UTC.

    Raises:
        Invalid: an instant without zone, an unknown zone, a rule that RFC 5545 does not allow …
    """
    if isinstance(value, datetime):
        return _utc(value, name)
    if isinstance(value, Timed):
        zone_info(value.zone)
        zone_info(value.end_zone or "UTC")
        start, end = _utc(value.start, name), _utc(value.end, name)
        return value if start is value.start and end is value.end else _replace(value, start=start, end=end)
    if isinstance(value, WholeDays):
        _require(value.start < value.end, name, "ends before it starts")
    elif isinstance(value, Instant):
        zone_info(value.zone)
        return _replace(value, at=_utc(value.at, name))
    elif isinstance(value, Recurrence):
        return _checked_recurrence(value)
    elif name == "participants" and isinstance(value, tuple):
        _check_participants(value)
    elif name == "user_fields" and isinstance(value, tuple):
        _require(len(value) <= USER_FIELDS, name, f"has more than {USER_FIELDS} entries")
    return value


USER_FIELDS = 20


_S = TypeVar("_S", bound=Struct)


def _replace(value: _S, **changes: object) -> _S:
    return msgspec.structs.replace(value, **changes)


def _require(holds: bool, name: str, reason: str) -> None:  # noqa: FBT001 - a condition is the point
    if not holds:
        raise Invalid(f"“{name}” {reason}.", name)


def _utc(moment: datetime, name: str) -> datetime:
    _require(moment.tzinfo is not None, name, "holds a time without its zone")
    try:
        return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    except OverflowError as error:
        raise Invalid(f"“{name}” lies outside the years 1 to 9999.", name) from error


def _check_participants(value: tuple[Participant, ...]) -> None:
    internal = {ParticipantKind.USER, ParticipantKind.GROUP, ParticipantKind.RESOURCE}
    for one in value:
        known = one.id is not None if one.kind in internal else bool(one.mail)
        _require(known, "participants", "lists somebody with neither id nor mail address")


def _checked_recurrence(value: Recurrence) -> Recurrence:
    name = "recurrence"
    dates = tuple(sorted({_utc(moment, name) for moment in value.dates}))
    deleted = tuple(sorted({_utc(moment, name) for moment in value.deleted}))
    rules = tuple(_checked_rule(rule) for rule in value.rules)
    _require(bool(rules or dates), name, "has neither a rule nor dates")
    return Recurrence(rules=rules, dates=dates, deleted=deleted)


_BY = (
    ("by_second", 0, 60),
    ("by_minute", 0, 59),
    ("by_hour", 0, 23),
    ("by_month", 1, 12),
    ("by_month_day", -31, 31),
    ("by_year_day", -366, 366),
    ("by_week", -53, 53),
    ("by_position", -366, 366),
)
"""Bounds of RFC 5545, section 3.3.10; zero is excluded where negative numbers are allowed."""

_MOST = 100_000
"""Higher counts and intervals than any calendar program offers are refused: expanding them costs time."""


def _checked_rule(rule: Rule) -> Rule:
    name = "recurrence"
    _require(1 <= rule.interval <= _MOST, name, "repeats at an interval that is out of range")
    _require(rule.count is None or rule.until is None, name, "has both a count and an end")
    _require(rule.count is None or 1 <= rule.count <= _MOST, name, "has a count that is out of range")
    for part, low, high in _BY:
        for number in getattr(rule, part):
            fits = low <= number <= high and (number != 0 or low == 0)
            _require(fits, name, f"has {number} in {part}, which is out of range")
    for entry in rule.by_day:
        _require(entry.n is None or 1 <= abs(entry.n) <= 53, name, "names a weekday that no period has")  # noqa: PLR2004
    if rule.until is None or rule.until.tzinfo is UTC:
        return rule
    return _replace(rule, until=_utc(rule.until, name))
