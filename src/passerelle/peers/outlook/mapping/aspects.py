"""How one aspect of an item stands in Outlook: which attributes it is in the model, which members there.

Tables of aspects, one for each kind of item, drive reading, writing, projecting, and the documentation's page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from passerelle.model.items import Item
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.values import Value, Values

Patch = Mapping[str, object]
"""Attributes of the model with their values."""


class Aspect(Struct, frozen=True, kw_only=True):
    """One row of the table.

    ``members`` are read together, and written in that order, for some change others. ``decode`` makes attributes of
    their values, ``encode`` values of an item. ``change`` says what Outlook may legitimately make of the value; nothing
    of it is lost, see :mod:`passerelle.peers.outlook.mapping.kept`.
    """

    attributes: tuple[str, ...]
    members: tuple[str, ...]
    decode: Callable[[Values, Context], Patch]
    encode: Callable[[Any, Context], Values]  # Any: the kind of item that the table is of
    change: str = ""


def one(
    attribute: str,
    member: str,
    *,
    encode: Callable[[Any], Value],
    decode: Callable[[Any], object],
    change: str = "",
) -> Aspect:
    """The aspect of an attribute that is one member."""

    def to_model(values: Values, _: Context) -> Patch:
        return {attribute: decode(values.get(member))}

    def to_outlook(item: Item, _: Context) -> Values:
        return {member: encode(getattr(item, attribute))}

    return Aspect(attributes=(attribute,), members=(member,), decode=to_model, encode=to_outlook, change=change)


LONGEST_LINE: Final = 255
"""Characters that Outlook's own fields of one line take."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def line(attribute: str, member: str) -> Aspect:
    """A text of one line."""
    return one(attribute, member, encode=one_line, decode=_text, change="line breaks become spaces; 255 characters")


def lines(attribute: str, member: str) -> Aspect:
    """A text of several lines, as a street is."""
    return one(attribute, member, encode=several_lines, decode=_lines, change="line ends")


def one_line(text: str | None) -> str:
    """A text as a field of one line has it."""
    return _CONTROL.sub(" ", " ".join((text or "").splitlines())).strip()[:LONGEST_LINE].rstrip()


def several_lines(text: str | None) -> str:
    """A text as Outlook has it, with its line ends."""
    return "\r\n".join(_CONTROL.sub(" ", line) for line in (text or "").splitlines())


def _text(value: str | None) -> str | None:
    return value or None


def _lines(value: str | None) -> str | None:
    return "\n".join((value or "").splitlines()) or None


def attributes_of(values: Values, table: Iterable[Aspect], context: Context) -> dict[str, object]:
    """What all members say together."""
    found: dict[str, object] = {}
    for aspect in table:
        found.update(aspect.decode(values, context))
    return found


def values_of(item: Item, table: Iterable[Aspect], context: Context) -> dict[str, Value]:
    """What all members are to say of an item."""
    found: dict[str, Value] = {}
    for aspect in table:
        found.update(aspect.encode(item, context))
    return found


def members_of(table: Sequence[Aspect]) -> tuple[str, ...]:
    """All members of a table, each once."""
    return tuple(dict.fromkeys(member for aspect in table for member in aspect.members))
