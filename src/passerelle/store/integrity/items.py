"""What must hold of each item by itself: pure functions of a :class:`passerelle.store.integrity.whole.Whole`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import msgspec

from passerelle.model.ids import ItemId
from passerelle.model.text import Text
from passerelle.store.content import decode_keys, to_microseconds
from passerelle.store.integrity.finding import BACKUP, DERIVED, Finding
from passerelle.store.integrity.whole import Whole
from passerelle.store.item_columns import derived_columns, named
from passerelle.store.transaction import Writing
from passerelle.store.windows import booked, window

ItemRule = Callable[[Whole], Iterator[Finding]]
"""An invariant of one item."""


def content_can_be_read(whole: Whole) -> Iterator[Finding]:
    """The content decodes to an item."""
    if whole.item is None:
        yield Finding(rule="content", where=whole.where, what=Text("The content cannot be read."), remedy=BACKUP)


def columns_agree_with_content(whole: Whole) -> Iterator[Finding]:
    """Kind, uid, private flag and place in a series are what the content says."""
    if whole.item is None:
        return
    row = whole.row
    wrong = [name for name, value in derived_columns(whole.item).items() if value != getattr(row, name)]
    if wrong:
        yield _derivable(whole, "columns", Text("Columns disagree with the content: {names}.", names=", ".join(wrong)))


def shows_at_home_and_carries_one_stamp(whole: Whole) -> Iterator[Finding]:
    """The item shows in its home folder, for nobody in particular, elsewhere for a user; all with its own stamp."""
    homes = [placed.folder for placed in whole.placements if placed.user is None]
    if homes != [whole.row.folder]:
        yield _derivable(whole, "placement", Text("It does not show in the folder where it lives."))
    if any(placed.stamp != whole.row.stamp for placed in whole.placements):
        yield _derivable(whole, "placement", Text("A folder that it shows in has another version of it."))


def windows_and_bookings_follow_from_content(whole: Whole) -> Iterator[Finding]:
    """Range and free/busy queries find the item when it takes time, and resources are busy then."""
    if whole.item is None:
        return
    starts, ends = span = window(whole.item)
    if any((placed.starts, placed.ends) != span for placed in whole.placements):
        yield _derivable(whole, "window", Text("Queries for a range of time would miss it or find it in vain."))
    expected = sorted((resource, starts, ends) for resource in booked(whole.item))
    if expected != [tuple(one) for one in whole.bookings]:
        yield _derivable(whole, "booking", Text("Its resources are booked at other times than it takes."))


def references_follow_from_content(whole: Whole) -> Iterator[Finding]:
    """A contact that changes finds the lists that refer to it."""
    if whole.item is not None and named(whole.item) != list(whole.references):
        yield _derivable(whole, "reference", Text("It refers to other contacts than those that would find it."))


def attachments_are_counted(whole: Whole) -> Iterator[Finding]:
    """The count in the row is that of the files that hang on the item."""
    if whole.hanging != whole.row.attachments:
        yield _derivable(
            whole,
            "attachments",
            Text("{hanging} files hang on it, not {counted}.", hanging=whole.hanging, counted=whole.row.attachments),
        )


def series_know_their_exceptions(whole: Whole) -> Iterator[Finding]:
    """A series lists exactly the occurrences that change exceptions replace; an exception is of a series."""
    expected = [one.recurrence_key for one in whole.exceptions if one.recurrence_key is not None]
    if expected != _listed(whole.row.changed):
        yield _derivable(whole, "series", Text("The series does not know which of its occurrences were changed."))
    if whole.exceptions and whole.row.master is not None:
        yield Finding(
            rule="series",
            where=whole.where,
            what=Text("A changed occurrence has changed occurrences itself."),
            remedy=BACKUP,
        )
    if whole.row.master is not None and whole.row.kind != APPOINTMENT:
        yield Finding(
            rule="series",
            where=whole.where,
            what=Text("It is part of a series, but no appointment."),
            remedy=BACKUP,
        )


APPOINTMENT: Final = "appointment"

RULES: Final[tuple[ItemRule, ...]] = (
    content_can_be_read,
    columns_agree_with_content,
    shows_at_home_and_carries_one_stamp,
    windows_and_bookings_follow_from_content,
    references_follow_from_content,
    attachments_are_counted,
    series_know_their_exceptions,
)
"""All that must hold of an item, whoever keeps the store."""


def _listed(changed: bytes | None) -> list[int] | None:
    """The keys in a column, None where they cannot be read."""
    if changed is None:
        return []
    try:
        return [to_microseconds(key) for key in decode_keys(changed)]
    except msgspec.MsgspecError:
        return None


def _derivable(whole: Whole, rule: str, what: Text) -> Finding:
    can_be = whole.item is not None
    return Finding(
        rule=rule,
        where=whole.where,
        what=what,
        remedy=DERIVED if can_be else BACKUP,
        cure=partial(_settle, whole.row.id) if can_be else None,
    )


def _settle(id_: ItemId, tx: Writing) -> None:
    tx.inspection.settle_item(id_)
