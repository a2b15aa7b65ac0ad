"""An item as Outlook has it, in plain values, and between that and the model. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from passerelle.model.expansion.spans import day_of
from passerelle.model.items import Appointment, Item
from passerelle.model.moments import midnight, span_start
from passerelle.model.occurrences import key_on
from passerelle.peers.outlook.mapping import ordering
from passerelle.peers.outlook.mapping.appointments import OCCURRENCE
from passerelle.peers.outlook.mapping.aspects import attributes_of, values_of
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.kept import Kept, hidden, keep, restore
from passerelle.peers.outlook.mapping.tables import TABLES
from passerelle.peers.outlook.mapping.values import Series, Values

SERIES: Final = "GetRecurrencePattern"
"""The member that stands for how an item repeats."""


class Sheet(Struct, frozen=True, kw_only=True):
    """What Outlook says of an item, and what is kept beside that.

    ``changed`` are the values of its changed occurrences, by their original days.
    """

    values: Values
    changed: Mapping[date, Values] = {}
    kept: Kept = Kept()

    @property
    def series(self) -> Series | None:
        """How it repeats."""
        found = self.values.get(SERIES)
        return found if isinstance(found, Series) else None


class Content(Struct, frozen=True):
    """What the model says: an item, and the change exceptions if it is a master."""

    item: Item
    exceptions: tuple[Appointment, ...] = ()


def decode(kind: type[Item], sheet: Sheet, context: Context) -> Content:
    """What a sheet says, with the true values of what Outlook cannot say."""
    item = restore(plain_item(kind, sheet.values, context), sheet.kept)
    if not isinstance(item, Appointment) or item.recurrence is None:
        return Content(item)
    shown = [
        restore(plain_exception(item, day, values, context), sheet.kept.changed.get(day.isoformat(), Kept()))
        for day, values in sheet.changed.items()
    ]
    each = {_key(one): one for one in (*hidden(sheet.kept), *shown)}
    return Content(item, tuple(each[key] for key in sorted(each)))


def encode(content: Content, context: Context) -> Sheet:
    """What Outlook shall say of an item.

    Raises:
        Refused: it repeats in a way that Outlook cannot come near, or moves occurrences past others.
    """
    item = content.item
    values = values_of(item, TABLES[type(item)], context)
    shown = shown_exceptions(content, values, context)
    if isinstance(item, Appointment) and shown:
        ordering.check(item, shown)
    changed = {day: values_of(one, OCCURRENCE, context) for day, one in shown.items()}
    series = values.get(SERIES)
    if isinstance(series, Series) and changed:
        values[SERIES] = replace(series, deleted=series.deleted - changed.keys())
    return Sheet(values=values, changed=changed, kept=kept_of(content, values, changed, context))


def kept_of(content: Content, values: Values, changed: Mapping[date, Values], context: Context) -> Kept:
    """What is to be kept beside what Outlook says of an item and its changed occurrences."""
    item = content.item
    kept = keep(item, plain_item(type(item), values, context))
    if not isinstance(item, Appointment) or item.recurrence is None:
        return kept
    shown = {day: one for day, one in shown_exceptions(content, values, context).items() if day in changed}
    beside = {
        day.isoformat(): keep(one, plain_exception(item, day, changed[day], context)) for day, one in shown.items()
    }
    unseen = [one for one in content.exceptions if not any(one is each for each in shown.values())]
    return replace(
        kept,
        changed={day: one for day, one in beside.items() if one != Kept()},
        hidden=tuple(msgspec.json.decode(msgspec.json.encode(one)) for one in unseen),
    )


def plain_item(kind: type[Item], values: Values, context: Context) -> Item:
    """What Outlook alone says."""
    return _made(kind, attributes_of(values, TABLES[kind], context))


def _made(kind: Callable[..., Item], attributes: Mapping[str, object]) -> Item:
    return kind(**attributes)


def plain_exception(master: Appointment, day: date, values: Values, context: Context) -> Appointment:
    """What Outlook alone says of a changed occurrence; what occurrences have not of their own is the master's."""
    found = attributes_of(values, OCCURRENCE, context)
    return replace(master, **found, recurrence=None, recurrence_id=_key_on(master, day) or midnight(day))


def shown_exceptions(content: Content, values: Values, context: Context) -> dict[date, Appointment]:
    """The change exceptions that Outlook can show, by their original days: those of occurrences that its series has."""
    item = content.item
    if not isinstance(item, Appointment) or item.recurrence is None or not content.exceptions:
        return {}
    plain = plain_item(Appointment, values, context)
    found: dict[date, Appointment] = {}
    for one in sorted(content.exceptions, key=_key):
        day = day_of(item.when, _key(one))
        if isinstance(plain, Appointment) and _key_on(plain, day) and _key_on(item, day) == one.recurrence_id:
            found.setdefault(day, one)
    return found


def _key_on(master: Appointment, day: date) -> datetime | None:
    return None if master.recurrence is None else key_on(master.when, master.recurrence, day)


def _key(item: Appointment) -> datetime:
    return item.recurrence_id or span_start(item.when)
