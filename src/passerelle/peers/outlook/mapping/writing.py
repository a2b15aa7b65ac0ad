"""Writes an item of Outlook's: sets what differs, in the order that Outlook asks for. Touches Outlook's objects.

The caller opens the item again by its id afterwards: saving may have given it another.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import cast

from passerelle.model.errors import Refused
from passerelle.model.items import Appointment, Item, Task
from passerelle.peers.outlook import objects
from passerelle.peers.outlook.mapping import categories, patterns, properties
from passerelle.peers.outlook.mapping.aspects import Aspect, attributes_of
from passerelle.peers.outlook.mapping.common import CATEGORIES
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.exceptions import Occurrences
from passerelle.peers.outlook.mapping.kept import Kept, combined, restore
from passerelle.peers.outlook.mapping.members import write_values
from passerelle.peers.outlook.mapping.reading import kind_of, read_sheet
from passerelle.peers.outlook.mapping.sheet import SERIES, Content, Sheet, encode, kept_of, plain_item, shown_exceptions
from passerelle.peers.outlook.mapping.tables import TABLES
from passerelle.peers.outlook.mapping.values import Values

_TOGETHER = (
    frozenset({"when", "start", "due", "recurrence"}),
    frozenset({"prefix", "first_name", "middle_name", "last_name", "suffix", "display_name"}),
)
"""Attributes that are known by one another, besides those of one aspect."""


def write_item(
    item: objects.Item,
    model: Item,
    changed: Sequence[Appointment],
    context: Context,
    fields: Collection[str] | None = None,
) -> objects.Item:
    """Make an item say what the model says, and save it. Returns the item to go on with.

    ``changed`` are all change exceptions of a master; they are written with ``recurrence``. ``fields`` names the
    attributes that are to be written, None for all; what else differs in Outlook stays as it is there.

    Raises:
        Refused: it is of another kind, or repeats in a way that Outlook cannot show, and nothing was changed; or
            Outlook does not find an occurrence that is to change, and what came before it is saved.
        ComError: Outlook did not take it; what it had taken before may be saved.
    """
    kind = kind_of(item)
    if kind is not type(model):
        raise Refused("The item in Outlook is of another kind than the one on the server.")
    write = _Write(Content(model, tuple(changed)), fields, context)
    before = write.read(item)
    return write.settle(write.apply(item, before), before)


class _Write:
    """One item on its way to Outlook. Only what is to be written is read, before and after."""

    def __init__(self, content: Content, fields: Collection[str] | None, context: Context) -> None:
        table = TABLES[type(content.item)]
        self._content = content
        self._context = context
        self._target = encode(content, context)
        self._names = _affected(table, content.item, fields)
        self._table = [aspect for aspect in table if not self._names.isdisjoint(aspect.attributes)]
        self._repeats = any(SERIES in aspect.members for aspect in self._table)

    def read(self, item: objects.Item) -> Sheet:
        """What an item that was saved before says; nothing, of a new one."""
        return read_sheet(item, self._context, self._table) if item.EntryID else Sheet(values={})

    def apply(self, item: objects.Item, before: Sheet) -> objects.Item:
        """Set what differs, and save."""
        current = before
        if self._repeats and before.series is not None and not self._may_stay(before):
            item = _without_series(item)
            current = self.read(item)
        self._write_values(item, current)
        if self._repeats and current.series is None and self._target.series is not None:
            patterns.write_pattern(cast("patterns.Repeating", item), self._target.series)
        if not item.Saved:  # what the caller has set is kept, too
            item.Save()
        return self._with_occurrences(item, current.kept)

    def _write_values(self, item: objects.Item, current: Sheet) -> None:
        model, target = self._content.item, self._target.values
        written = write_values(item, self._table, self._said(current), model, target, self._context)
        if "categories" in written:
            shown = attributes_of(target, (CATEGORIES,), self._context)["categories"]
            categories.make_known(item, cast("tuple[str, ...]", shown), model.color_label)
        expected = _expected(current.values, target, self._table, written)
        kept = self._kept(current, expected, {**self._target.changed, **current.changed})
        if kept != current.kept:
            properties.write_kept(item, kept)

    def _said(self, sheet: Sheet) -> Item | None:
        """What Outlook says of an item; None of a new one. What was not read is as it shall be."""
        if not sheet.values:
            return None
        return restore(self._plain(sheet), sheet.kept)

    def _plain(self, sheet: Sheet) -> Item:
        return plain_item(type(self._content.item), {**self._target.values, **sheet.values}, self._context)

    def _kept(self, before: Sheet, values: Values, changed: Mapping[date, Values]) -> Kept:
        """What is to be kept beside what Outlook says."""
        shown = changed if self._repeats else {}
        found = kept_of(self._content, {**self._target.values, **values}, shown, self._context)
        return combined(before.kept, found, self._names, self._content.item)

    def _with_occurrences(self, item: objects.Item, kept: Kept) -> objects.Item:
        """Write the occurrences of a saved series. Each is a change to the series, which is opened again."""
        model = self._content.item
        if not self._repeats or self._target.series is None or not isinstance(model, Appointment):
            return item
        occurrences = Occurrences(cast("objects.AppointmentItem", item), model, kept, self._context)
        shown = shown_exceptions(self._content, self._target.values, self._context)
        return _opened_again(item) if occurrences.write(self._target, shown) else item

    def _may_stay(self, before: Sheet) -> bool:
        """Whether the series in Outlook lacks nothing but exceptions: what else differs cannot be changed there."""
        series, wanted = before.series, self._target.series
        if series is None or wanted is None:
            return False
        same = _timing(self._plain(before)) == _timing(self._plain(self._target))
        if not same and _timing(restore(self._plain(before), before.kept)) != _timing(self._content.item):
            return False
        is_kept = before.changed.keys() <= self._target.changed.keys() | wanted.deleted
        return is_kept and series.deleted <= wanted.deleted

    def settle(self, item: objects.Item, before: Sheet) -> objects.Item:
        """See what Outlook has made of it. Whatever that is, it is what was written, and is kept as such."""
        actual = read_sheet(item, self._context, self._table)
        kept = self._kept(before, actual.values, actual.changed)
        if kept != actual.kept:
            properties.write_kept(item, kept)
            item.Save()
        return item


def _timing(item: Item) -> object:
    """When and how an item takes place, exceptions aside."""
    recurrence = item.recurrence if isinstance(item, Appointment | Task) else None
    rules = None if recurrence is None else (recurrence.rules, recurrence.dates)
    return rules, *(getattr(item, name, None) for name in ("when", "start", "due"))


def _without_series(item: objects.Item) -> objects.Item:
    """The item as a single one again: only so can another series begin."""
    cast("patterns.Repeating", item).ClearRecurrencePattern()
    item.Save()
    return _opened_again(item)


def _opened_again(item: objects.Item) -> objects.Item:
    store = cast("objects.Folder", item.Parent).StoreID
    return item.Session.GetItemFromID(item.EntryID, store)


def _expected(current: Values, target: Values, table: Sequence[Aspect], written: Collection[str]) -> Values:
    """What Outlook should say now: what was written, else what it said before."""
    same = [aspect for aspect in table if set(written).isdisjoint(aspect.attributes)]
    return {
        **target,
        **{member: current[member] for aspect in same for member in aspect.members if member in current},
    }


def _affected(table: Sequence[Aspect], item: Item, fields: Collection[str] | None) -> frozenset[str]:
    """The attributes to write: those asked for, with what is said together with them."""
    if fields is None:
        return frozenset(item.__struct_fields__)
    groups = [*(frozenset(aspect.attributes) for aspect in table), *_TOGETHER]
    found = frozenset(fields)
    for group in groups:
        found |= group if found & group else frozenset()
    return found
