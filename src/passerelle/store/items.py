"""Items: read as one user meets them, in pages that cost what they return; and written.

An item lives in a home folder and has one placement for every folder that it shows in, the home included. A
participant's placement names the user. All placements carry the item's stamp.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import BindParameter, ColumnElement, Select, Table, bindparam, exists, func, or_, select, text

from passerelle.model.ids import FolderId, ItemId, ResourceId, Stamp, UserId
from passerelle.model.items import Item
from passerelle.model.moments import milliseconds
from passerelle.model.records import ItemRecord
from passerelle.store.among import among
from passerelle.store.block import Block, WritingBlock
from passerelle.store.content import from_microseconds
from passerelle.store.item_additions import Draft, add_items
from passerelle.store.item_changes import Change, replace_item, touch_item
from passerelle.store.item_columns import ring_alike
from passerelle.store.item_removals import remove_items
from passerelle.store.item_rows import COLUMNS, NOBODY, USERS_FOLDER, records, with_alarms
from passerelle.store.placements import Placement, placements_of
from passerelle.store.schema import bookings, items, list_references, placements


def _touches(table: Table) -> tuple[ColumnElement[bool], ...]:
    """The window from ``start_`` to ``end_`` (exclusive); what takes no time counts at its start."""
    starts, ends = table.c.starts, table.c.ends
    start: BindParameter[int] = bindparam("start_")
    return ends >= start, starts < bindparam("end_"), or_(ends > start, starts >= start)


_ANYWHERE = select(USERS_FOLDER, *COLUMNS).select_from(with_alarms(items))
_PLACED = select(placements.c.folder, *COLUMNS).select_from(
    with_alarms(placements.join(items, placements.c.item == items.c.id))
)
_GET = _ANYWHERE.where(items.c.id == bindparam("item_"))
_SEVERAL = _ANYWHERE.where(among(items.c.id, "items_"))
_EXCEPTIONS = _ANYWHERE.where(items.c.master == bindparam("master_")).order_by(items.c.recurrence_key, items.c.id)
_HIDDEN = select(items.c.recurrence_key).where(
    items.c.master == bindparam("master_"),
    ~exists().where(placements.c.item == items.c.id, placements.c.folder == bindparam("folder_")),
)
_IN_FOLDER = _PLACED.where(placements.c.folder == bindparam("folder_"), placements.c.item == bindparam("item_"))
_PAGE = (
    _PLACED.where(
        placements.c.folder == bindparam("folder_"),
        placements.c.stamp > bindparam("after_"),
        placements.c.stamp <= bindparam("upto_"),
    )
    .order_by(placements.c.stamp)
    .limit(bindparam("limit_"))
)
_EXTENTS = _PLACED.where(
    placements.c.folder.in_(bindparam("folders_", expanding=True)),
    *_touches(placements),
).order_by(placements.c.starts, items.c.id, placements.c.folder)
_BOOKINGS = (
    select(USERS_FOLDER, *COLUMNS)
    .select_from(with_alarms(bookings.join(items, bookings.c.item == items.c.id)))
    .where(
        bookings.c.resource == bindparam("resource_"),
        *_touches(bookings),
    )
    .order_by(bookings.c.starts, items.c.id)
)
_REFERRING = _ANYWHERE.where(
    items.c.id.in_(select(list_references.c.item).where(list_references.c.contact == bindparam("contact_")))
).order_by(items.c.id)
_IDS = select(placements.c.item).where(placements.c.folder == bindparam("folder_")).order_by(placements.c.item)
_VISITORS = (
    select(placements.c.item)
    .where(placements.c.folder == bindparam("folder_"), placements.c.user_id.is_not(None))
    .order_by(placements.c.item)
)
_COUNT = select(func.count()).select_from(placements).where(placements.c.folder == bindparam("folder_"))
_TOLD = (items.c.private, items.c.created_by, items.c.done)
_TALLIES = (  # one walk of an index that holds all that is asked for
    select(items.c.folder, *_TOLD, func.count())
    .where(among(items.c.folder, "folders_"), text("master IS NULL"))
    .group_by(items.c.folder, *_TOLD)
)
_GUEST_TALLIES = (
    select(placements.c.folder, *_TOLD, func.count())
    .select_from(placements.join(items, placements.c.item == items.c.id))
    .where(among(placements.c.folder, "folders_"), text("user_id IS NOT NULL"), items.c.master.is_(None))
    .group_by(placements.c.folder, *_TOLD)
)
_ENDED = (
    select(placements.c.item)
    .where(placements.c.folder == bindparam("folder_"), placements.c.ends < bindparam("before_"))
    .order_by(placements.c.item)
)
_BY_UID = select(items.c.id).where(items.c.uid == bindparam("uid_")).order_by(items.c.id)
_OUTLINES = (
    select(items.c.id, items.c.kind, items.c.private, items.c.created_by, items.c.stamp, items.c.master)
    .select_from(placements.join(items, placements.c.item == items.c.id))
    .where(placements.c.folder == bindparam("folder_"))
    .order_by(items.c.id)
)
_SOME_OUTLINES = _OUTLINES.where(among(items.c.id, "items_"))


class Outline(msgspec.Struct, frozen=True):
    """What rights decide on, without content. ``kind``: ``appointment``, ``contact``, ``list`` or ``task``."""

    id: ItemId
    kind: str
    private: bool
    created_by: UserId
    stamp: Stamp
    master: ItemId | None


class Tally(msgspec.Struct, frozen=True):
    """How many items of one maker, private or not, done or not, show in a folder; a series counts once."""

    folder: FolderId
    private: bool
    created_by: UserId
    done: bool
    count: int


class ItemsReading:
    """Reads items. ``user`` is whose alarms are put in and whose placements count; None: nobody's."""

    def __init__(self, block: Block) -> None:
        self._block = block

    def get(self, id_: ItemId, user: UserId | None) -> ItemRecord | None:
        """An item, in the folder where the user has it: an own placement, else its home folder."""
        return self._first(self._records(_GET, {"item_": id_, "user_": _reader(user)}))

    def several(self, ids: Iterable[ItemId], user: UserId | None) -> list[ItemRecord]:
        """Those of several items that exist, each in the folder where the user has it, in no order."""
        some = list(ids)
        return self._records(_SEVERAL, {"items_": some, "user_": _reader(user)}) if some else []

    def in_folder(self, folder: FolderId, id_: ItemId, user: UserId | None) -> ItemRecord | None:
        """An item as it shows in one folder; None if it does not."""
        values = {"folder_": folder, "item_": id_, "user_": _reader(user)}
        return self._first(self._records(_IN_FOLDER, values))

    def page(
        self, folder: FolderId, user: UserId | None, since: Stamp, upto: Stamp, after: Stamp, limit: int
    ) -> list[ItemRecord]:
        """The items that changed in a folder from ``since`` to ``upto``, both included, by stamp.

        ``after`` (0, then the last record's stamp) and ``limit`` cut the list into pages. With an ``upto``
        read from the journal's clock beforehand, the pages together miss nothing, whatever is written
        meanwhile.
        """
        start = max(since - 1, after)
        values = {"folder_": folder, "after_": start, "upto_": upto, "limit_": limit, "user_": _reader(user)}
        return self._records(_PAGE, values)

    def ids(self, folder: FolderId) -> tuple[ItemId, ...]:
        """The ids of the items in a folder, ascending."""
        return tuple(self._block.connection.scalars(_IDS, {"folder_": folder}))

    def visitors(self, folder: FolderId) -> tuple[ItemId, ...]:
        """The ids of the items that show in a folder and live elsewhere: a participant's, ascending."""
        return tuple(self._block.connection.scalars(_VISITORS, {"folder_": folder}))

    def outlines(self, folder: FolderId) -> list[Outline]:
        """The items in a folder, by id, as far as rights need to know them; cheap also for many."""
        return [Outline(*row) for row in self._block.connection.execute(_OUTLINES, {"folder_": folder})]

    def outlines_of(self, folder: FolderId, ids: Iterable[ItemId]) -> list[Outline]:
        """Those of several items that show in a folder, as far as rights need to know them."""
        values = {"folder_": folder, "items_": list(ids)}
        return [Outline(*row) for row in self._block.connection.execute(_SOME_OUTLINES, values)]

    def count(self, folder: FolderId) -> int:
        """How many items show in a folder."""
        return self._block.connection.scalar(_COUNT, {"folder_": folder}) or 0

    def tallies(self, folders: Iterable[FolderId]) -> list[Tally]:
        """How many items show in folders, by what rights decide on; items are not read for it."""
        given, execute = {"folders_": list(folders)}, self._block.connection.execute
        return [Tally(*row) for query in (_TALLIES, _GUEST_TALLIES) for row in execute(query, given)]

    def ended(self, folder: FolderId, before_ms: int) -> tuple[ItemId, ...]:
        """The appointments in a folder that ended before an instant, in milliseconds since 1970; see ``windows``.

        Of a series and its change exceptions each counts alone. One walk of an index: costs what it returns.
        """
        return tuple(self._block.connection.scalars(_ENDED, {"folder_": folder, "before_": before_ms}))

    def by_uid(self, uid: str) -> tuple[ItemId, ...]:
        """The items with an iCalendar or vCard uid, change exceptions included, by id."""
        return tuple(self._block.connection.scalars(_BY_UID, {"uid_": uid}))

    def exceptions(self, master: ItemId, user: UserId | None = None) -> list[ItemRecord]:
        """The change exceptions of a series, in the order of what they replace."""
        return self._records(_EXCEPTIONS, {"master_": master, "user_": _reader(user)})

    def hidden_exceptions(self, master: ItemId, folder: FolderId) -> frozenset[datetime]:
        """The keys of those change exceptions of a series that do not show in a folder."""
        keys = self._block.connection.scalars(_HIDDEN, {"master_": master, "folder_": folder})
        return frozenset(from_microseconds(key) for key in keys)

    def placements(self, id_: ItemId) -> tuple[Placement, ...]:
        """Where an item shows, its home folder included, by folder."""
        return placements_of(self._block, id_)

    def extents(
        self, folders: Iterable[FolderId], start: datetime, end: datetime, user: UserId | None = None
    ) -> list[ItemRecord]:
        """The appointments in folders that can have to do with a window, once per folder, by start.

        A series counts from its first occurrence to its last and whole days in every zone: see
        :mod:`passerelle.store.windows`.
        """
        return self._records(_EXTENTS, {"folders_": list(folders), **_window(start, end), "user_": _reader(user)})

    def bookings(
        self, resource: ResourceId, start: datetime, end: datetime, user: UserId | None = None
    ) -> list[ItemRecord]:
        """The appointments that book a resource and can have to do with a window, by start."""
        return self._records(_BOOKINGS, {"resource_": resource, **_window(start, end), "user_": _reader(user)})

    def referring(self, contact: ItemId) -> list[ItemRecord]:
        """The distribution lists that refer to a contact, by id."""
        return self._records(_REFERRING, {"contact_": contact, "user_": NOBODY})

    def _records(self, statement: Select[Any], values: Mapping[str, object]) -> list[ItemRecord]:
        return records(self._block, self._block.connection.execute(statement, values).all())

    @staticmethod
    def _first(found: list[ItemRecord]) -> ItemRecord | None:
        return found[0] if found else None


class ItemsWriting(ItemsReading):
    """Writes items. Each write is journalled and gives a new stamp in every folder that the item shows in.

    The alarm on a written item becomes that of the actor, unless ``alarm_of`` names another user; the alarms
    of others stay. When the change exceptions of a series come, go or move, the master is stamped anew as
    well.
    """

    def __init__(self, block: WritingBlock) -> None:
        super().__init__(block)
        self._writing = block

    def add(  # noqa: PLR0913 - what the store knows of an item beside its content
        self,
        folder: FolderId,
        item: Item,
        *,
        placements: Iterable[Placement] = (),
        master: ItemId | None = None,
        id_: ItemId | None = None,
        created_by: UserId | None = None,
        created: datetime | None = None,
        alarm_of: UserId | None = None,
    ) -> ItemRecord:
        """Add one item; what is not given is new, the actor's or now. See :class:`Draft`."""
        draft = Draft(
            item=item,
            placements=tuple(placements),
            master=master,
            id=id_,
            created_by=created_by,
            created=created,
            alarm_of=alarm_of,
        )
        return add_items(self._writing, folder, [draft])[0]

    def add_many(self, folder: FolderId, drafts: Sequence[Draft | Item]) -> list[ItemRecord]:
        """Add thousands of items in a few statements; the records come in the order of the drafts."""
        return add_items(
            self._writing,
            folder,
            [draft if isinstance(draft, Draft) else Draft(item=draft) for draft in drafts],
        )

    def replace(
        self,
        id_: ItemId,
        item: Item,
        *,
        placements: Iterable[Placement] | None = None,
        folder: FolderId | None = None,
        alarm_of: UserId | None = None,
    ) -> Stamp:
        """Give an item new content; return its new stamp. What is not given stays.

        ``placements`` is the complete list of where the item shows beside its home; ``folder`` moves it to
        another home, and its change exceptions with it.

        Raises:
            NotFound: there is no such item.
        """
        change = Change(
            item=item,
            placements=None if placements is None else tuple(placements),
            folder=folder,
            alarm_of=alarm_of,
        )
        return replace_item(self._writing, id_, change)

    def credit(self, id_: ItemId, maker: UserId) -> Stamp:
        """Have somebody be an item's maker, whoever was before; return its new stamp. Raises NotFound."""
        return touch_item(self._writing, id_, created_by=maker)

    def copy_alarms(self, id_: ItemId, to: ItemId, besides: UserId | None = None) -> None:
        """Give another item, which is new, everybody's alarm of this one; that of one user may stay as it is."""
        ring_alike(self._writing, id_, to, _reader(besides))

    def remove(self, id_: ItemId) -> Stamp:
        """Remove an item, with its change exceptions; return the stamp of its tombstones. Raises NotFound."""
        return remove_items(self._writing, [id_])[id_]

    def remove_many(self, ids: Iterable[ItemId]) -> dict[ItemId, Stamp]:
        """Remove items, with their change exceptions, in a few statements; return the stamps of their tombstones.

        Raises:
            NotFound: one of them does not exist.
        """
        return remove_items(self._writing, ids)


def _reader(user: UserId | None) -> int:
    return NOBODY if user is None else user


def _window(start: datetime, end: datetime) -> dict[str, int]:
    return {"start_": milliseconds(start), "end_": milliseconds(end)}
