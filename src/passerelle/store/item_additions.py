"""Adding items, one or thousands, with the same few statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from passerelle.model.ids import FolderId, ItemId, Stamp, UserId
from passerelle.model.items import Item
from passerelle.model.records import Attachment, ItemRecord
from passerelle.store import clock
from passerelle.store.block import WritingBlock
from passerelle.store.bulk import insert_many
from passerelle.store.content import Stored, from_microseconds, take_apart, to_microseconds
from passerelle.store.former_attachments import bring_back
from passerelle.store.item_changes import refresh_masters
from passerelle.store.item_columns import book, booking_rows, content_columns, refer, ring
from passerelle.store.item_rows import attachments_of
from passerelle.store.journal import Action, Kind, Row, record, unbury
from passerelle.store.placements import Placement, with_home
from passerelle.store.schema import items, placements
from passerelle.store.windows import Window, window


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An item to be added, and what the store shall know of it. None means new, the actor, or now.

    ``placements`` are the folders where it shows beside its home. ``master`` makes it a change exception.
    """

    item: Item
    placements: tuple[Placement, ...] = ()
    master: ItemId | None = None
    id: ItemId | None = None
    created_by: UserId | None = None
    created: datetime | None = None
    alarm_of: UserId | None = None


class _Addition(msgspec.Struct, frozen=True):
    """A draft with all that was decided for it."""

    draft: Draft
    id: ItemId
    stamp: Stamp
    stored: Stored
    window: Window
    where: dict[FolderId, UserId | None]
    created_by: UserId
    created: int


def add_items(block: WritingBlock, folder: FolderId, drafts: Sequence[Draft]) -> list[ItemRecord]:
    """Add items to a home folder; return their records, each with the alarm that was on the draft."""
    if not drafts:
        return []
    additions = _decide(block, folder, drafts)
    _write(block, folder, additions)
    refresh_masters(block, {draft.master for draft in drafts if draft.master is not None})
    files = attachments_of(block, [draft.id for draft in drafts if draft.id is not None])
    return [_record(block, folder, addition, files.get(addition.id, ())) for addition in additions]


def _decide(block: WritingBlock, folder: FolderId, drafts: Sequence[Draft]) -> list[_Addition]:
    where = [with_home(folder, draft.placements) for draft in drafts]
    stamp = block.positions.take({place for places in where for place in places}, len(drafts))
    ids = _identifiers(block, drafts)
    return [
        _Addition(
            draft,
            id_,
            Stamp(stamp + number),
            take_apart(draft.item, block.blobs),
            window(draft.item),
            places,
            block.actor if draft.created_by is None else draft.created_by,
            block.at if draft.created is None else to_microseconds(draft.created),
        )
        for number, (draft, id_, places) in enumerate(zip(drafts, ids, where, strict=True))
    ]


def _identifiers(block: WritingBlock, drafts: Sequence[Draft]) -> list[ItemId]:
    sequence = clock.Sequence(block.connection, "item")
    given = [draft.id for draft in drafts if draft.id is not None]
    if given:
        sequence.pass_over(max(given))
    if len(given) == len(drafts):
        return given
    fresh = iter(range(sequence.take(len(drafts) - len(given)), 2**63))
    return [ItemId(next(fresh)) if draft.id is None else draft.id for draft in drafts]


def _write(block: WritingBlock, folder: FolderId, additions: Sequence[_Addition]) -> None:
    insert_many(block.connection, items, [_item_row(block, folder, addition) for addition in additions])
    back = [some.id for some in additions if some.draft.id is not None]
    if back:
        bring_back(block, back)
    insert_many(
        block.connection,
        placements,
        [
            {
                "folder": place,
                "item": addition.id,
                "user_id": user,
                "stamp": addition.stamp,
                "starts": addition.window[0],
                "ends": addition.window[1],
            }
            for addition in additions
            for place, user in addition.where.items()
        ],
    )
    book(block, [row for some in additions for row in booking_rows(some.id, some.draft.item, some.window)])
    refer(block, [(some.id, some.draft.item) for some in additions])
    ring(block, [(some.id, _listener(block, some.draft), some.stored.alarm) for some in additions])
    unbury(block, [(place, some.id) for some in additions if some.draft.id is not None for place in some.where])
    record(
        block,
        (Row(place, some.stamp, Kind.ITEM, some.id, Action.CREATED) for some in additions for place in some.where),
    )


def _item_row(block: WritingBlock, folder: FolderId, addition: _Addition) -> dict[str, object]:
    return {
        "id": addition.id,
        "folder": folder,
        "master": addition.draft.master,
        "created_by": addition.created_by,
        "created": addition.created,
        "modified_by": block.actor,
        "stamp": addition.stamp,
        **content_columns(addition.draft.item, addition.stored),
    }


def _listener(block: WritingBlock, draft: Draft) -> UserId:
    return block.actor if draft.alarm_of is None else draft.alarm_of


def _record(block: WritingBlock, folder: FolderId, addition: _Addition, files: Sequence[Attachment]) -> ItemRecord:
    return ItemRecord(
        id=addition.id,
        folder=folder,
        item=addition.draft.item,
        created_by=addition.created_by,
        created=from_microseconds(addition.created),
        modified_by=block.actor,
        stamp=addition.stamp,
        master=addition.draft.master,
        attachments=tuple(files),
    )
