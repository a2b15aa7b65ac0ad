"""An item or a folder together with what the store knows about it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from passerelle.model.ids import AttachmentId, FolderId, ItemId, Stamp, UserId
from passerelle.model.items import Item


class Attachment(Struct, frozen=True, kw_only=True):
    """A file that hangs on an item. ``rtf`` marks Outlook's formatted note (OX ``rtf_flag``); ``size`` is in bytes."""

    id: AttachmentId
    name: str
    media_type: str
    size: int
    created: datetime
    digest: str
    rtf: bool = False


class ItemRecord(Struct, frozen=True, kw_only=True):
    """An item as one user meets it in one folder.

    ``stamp`` is the version that optimistic locking compares. ``master`` is set on change exceptions;
    ``changed`` on masters: the keys of the occurrences that change exceptions replace, sorted.
    """

    id: ItemId
    folder: FolderId
    item: Item
    created_by: UserId
    created: datetime
    modified_by: UserId
    stamp: Stamp
    master: ItemId | None = None
    changed: tuple[datetime, ...] = ()
    attachments: tuple[Attachment, ...] = ()


class Tombstone(Struct, frozen=True, kw_only=True):
    """What remains of an item that left a folder: deleted, moved away, or no longer visible.

    ``created_by`` is who had made it, where it was deleted; None: that is not known.
    """

    id: ItemId
    folder: FolderId
    stamp: Stamp
    master: ItemId | None = None
    created_by: UserId | None = None
