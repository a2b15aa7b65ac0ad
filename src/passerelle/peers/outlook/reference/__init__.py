"""Outlook's object model as far as we use it: its classes, their members, and the MAPI properties behind them.

Facts of Microsoft's published reference, written down as tables; nothing here needs Outlook or Windows. The protocols
in ``objects`` are written from them, the double of Outlook that tests use is held equal to them, and a self-test can
hold a real Outlook against them.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal

Kind = Literal["property", "method", "event"]

NAMESPACE: Final = "http://schemas.microsoft.com/mapi"
"""What the names of MAPI properties begin with. It is a name: nothing is ever fetched from there."""

PROPERTY_SETS: Final = {
    "strings": "{00020329-0000-0000-C000-000000000046}",
    "appointment": "{00062002-0000-0000-C000-000000000046}",
    "task": "{00062003-0000-0000-C000-000000000046}",
    "address": "{00062004-0000-0000-C000-000000000046}",
    "common": "{00062008-0000-0000-C000-000000000046}",
    "meeting": "{6ED8DA90-450B-101B-98DA-00AA003F1305}",
}
"""The sets that named properties belong to; those without a set have a number of their own everywhere."""

MAPI_TYPES: Final = {
    "integer": 0x0003,
    "double": 0x0005,
    "boolean": 0x000B,
    "object": 0x000D,
    "string": 0x001F,
    "date": 0x0040,
    "binary": 0x0102,
    "strings": 0x101F,
    "binaries": 0x1102,
}
"""The last four digits of a property's name."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a method or an event takes; ``default`` is Python source, None where a value must be given."""

    name: str
    type: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A property, method or event; ``type`` is what comes out, with ``?`` where it may be nothing."""

    owner: str
    name: str
    kind: Kind
    type: str
    writable: bool
    parameters: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True)
class MapiProperty:
    """A property of MAPI; ``members`` show it, as ``ContactItem.FirstName`` does, and ``*.Body`` of all items."""

    name: str
    set: str
    id: str
    type: str
    members: tuple[str, ...]

    @property
    def schema(self) -> str:
        """Its name for a ``PropertyAccessor``, a table's column, or a filter."""
        if not self.set:
            return f"{NAMESPACE}/proptag/{self.id}{MAPI_TYPES[self.type]:04X}"
        if self.set == "strings":
            return f"{NAMESPACE}/string/{PROPERTY_SETS[self.set]}/{self.id}"
        return f"{NAMESPACE}/id/{PROPERTY_SETS[self.set]}/{self.id.removeprefix('0x')}{MAPI_TYPES[self.type]:04X}"


@cache
def classes() -> dict[str, str]:
    """What each class is, by its name."""
    return {row["class"]: row["about"] for row in _rows("classes.csv")}


@cache
def members() -> tuple[Member, ...]:
    """All members, by their classes."""
    return tuple(_member(row) for row in _rows("members.csv"))


@cache
def mapi() -> dict[str, MapiProperty]:
    """All MAPI properties, by their canonical names."""
    return {
        row["name"]: MapiProperty(row["name"], row["set"], row["id"], row["type"], tuple(row["members"].split()))
        for row in _rows("mapi.csv")
    }


def _member(row: dict[str, str]) -> Member:
    kind: Kind = "property" if row["kind"] == "property" else "method" if row["kind"] == "method" else "event"
    parameters = tuple(_parameter(text) for text in row["parameters"].split("; ") if text)
    return Member(row["class"], row["member"], kind, row["type"], row["access"] == "read-write", parameters)


def _parameter(text: str) -> Parameter:
    name, _, rest = text.partition(": ")
    kind, equals, default = rest.partition(" = ")
    return Parameter(name, kind, default if equals else None)


def _rows(name: str) -> list[dict[str, str]]:
    text = files(__name__).joinpath(name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
