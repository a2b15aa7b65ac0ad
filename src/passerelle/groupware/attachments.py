"""Files that hang on items: who may add, read and remove them, and how much room they take (semantics, section 8).

Whoever may change an item may hang files on it and take them off; whoever may read it may read them. Either change
gives the item a new stamp, so that every client of the folder learns of it.
"""

from __future__ import annotations

from typing import BinaryIO

from msgspec import Struct

from passerelle.groupware.access import Located, locate, read_item, require_write
from passerelle.groupware.actor import Actor
from passerelle.model.errors import Contradiction, Invalid, Missing, NotFound
from passerelle.model.folders import Module
from passerelle.model.ids import AttachmentId, FolderId, ItemId, Stamp, UserId
from passerelle.model.records import Attachment
from passerelle.model.text import Text
from passerelle.store import Reading, Writing

MAX_NAME = 255
_MIB = 1024 * 1024
_MISSING = {Module.TASKS: "TSK-0022", Module.CONTACTS: "CON-0400"}
_SETTING = "attachment limits"


class AttachmentLimits(Struct, frozen=True, kw_only=True):
    """How large a file, all files of an item, and all files of the items that one user made may be, in bytes."""

    file: int = 25 * _MIB
    item: int = 100 * _MIB
    user: int = 1024 * _MIB


class NewFile(Struct, frozen=True, kw_only=True):
    """A file to be hung on an item. ``stream`` is read once, from where it stands to its end."""

    name: str
    media_type: str
    size: int
    stream: BinaryIO
    rtf: bool = False


class Target(Struct, frozen=True):
    """An item as a request names it; without a folder it is looked for wherever the actor may read it."""

    item: ItemId
    module: Module
    folder: FolderId | None = None


def limits(tx: Reading) -> AttachmentLimits:
    """The limits that the administrator has set, or the defaults."""
    return tx.sync.get(_SETTING, AttachmentLimits) or AttachmentLimits()


def set_limits(tx: Writing, chosen: AttachmentLimits) -> None:
    """Let other limits hold for files that are added from now on.

    Raises:
        Invalid: one of them is negative.
    """
    if min(chosen.file, chosen.item, chosen.user) < 0:
        raise Invalid("A limit cannot be negative.", "limits")
    tx.sync.set(_SETTING, chosen)


def attach(
    tx: Writing, actor: Actor, target: Target, file: NewFile, replaced: AttachmentId | None
) -> tuple[Attachment, Stamp]:
    """Hang a file on an item, or put it in the place of ``replaced``; return it with the item's new stamp."""
    found = locate(tx, actor, target.item, target.module, target.folder)
    require_write(found, actor)
    name = plain_name(file.name)
    before = None if replaced is None else _of_item(tx, target, replaced)
    _check_room(tx, found, name, file.size, before)
    _make_room(tx, found.record.created_by, file.size)
    if before is None:
        attachment = tx.attachments.add(target.item, name, file.media_type, file.stream, rtf=file.rtf)
    else:
        attachment = tx.attachments.replace(before.id, name, file.media_type, file.stream, rtf=file.rtf)
    return attachment, _stamp(tx, found)


def detach(tx: Writing, actor: Actor, target: Target, id_: AttachmentId) -> Stamp:
    """Take a file off an item; return the item's new stamp."""
    found = locate(tx, actor, target.item, target.module, target.folder)
    require_write(found, actor)
    tx.attachments.remove(_of_item(tx, target, id_).id)
    return _stamp(tx, found)


def read(tx: Reading, actor: Actor, target: Target, id_: AttachmentId) -> tuple[Attachment, BinaryIO]:
    """A file and its open bytes, which the caller closes.

    Raises:
        NotFound: the item is not there or not readable, or the file does not hang on it.
    """
    read_item(tx, actor, target.item, target.module, target.folder)
    attachment = _of_item(tx, target, id_)
    return attachment, tx.attachments.open(attachment.digest)


def plain_name(name: str) -> str:
    """A file's name without the folders that some clients send with it.

    Raises:
        Missing: nothing is left.
        Invalid: it is too long, or has control characters.
    """
    plain = name.replace("\\", "/").rpartition("/")[2].strip()
    if not plain or plain in {".", ".."}:
        raise Missing("The attachment has no file name.", "filename")
    if len(plain) > MAX_NAME:
        raise Invalid(Text("The name of the attachment is longer than {most} characters.", most=MAX_NAME), "filename")
    if not plain.isprintable():
        raise Invalid("The name of the attachment contains control characters.", "filename")
    return plain


def _of_item(tx: Reading, target: Target, id_: AttachmentId) -> Attachment:
    hanging = tx.attachments.get(id_)
    if hanging is None or hanging.item != target.item:
        raise NotFound(Text("There is no attachment {id} on this item.", id=id_), _MISSING.get(target.module, ""))
    return hanging.attachment


def _check_room(tx: Reading, found: Located, name: str, size: int, before: Attachment | None) -> None:
    allowed = limits(tx)
    freed = 0 if before is None else before.size
    on_item = sum(one.size for one in tx.attachments.of(found.record.id)) - freed + size
    for needed, limit, what in (
        (size, allowed.file, "one file"),
        (on_item, allowed.item, "all files of one item"),
        (
            tx.attachments.size_of(found.record.created_by) - freed + size,
            _room_of(tx, found.record.created_by),
            "all files of one user",
        ),
    ):
        if needed > limit:
            raise Contradiction(
                Text(
                    "“{name}” is not kept: {what} may take {limit} MiB, and with it would take {size:.1f} MiB. "
                    "Remove other files, or ask your administrator for more room.",
                    name=name,
                    what=what,
                    limit=limit // _MIB,
                    size=needed / _MIB,
                )
            )


def _room_of(tx: Reading, user: UserId) -> int:
    """How many bytes the files of all items that a user made may take."""
    known = tx.principals.user(user)
    own = None if known is None else known.attachment_quota
    return limits(tx).user if own is None else own


def _make_room(tx: Writing, user: UserId, size: int) -> None:
    """Let files that are only kept for undo go where they would take a user beyond the limit with what is there."""
    kept = tx.attachments.former_size_of(user)
    if kept and tx.attachments.size_of(user) + kept + size > _room_of(tx, user):
        tx.attachments.forget_former_of(user)


def _stamp(tx: Reading, found: Located) -> Stamp:
    record = tx.items.get(found.record.id, None)
    if record is None:
        raise NotFound(Text("There is no item {id}.", id=found.record.id))
    return record.stamp
