"""Sets the members of Outlook's items from plain values. Touches Outlook's objects."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

from msgspec import Struct

from passerelle.model.items import Item
from passerelle.peers.outlook.mapping import dates, pictures, recipients
from passerelle.peers.outlook.mapping.aspects import Aspect, members_of
from passerelle.peers.outlook.mapping.contacts import PICTURE
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.lists import MEMBERS
from passerelle.peers.outlook.mapping.properties import to_set
from passerelle.peers.outlook.mapping.sheet import SERIES
from passerelle.peers.outlook.mapping.shelf import Shelf
from passerelle.peers.outlook.mapping.values import Value, Values

_CHANGES_TOO: Final[Mapping[str, frozenset[str]]] = {
    "when": frozenset({"shown_as", "alarm"}),
    **dict.fromkeys(("prefix", "first_name", "middle_name", "last_name", "suffix", "company"), frozenset({"file_as"})),
}
"""Attributes that Outlook sets by itself when others are set; they are set again after those."""


class Written(Struct, frozen=True):
    """The attributes that were written, and the MAPI properties among their members, which are still to be set."""

    attributes: frozenset[str]
    properties: Mapping[str, object]


def write_new(
    item: object, table: Sequence[Aspect], target: Values, said: Values, shelf: Shelf, context: Context
) -> Written:
    """Set the members of a new item, but for those that are to be empty, or to say what they have ``said`` already."""
    values = {
        member: target[member]
        for member in members_of(table)
        if member in target and member != SERIES and target[member] not in _NOTHING
        if member not in said or said[member] != target[member]
    }
    properties = _set(item, values, _OF_NEW, shelf, context)
    return Written(frozenset(attribute for aspect in table for attribute in aspect.attributes), properties)


def write_values(
    item: object,
    table: Sequence[Aspect],
    now: Item,
    model: Item,
    target: Values,
    shelf: Shelf,
    context: Context,
) -> Written:
    """Set the members of those aspects in which an item differs.

    ``now`` is what Outlook says of the item: what means the same already stays. ``target`` are the values for
    ``model``. How an item repeats is not set here.
    """
    written: set[str] = set()
    disturbed: set[str] = set()
    values: dict[str, Value] = {}
    for aspect in table:
        wanted = {member: target[member] for member in aspect.members if member in target and member != SERIES}
        differs = any(getattr(now, name) != getattr(model, name) for name in aspect.attributes)
        if not wanted or not (differs or disturbed.intersection(aspect.attributes)):
            continue
        values |= wanted
        written.update(aspect.attributes)
        disturbed.update(*(_CHANGES_TOO.get(attribute, ()) for attribute in aspect.attributes))
    return Written(frozenset(written), _set(item, values, _WRITERS, shelf, context))


def write_again(
    item: object, table: Sequence[Aspect], members: Collection[str], target: Values, shelf: Shelf, context: Context
) -> Mapping[str, object]:
    """Set whole aspects that have some of these members. Returns the MAPI properties that are still to be set."""
    aspects = [aspect for aspect in table if not set(members).isdisjoint(aspect.members)]
    values = {member: target[member] for member in members_of(aspects) if member in target and member != SERIES}
    return _set(item, values, _WRITERS, shelf, context)


def _set(
    item: object, values: Values, writers: Mapping[str, _Writer], shelf: Shelf, context: Context
) -> Mapping[str, object]:
    properties = dict(to_set(name, value) for name, value in values.items() if name.startswith("Pid"))
    for member, value in values.items():
        if member in writers:
            writers[member](item, value, shelf, context)
        elif not member.startswith("Pid"):
            setattr(item, member, dates.given(value) if value is None or isinstance(value, date) else value)
    return properties


_Writer = Callable[[Any, Any, Shelf, Context], None]  # Any: each takes the items that have the member


def _zone(member: str) -> _Writer:
    def write(item: Any, value: Any, shelf: Shelf, _: Context) -> None:  # noqa: ANN401 - as above
        setattr(item, member, shelf.zone(value))

    return write


def _email(number: int) -> _Writer:
    """An address for mail, also where there was one of Exchange's own."""

    def write(item: Any, value: Any, _: Shelf, __: Context) -> None:  # noqa: ANN401 - as above
        if getattr(item, f"Email{number}AddressType") not in {"", "SMTP"}:
            setattr(item, f"Email{number}AddressType", "SMTP")
        setattr(item, f"Email{number}Address", value)

    return write


_NOTHING: Final = (None, "", ())
"""What a new item has where it has nothing."""

_OF_NEW: Final[Mapping[str, _Writer]] = {
    "StartTimeZone": _zone("StartTimeZone"),
    "EndTimeZone": _zone("EndTimeZone"),
    "Recipients": lambda item, value, _shelf, _: recipients.write_recipients(item, value),
    PICTURE: lambda item, value, _, context: pictures.write_picture(item, value, context),
    MEMBERS: lambda item, value, _shelf, _: recipients.write_members(item, value),
}
"""Members whose value is an object."""
_WRITERS: Final[Mapping[str, _Writer]] = {
    **_OF_NEW,
    **{f"Email{number}Address": _email(number) for number in (1, 2, 3)},
}
"""The same, with members that something must be looked at for first."""
