"""Files that hang on items. Their bytes are kept beside the database, once for equal files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO, NamedTuple

import msgspec
from sqlalchemy import delete, func, insert, select, update

from passerelle.model.errors import NotFound
from passerelle.model.ids import AttachmentId, ItemId, Stamp, UserId
from passerelle.model.records import Attachment
from passerelle.model.text import Text
from passerelle.store import former_attachments as former
from passerelle.store.block import Block, WritingBlock
from passerelle.store.clock import Sequence
from passerelle.store.content import from_microseconds, to_microseconds
from passerelle.store.item_changes import touch_item
from passerelle.store.item_rows import attachments_of
from passerelle.store.schema import attachments, items


class Hanging(NamedTuple):
    """An attachment and the item that it hangs on."""

    item: ItemId
    attachment: Attachment


class AttachmentsReading:
    """Looks up attachments and opens their files."""

    def __init__(self, block: Block) -> None:
        self._block = block

    def of(self, item: ItemId) -> tuple[Attachment, ...]:
        """The attachments of an item, oldest first."""
        return tuple(attachments_of(self._block, [item]).get(item, ()))

    def of_several(self, some: Iterable[ItemId]) -> dict[ItemId, tuple[Attachment, ...]]:
        """The attachments of several items; items without any are not named."""
        return {ItemId(item): tuple(files) for item, files in attachments_of(self._block, some).items()}

    def get(self, id_: AttachmentId) -> Hanging | None:
        """The attachment with an id, and its item."""
        item = self._block.connection.scalar(select(attachments.c.item).where(attachments.c.id == id_))
        if item is None:
            return None
        found = next(attachment for attachment in self.of(ItemId(item)) if attachment.id == id_)
        return Hanging(ItemId(item), found)

    def size_of(self, user: UserId) -> int:
        """The bytes of all attachments on items that a user has made."""
        query = (
            select(func.coalesce(func.sum(attachments.c.size), 0))
            .join(items, items.c.id == attachments.c.item)
            .where(items.c.created_by == user)
        )
        return int(self._block.connection.scalar(query) or 0)

    def former_size_of(self, user: UserId) -> int:
        """The bytes of what hung on items that are gone, which a user had made, and comes back with them."""
        return former.size_of(self._block, user)

    def open(self, digest: str) -> BinaryIO:
        """Open the bytes of an attachment, for longer than the transaction if need be. The caller closes it.

        Raises:
            FileNotFoundError: there are none.
        """
        return self._block.blobs.open(digest)


class AttachmentsWriting(AttachmentsReading):
    """Hangs files on items and takes them off. Either gives the item a new stamp."""

    def __init__(self, block: WritingBlock) -> None:
        super().__init__(block)
        self._writing = block
        self._ids = Sequence(block.connection, "attachment")

    def add(self, item: ItemId, name: str, media_type: str, stream: BinaryIO, *, rtf: bool = False) -> Attachment:
        """Hang a file on an item. The stream is read to its end. Raises NotFound."""
        attachment = self._kept(AttachmentId(self._ids.take()), name, media_type, stream, rtf=rtf)
        touch_item(self._writing, item, attachments=self._count(item) + 1)
        self._writing.connection.execute(insert(attachments), {"item": item, **self._columns(attachment)})
        return attachment

    def replace(self, id_: AttachmentId, name: str, media_type: str, stream: BinaryIO, *, rtf: bool) -> Attachment:
        """Put another file in the place of one, under the same id. The stream is read to its end. Raises NotFound."""
        hanging = self._hanging(id_)
        attachment = self._kept(id_, name, media_type, stream, rtf=rtf)
        self._writing.connection.execute(update(attachments).where(attachments.c.id == id_), self._columns(attachment))
        self._writing.dropped.add(hanging.attachment.digest)
        touch_item(self._writing, hanging.item)
        return attachment

    def remove(self, id_: AttachmentId) -> Stamp:
        """Take a file off its item; return the item's new stamp. Raises NotFound."""
        hanging = self._hanging(id_)
        self._writing.connection.execute(delete(attachments).where(attachments.c.id == id_))
        self._writing.dropped.add(hanging.attachment.digest)
        return touch_item(self._writing, hanging.item, attachments=self._count(hanging.item))

    def hand_over(self, item: ItemId, heir: ItemId) -> Stamp:
        """Let what hangs on an item hang on another one; return the stamp that this has then. Raises NotFound."""
        self._writing.connection.execute(update(attachments).where(attachments.c.item == item).values(item=heir))
        touch_item(self._writing, item, attachments=0)
        return touch_item(self._writing, heir, attachments=self._count(heir))

    def forget_former(self, before: datetime) -> None:
        """Forget files of items that went before an instant: they no longer come back with them."""
        former.prune(self._writing, to_microseconds(before))

    def forget_former_of(self, user: UserId) -> None:
        """Forget files of all gone items that a user had made: there is no room for them."""
        former.forget_of(self._writing, user)

    def _hanging(self, id_: AttachmentId) -> Hanging:
        hanging = self.get(id_)
        if hanging is None:
            raise NotFound(Text("There is no attachment {id}.", id=id_))
        return hanging

    def _kept(self, id_: AttachmentId, name: str, media_type: str, stream: BinaryIO, *, rtf: bool) -> Attachment:
        digest, size = self._writing.blobs.put(stream)
        created = from_microseconds(self._writing.at)
        return Attachment(id=id_, name=name, media_type=media_type, size=size, created=created, digest=digest, rtf=rtf)

    def _columns(self, attachment: Attachment) -> dict[str, object]:
        return {**msgspec.structs.asdict(attachment), "created": self._writing.at}

    def _count(self, item: ItemId) -> int:
        query = select(func.count()).select_from(attachments).where(attachments.c.item == item)
        return self._writing.connection.scalar(query) or 0
