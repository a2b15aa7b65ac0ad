"""What the engine decided by itself about items, with both versions; and conflicts that wait for the user."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Select, bindparam, delete, select

from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.model.items import Item
from passerelle.model.text import Text, from_stored, to_stored
from passerelle.store import clock
from passerelle.store.among import among
from passerelle.store.block import Block, WritingBlock
from passerelle.store.bulk import insert_many
from passerelle.store.content import decode_whole, encode_whole, from_microseconds, to_microseconds
from passerelle.store.schema import decisions
from passerelle.store.sync import UPSTREAM


class Decision(Struct, frozen=True, kw_only=True):
    """One decision about an item.

    ``kept`` is the item as it is from then on, ``lost`` as it would be otherwise; None: it is not. Where ``stamp`` is
    set, the item was removed here at that position of the journal, which knows what it was: ``lost`` is not kept twice.

    ``open`` names the fields of a conflict that waits for the user. Of these ``kept`` has what is here, and ``lost``
    what the peer has.
    """

    at: datetime
    kind: str
    folder: FolderId
    item: ItemId
    title: str
    message: Text
    kept: Item | None = None
    lost: Item | None = None
    stamp: Stamp = Stamp(0)
    open: tuple[str, ...] = ()
    id: int = 0


_ROWS = select(
    decisions.c.id,
    decisions.c.at,
    decisions.c.kind,
    decisions.c.folder,
    decisions.c.item,
    decisions.c.title,
    decisions.c.message,
    decisions.c.kept,
    decisions.c.kept_photo,
    decisions.c.lost,
    decisions.c.lost_photo,
    decisions.c.stamp,
    decisions.c.open,
).order_by(decisions.c.id)
_ONE = _ROWS.where(decisions.c.id == bindparam("id_"))
_OF_ITEMS = _ROWS.where(among(decisions.c.item, "items_"))
_SINCE = _ROWS.where(decisions.c.at >= bindparam("since_"))
_OPEN = _ROWS.where(decisions.c.open != "")
_PHOTOS = select(decisions.c.kept_photo, decisions.c.lost_photo)


class DecisionsReading:
    """Reads what was decided. The user is asked about conflicts with the server only."""

    def __init__(self, block: Block, peer: str = UPSTREAM) -> None:
        self._block = block
        self._peer = peer

    def get(self, id_: int) -> Decision | None:
        """One decision by its number."""
        found = self._decisions(_ONE, id_=id_)
        return found[0] if found else None

    def of_items(self, items: Iterable[ItemId]) -> list[Decision]:
        """What was decided about some items, oldest first."""
        return self._decisions(_OF_ITEMS, items_=list(items))

    def since(self, at: datetime) -> list[Decision]:
        """All decisions since an instant, oldest first."""
        return self._decisions(_SINCE, since_=to_microseconds(at))

    def open(self) -> list[Decision]:
        """The conflicts that wait for the user, oldest first: none with other peers. Cheap where there is none."""
        return self._decisions(_OPEN) if self._peer == UPSTREAM else []

    def _decisions(self, statement: Select[Any], **values: int | Sequence[int]) -> list[Decision]:
        return [self._decision(*row) for row in self._block.connection.execute(statement, values).all()]

    def _decision(  # noqa: PLR0913, PLR0917 - one for each column
        self,
        id_: int,
        at: int,
        kind: str,
        folder: FolderId,
        item: ItemId,
        title: str,
        message: str,
        kept: bytes | None,
        kept_photo: str | None,
        lost: bytes | None,
        lost_photo: str | None,
        stamp: Stamp,
        open_: str,
    ) -> Decision:
        blobs = self._block.blobs
        return Decision(
            id=id_,
            at=from_microseconds(at),
            kind=kind,
            folder=folder,
            item=item,
            title=title,
            message=from_stored(message),
            kept=None if kept is None else decode_whole(kept, kept_photo, blobs),
            lost=None if lost is None else decode_whole(lost, lost_photo, blobs),
            stamp=stamp,
            open=tuple(open_.split()),
        )


class DecisionsWriting(DecisionsReading):
    """Notes decisions, and forgets old ones."""

    def __init__(self, block: WritingBlock, peer: str = UPSTREAM) -> None:
        super().__init__(block, peer)
        self._writing = block

    def add(self, some: Sequence[Decision]) -> list[Decision]:
        """Note decisions, thousands in a few statements; return them with their numbers."""
        if not some:
            return []
        first = clock.Sequence(self._writing.connection, "decision").take(len(some))
        numbered = [msgspec.structs.replace(one, id=first + number) for number, one in enumerate(some)]
        insert_many(self._writing.connection, decisions, [self._row(one) for one in numbered])
        return numbered

    def replace(self, decision: Decision) -> None:
        """Put a decision in the place of the one with its number."""
        self._remove(decisions.c.id == decision.id)
        insert_many(self._writing.connection, decisions, [self._row(decision)])

    def prune(self, before: datetime) -> int:
        """Remove decisions that were made before an instant, but not what still waits; return how many went."""
        return self._remove(decisions.c.at < to_microseconds(before), decisions.c.open == "")

    def _remove(self, *where: ColumnElement[bool]) -> int:
        connection = self._writing.connection
        for photos in connection.execute(_PHOTOS.where(*where)).all():
            self._writing.dropped.update(filter(None, photos))
        return connection.execute(delete(decisions).where(*where)).rowcount

    def _row(self, one: Decision) -> dict[str, object]:
        blobs = self._writing.blobs
        kept, kept_photo = (None, None) if one.kept is None else encode_whole(one.kept, blobs)
        lost, lost_photo = (None, None) if one.lost is None else encode_whole(one.lost, blobs)
        return {
            "id": one.id,
            "at": to_microseconds(one.at),
            "kind": one.kind,
            "folder": one.folder,
            "item": one.item,
            "title": one.title,
            "message": to_stored(one.message),
            "kept": kept,
            "kept_photo": kept_photo,
            "lost": lost,
            "lost_photo": lost_photo,
            "stamp": one.stamp,
            "open": " ".join(one.open),
        }
