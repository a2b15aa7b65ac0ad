"""Removing items, one or thousands, with the same few statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Row as Result
from sqlalchemy import delete, or_, select

from passerelle.model.errors import NotFound
from passerelle.model.ids import ItemId, Stamp
from passerelle.model.text import Text
from passerelle.store.among import among
from passerelle.store.block import WritingBlock
from passerelle.store.former_attachments import keep
from passerelle.store.item_changes import refresh_masters
from passerelle.store.journal import Action, Kind, Row, Stone, bury, record
from passerelle.store.schema import items, placements

# in the order of ids, so that the same removal is the same history on every database
_DOOMED = (
    select(items.c.id, items.c.folder, items.c.master, items.c.content, items.c.photo, items.c.created_by)
    .where(or_(among(items.c.id, "ids_"), among(items.c.master, "ids_")))
    .order_by(items.c.id)
)
_PLACES = select(placements.c.item, placements.c.folder).where(among(placements.c.item, "ids_"))
_DELETE = delete(items).where(among(items.c.id, "ids_"))

_Doomed = Result[int, int, int, bytes, str, int]


def remove_items(block: WritingBlock, ids: Iterable[ItemId]) -> dict[ItemId, Stamp]:
    """Remove items with their change exceptions; return the stamp of each one's tombstones.

    Rows of placements, alarms, bookings and references go with their item; its files are kept for a while.

    Raises:
        NotFound: one of them does not exist.
    """
    wanted = list(dict.fromkeys(ids))
    doomed = {row[0]: row for row in block.connection.execute(_DOOMED, {"ids_": wanted})} if wanted else {}
    stamps = _remove(block, doomed)
    for id_ in wanted:
        if id_ not in stamps:
            raise NotFound(Text("There is no item {id}.", id=id_))
    refresh_masters(block, {row[2] for row in doomed.values() if row[2] is not None} - stamps.keys())
    return stamps


def _remove(block: WritingBlock, doomed: dict[ItemId, _Doomed]) -> dict[ItemId, Stamp]:
    ids = list(doomed)
    if not ids:
        return {}
    places = _places(block, ids)
    first = block.positions.take({place for where in places.values() for place in where}, len(ids))
    stamps = {id_: Stamp(first + number) for number, id_ in enumerate(ids)}
    keep(block, ids)
    block.connection.execute(_DELETE, {"ids_": ids})
    stones = (Stone(place, id_, stamps[id_], doomed[id_][2], doomed[id_][5]) for id_ in ids for place in places[id_])
    bury(block, stones)
    record(block, [_row(doomed[id_], place, stamps[id_]) for id_ in ids for place in places[id_]])
    return stamps


def _places(block: WritingBlock, ids: Sequence[ItemId]) -> dict[ItemId, list[int]]:
    places: dict[ItemId, list[int]] = {id_: [] for id_ in ids}
    for item, folder in block.connection.execute(_PLACES, {"ids_": ids}):
        places[item].append(folder)
    return places


def _row(item: _Doomed, place: int, stamp: Stamp) -> Row:
    id_, home, _master, content, photo, _created_by = item
    if place != home:
        return Row(place, stamp, Kind.ITEM, id_, Action.REMOVED)
    return Row(place, stamp, Kind.ITEM, id_, Action.REMOVED, content, photo)
