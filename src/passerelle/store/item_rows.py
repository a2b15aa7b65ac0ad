"""How items are read: the columns of every query that returns records, and the way from rows to records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import FromClause, Row, bindparam, func, select

from passerelle.model.ids import AttachmentId
from passerelle.model.records import Attachment, ItemRecord
from passerelle.store.among import among
from passerelle.store.block import Block
from passerelle.store.content import decode_keys, from_microseconds, put_together
from passerelle.store.schema import alarms, attachments, items, placements

COLUMNS = (
    items.c.id,
    items.c.content,
    items.c.photo,
    alarms.c.value,
    items.c.attachments,
    items.c.changed,
    items.c.created_by,
    items.c.created,
    items.c.modified_by,
    items.c.stamp,
    items.c.master,
)
"""What a record is made of; the folder stands before them."""

USERS_FOLDER = func.coalesce(
    select(placements.c.folder)
    .where(placements.c.item == items.c.id, placements.c.user_id == bindparam("user_"))
    .limit(1)
    .scalar_subquery(),
    items.c.folder,
)
"""The folder where the user ``user_`` has an item: an own placement, else its home."""

NOBODY = -1
"""Stands for "no user" in queries."""

ItemRow = Row[*tuple[Any, ...]]  # column types say nothing of NULL


def with_alarms(source: FromClause) -> FromClause:
    """Join the alarm of the reading user ``user_`` to a query's items."""
    mine = (alarms.c.item == items.c.id) & (alarms.c.user_id == bindparam("user_"))
    return source.outerjoin(alarms, mine)


def records(block: Block, rows: Sequence[ItemRow]) -> list[ItemRecord]:
    """The records of rows with a folder and :data:`COLUMNS`. Attachments cost a query only if there are any."""
    hanging = attachments_of(block, (row[1] for row in rows if row[5]))
    return [
        ItemRecord(
            id=id_,
            folder=folder,
            item=put_together(content, photo, alarm, block.blobs),
            created_by=created_by,
            created=from_microseconds(created),
            modified_by=modified_by,
            stamp=stamp,
            master=master,
            changed=() if changed is None else decode_keys(changed),
            attachments=tuple(hanging.get(id_, ())) if count else (),
        )
        for (
            folder,
            id_,
            content,
            photo,
            alarm,
            count,
            changed,
            created_by,
            created,
            modified_by,
            stamp,
            master,
        ) in rows
    ]


_ATTACHMENTS = (
    select(
        attachments.c.item,
        attachments.c.id,
        attachments.c.name,
        attachments.c.media_type,
        attachments.c.size,
        attachments.c.created,
        attachments.c.digest,
        attachments.c.rtf,
    )
    .where(among(attachments.c.item, "items_"))
    .order_by(attachments.c.id)
)


def attachments_of(block: Block, ids: Iterable[int]) -> dict[int, list[Attachment]]:
    """The attachments of several items, oldest first."""
    found: dict[int, list[Attachment]] = {}
    some = list(ids)
    rows = block.connection.execute(_ATTACHMENTS, {"items_": some}) if some else ()
    for item, id_, name, media_type, size, created, digest, rtf in rows:
        attachment = Attachment(
            id=AttachmentId(id_),
            name=name,
            media_type=media_type,
            size=size,
            created=from_microseconds(created),
            digest=digest,
            rtf=rtf,
        )
        found.setdefault(item, []).append(attachment)
    return found
