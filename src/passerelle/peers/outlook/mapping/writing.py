"""Writes an item of Outlook's: sets what differs, in the order that Outlook asks for. Touches Outlook's objects.

An item is read once before it is written, by whoever asks for it; a new one is not. Once it is saved, it is opened by
its id and read: that is what was written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import cast

from passerelle.model.errors import Refused
from passerelle.model.items import Appointment, Item, Task
from passerelle.peers.outlook import marks, objects
from passerelle.peers.outlook.mapping import defaults, members, patterns, properties
from passerelle.peers.outlook.mapping.aspects import Aspect, attributes_of, members_of
from passerelle.peers.outlook.mapping.common import CATEGORIES
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.exceptions import Occurrences
from passerelle.peers.outlook.mapping.kept import Kept, combined, restore
from passerelle.peers.outlook.mapping.members import Written
from passerelle.peers.outlook.mapping.reading import ReadItem, read_item
from passerelle.peers.outlook.mapping.sheet import SERIES, Content, Sheet, encode, kept_of, plain_item, shown_exceptions
from passerelle.peers.outlook.mapping.shelf import Shelf
from passerelle.peers.outlook.mapping.tables import TABLES
from passerelle.peers.outlook.mapping.values import Values

_TOGETHER = (
    frozenset({"when", "start", "due", "recurrence"}),
    frozenset({"prefix", "first_name", "middle_name", "last_name", "suffix", "display_name"}),
)
"""Attributes that are known by one another, besides those of one aspect."""


def create_item(item: objects.Item, content: Content, context: Context, shelf: Shelf, mark: str = "") -> ReadItem:
    """Make a new item say what the model says, and save it; with our ``mark`` on it, if any. What Outlook made of it.

    With a master come all its change exceptions.

    Raises:
        Refused: it repeats in a way that Outlook cannot show, and nothing was saved; or Outlook does not find an
            occurrence that is to change, and what came before it is saved.
        ComError: Outlook did not take it; what it had taken before may be saved.
    """
    return _Write(content, None, context, shelf, mark).create(item)


def change_item(
    item: objects.Item,
    before: ReadItem,
    content: Content,
    context: Context,
    shelf: Shelf,
    fields: Collection[str] | None = None,
    mark: str = "",
) -> ReadItem:
    """Make an item say what the model says, and save it; as ``create_item``. It said what was read ``before``.

    Exceptions are written with ``recurrence``. ``fields`` names the attributes that are to be written, None for
    all; what else differs in Outlook stays as it is there.

    Raises:
        Refused: as there, or it is of another kind, and nothing was changed.
        ComError: as there.
    """
    if type(before.item) is not type(content.item):
        raise Refused("The item in Outlook is of another kind than the one on the server.")
    return _Write(content, fields, context, shelf, mark).change(item, before)


def keep_meaning(
    item: objects.Item, read: ReadItem, content: Content, context: Context, shelf: Shelf, fields: Collection[str]
) -> ReadItem:
    """Have an item mean what it did, though Outlook says some attributes otherwise since more was done to it."""
    return _Write(content, fields, context, shelf, "").settle(item, read, read.sheet)


class _Write:
    """One item on its way to Outlook, and back: what it says then is read once, of the item as it was saved."""

    def __init__(
        self, content: Content, fields: Collection[str] | None, context: Context, shelf: Shelf, mark: str
    ) -> None:
        table = TABLES[type(content.item)]
        self._content = content
        self._context = context
        self._shelf = shelf
        self._mark = mark
        self._target = encode(content, context)
        self._names = _affected(table, content.item, fields)
        self._table = [aspect for aspect in table if not self._names.isdisjoint(aspect.attributes)]
        self._repeats = any(SERIES in aspect.members for aspect in self._table)

    def create(self, item: objects.Item) -> ReadItem:
        """Fill a new item."""
        target = self._target.values
        said = defaults.of_new(type(self._content.item), target, self._context)
        written = members.write_new(item, self._table, target, said, self._shelf, self._context)
        self._save(item, Sheet(values={}), written)
        again, read = self._look(item)
        left = [member for member in said if said[member] == target.get(member)]
        wrong = [member for member in left if read.sheet.values.get(member) not in {None, said[member]}]
        if wrong:  # a new item says something else in this Outlook
            further = members.write_again(again, self._table, wrong, target, self._shelf, self._context)
            properties.put(again, further)
            again.Save()
            again, read = self._look(again)
        return self.settle(again, read, Sheet(values={}))

    def change(self, item: objects.Item, before: ReadItem) -> ReadItem:
        """Set what differs."""
        was = current = self._affected_of(before.sheet)
        if self._repeats and was.series is not None and not self._may_stay(was):
            item, alone = self._without_series(item)
            current = self._affected_of(alone.sheet)
        now = restore(self._plain(current), current.kept)
        model, target = self._content.item, self._target.values
        written = members.write_values(item, self._table, now, model, target, self._shelf, self._context)
        if not self._save(item, current, written) and current is was:
            return before
        again, read = self._look(item)
        return self.settle(again, read, was)

    def _affected_of(self, sheet: Sheet) -> Sheet:
        """What an item says of that which is to be written; what else it says is as it shall be."""
        mine = frozenset(members_of(self._table))
        values = {member: value for member, value in sheet.values.items() if member in mine}
        return Sheet(values=values, changed=sheet.changed, kept=sheet.kept)

    def _plain(self, sheet: Sheet) -> Item:
        return plain_item(type(self._content.item), {**self._target.values, **sheet.values}, self._context)

    def _save(self, item: objects.Item, current: Sheet, written: Written) -> bool:
        """Save what was set, with what is kept beside it; then write its occurrences. Whether anything was saved."""
        self._make_categories_known(written)
        expected = _expected(current.values, self._target.values, self._table, written.attributes)
        kept = self._kept(current, expected, {**self._target.changed, **current.changed})
        ours = {**(properties.words_of(kept) if kept != current.kept else {}), **self._marking()}
        properties.put(item, {**written.properties, **ours})
        begins = self._repeats and current.series is None and self._target.series is not None
        if begins and self._target.series is not None:
            patterns.write_pattern(cast("patterns.Repeating", item), self._target.series)
        is_changed = bool(written.attributes or ours or begins) or not item.Saved  # if the caller has set something
        if is_changed:
            item.Save()
        return self._write_occurrences(item, current.kept) or is_changed

    def _marking(self) -> dict[str, str]:
        return {marks.ITEM: self._mark} if self._mark else {}

    def _make_categories_known(self, written: Written) -> None:
        shown = attributes_of(self._target.values, (CATEGORIES,), self._context)["categories"]
        if shown and "categories" in written.attributes:
            self._shelf.categories.make_known(cast("tuple[str, ...]", shown), self._content.item.color_label)

    def _kept(self, before: Sheet, values: Values, changed: Mapping[date, Values]) -> Kept:
        """What is to be kept beside what Outlook says."""
        shown = changed if self._repeats else {}
        found = kept_of(self._content, {**self._target.values, **values}, shown, self._context)
        return combined(before.kept, found, self._names, self._content.item)

    def _write_occurrences(self, item: objects.Item, kept: Kept) -> bool:
        """Write the occurrences of a saved series, each of which is a change to it. Whether there was any to write."""
        model, series = self._content.item, self._target.series
        if not self._repeats or series is None or not isinstance(model, Appointment):
            return False
        if not self._target.changed and not series.deleted:
            return False
        found = Occurrences(cast("objects.AppointmentItem", item), model, kept, self._shelf, self._context)
        return found.write(self._target, shown_exceptions(self._content, self._target.values, self._context))

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

    def _without_series(self, item: objects.Item) -> tuple[objects.Item, ReadItem]:
        """The item as a single one again: only so can another series begin."""
        cast("patterns.Repeating", item).ClearRecurrencePattern()
        item.Save()
        return self._look(item)

    def _look(self, item: objects.Item) -> tuple[objects.Item, ReadItem]:
        """An item that was saved, opened again, and what it says: saving may have given it another id."""
        again = self._shelf.open(item.EntryID)
        return again, read_item(again, self._context, type(self._content.item))

    def settle(self, item: objects.Item, read: ReadItem, before: Sheet) -> ReadItem:
        """See what Outlook has made of it. Whatever that is, it is what was written, and is kept as such.

        So are our own words, which are set one by one if they were not when they were set together.
        """
        actual = self._affected_of(read.sheet)
        kept = self._kept(before, actual.values, actual.changed)
        lacking = properties.words_of(kept) if kept != actual.kept else {}
        if self._mark and read.facts.mark != self._mark:
            lacking |= self._marking()
        if not lacking:
            return read
        properties.put_singly(item, lacking)
        item.Save()
        return self._look(item)[1]


def _timing(item: Item) -> object:
    """When and how an item takes place, exceptions aside."""
    recurrence = item.recurrence if isinstance(item, Appointment | Task) else None
    rules = None if recurrence is None else (recurrence.rules, recurrence.dates)
    return rules, *(getattr(item, name, None) for name in ("when", "start", "due"))


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
