"""What the rules promise of items: who takes part finds them in a calendar of the own, and nobody else does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from passerelle.groupware.calendars import members_in
from passerelle.groupware.participants import involved
from passerelle.model.folders import Folder, FolderType, Module
from passerelle.model.ids import FolderId, ItemId, UserId
from passerelle.model.items import Appointment, Contact, DistributionList, Task
from passerelle.model.participants import ParticipantKind
from passerelle.model.text import Text
from passerelle.store import Placement, Reading, Writing
from passerelle.store.content import from_microseconds
from passerelle.store.integrity.finding import Finding
from passerelle.store.integrity.items import ItemRule
from passerelle.store.integrity.whole import Placed, Whole

_MODULES = {
    Appointment: Module.CALENDAR,
    Contact: Module.CONTACTS,
    DistributionList: Module.CONTACTS,
    Task: Module.TASKS,
}


def item_rules(tx: Reading) -> tuple[ItemRule, ...]:
    """The invariants of items under the rules, over the folders and principals of a snapshot."""
    folders = {folder.id: folder for folder in tx.folders.all()}

    def lies_among_its_like(whole: Whole) -> Iterator[Finding]:
        """An item shows in folders of its module only."""
        if whole.item is not None:
            module = _MODULES[type(whole.item)]
            for placed in whole.placements:
                if placed.folder in folders and folders[placed.folder].module is not module:
                    yield _misplaced(whole, placed, Text("It is in a folder for {module}.", module=module))

    def shows_to_those_who_take_part(whole: Whole) -> Iterator[Finding]:
        """Where it shows besides its home is a private folder of somebody who takes part (section 5.2)."""
        guests = [placed for placed in whole.placements if placed.user is not None]
        taking_part = _taking_part(tx, whole) if guests else frozenset()
        for placed in guests:
            if not _is_own(placed, folders):
                yield _misplaced(whole, placed, Text("It shows in a folder that is not the participant's."))
            elif placed.user not in taking_part:
                yield _misplaced(whole, placed, Text("It shows to somebody who does not take part."))

    return (lies_among_its_like, shows_to_those_who_take_part, series_and_exceptions_do_not_contradict)


def series_and_exceptions_do_not_contradict(whole: Whole) -> Iterator[Finding]:
    """Changed occurrences belong to a series, live where it lives, and were not deleted (OX reference, 11.4)."""
    if not whole.exceptions or not isinstance(whole.item, Appointment):
        return
    recurrence = whole.item.recurrence
    deleted = () if recurrence is None else recurrence.deleted
    for one in whole.exceptions:
        key = None if one.recurrence_key is None else from_microseconds(one.recurrence_key)
        if recurrence is None or key is None or key in deleted or one.folder != whole.row.folder:
            yield Finding(
                rule="series",
                where=whole.where,
                what=Text("The changed occurrence {id} does not fit the series.", id=one.id),
                remedy=Text("Look at both: a repair would have to choose for you."),
            )


def _taking_part(tx: Reading, whole: Whole) -> frozenset[UserId]:
    """The users who take part. Members of a group that were taken out of it keep what they had (section 10)."""
    if not isinstance(whole.item, Appointment | Task):
        return frozenset()
    if any(one.kind is ParticipantKind.GROUP for one in whole.item.participants):
        return frozenset(UserId(placed.user) for placed in whole.placements if placed.user is not None)
    return involved(whole.item.participants, members_in(tx))


def _is_own(placed: Placed, folders: Mapping[FolderId, Folder]) -> bool:
    folder = folders.get(placed.folder)
    return folder is None or (folder.type is FolderType.PRIVATE and folder.owner == placed.user)


def _misplaced(whole: Whole, placed: Placed, what: Text) -> Finding:
    is_guest = placed.user is not None
    return Finding(
        rule="placement",
        where=f"{whole.where} folder {placed.folder}",
        what=what,
        remedy=Text("Show it there no longer.") if is_guest else Text("Move it to a folder for its kind."),
        cure=partial(_unplace, whole.row.id, placed.folder) if is_guest else None,
    )


def _unplace(id_: ItemId, folder: FolderId, tx: Writing) -> None:
    record = tx.items.get(id_, None)
    if record is not None:
        placed = tx.items.placements(id_)
        kept = [Placement(one.folder, one.user) for one in placed if one.user is not None and one.folder != folder]
        tx.items.replace(id_, record.item, placements=kept)
