"""Sets the members of Outlook's items from plain values. Touches Outlook's objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from passerelle.model.items import Item
from passerelle.peers.outlook.mapping import dates, pictures, properties, recipients
from passerelle.peers.outlook.mapping.aspects import Aspect
from passerelle.peers.outlook.mapping.contacts import PICTURE
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.lists import MEMBERS
from passerelle.peers.outlook.mapping.sheet import SERIES
from passerelle.peers.outlook.mapping.values import Value, Values

_CHANGES_TOO: Final[Mapping[str, frozenset[str]]] = {
    "when": frozenset({"shown_as", "alarm"}),
    **dict.fromkeys(("prefix", "first_name", "middle_name", "last_name", "suffix", "company"), frozenset({"file_as"})),
}
"""Attributes that Outlook sets by itself when others are set; they are set again after those."""


def write_values(
    item: object, table: Sequence[Aspect], now: Item | None, model: Item, target: Values, context: Context
) -> frozenset[str]:
    """Set the members of those aspects in which an item differs. Returns the attributes that were set.

    ``now`` is what Outlook says of the item, None of a new one: what means the same already stays. ``target`` are the
    values for ``model``. How an item repeats is not set here.
    """
    written: set[str] = set()
    disturbed: set[str] = set()
    for aspect in table:
        wanted = {member: target[member] for member in aspect.members if member in target and member != SERIES}
        differs = now is None or any(getattr(now, name) != getattr(model, name) for name in aspect.attributes)
        if not wanted or not (differs or disturbed.intersection(aspect.attributes)):
            continue
        for member, value in wanted.items():
            if now is not None or value not in _NOTHING:
                _set(item, member, value, context)
        written.update(aspect.attributes)
        disturbed.update(*(_CHANGES_TOO.get(attribute, ()) for attribute in aspect.attributes))
    return frozenset(written)


def _set(item: object, member: str, value: Value, context: Context) -> None:
    if member in _WRITERS:
        _WRITERS[member](item, value, context)
    elif member.startswith("Pid"):
        properties.put(item, member, value)  # type: ignore[arg-type]  # every item has a PropertyAccessor
    else:
        setattr(item, member, dates.given(value) if value is None or isinstance(value, date) else value)


def _zone(member: str) -> Callable[[Any, Any, Context], None]:
    def write(item: Any, value: Any, _: Context) -> None:  # noqa: ANN401 - as below
        setattr(item, member, item.Application.TimeZones.Item(value))

    return write


def _email(number: int) -> Callable[[Any, Any, Context], None]:
    """An address for mail, also where there was one of Exchange's own."""

    def write(item: Any, value: Any, _: Context) -> None:  # noqa: ANN401 - as below
        if getattr(item, f"Email{number}AddressType") not in {"", "SMTP"}:
            setattr(item, f"Email{number}AddressType", "SMTP")
        setattr(item, f"Email{number}Address", value)

    return write


_NOTHING: Final = (None, "", ())
"""What a new item has where it has nothing."""

_WRITERS: Final[Mapping[str, Callable[[Any, Any, Context], None]]] = {  # Any: each takes the items that have the member
    "StartTimeZone": _zone("StartTimeZone"),
    "EndTimeZone": _zone("EndTimeZone"),
    "Recipients": lambda item, value, _: recipients.write_recipients(item, value),
    PICTURE: pictures.write_picture,
    MEMBERS: lambda item, value, _: recipients.write_members(item, value),
    **{f"Email{number}Address": _email(number) for number in (1, 2, 3)},
}
"""Members whose value is an object, or more than one call."""
