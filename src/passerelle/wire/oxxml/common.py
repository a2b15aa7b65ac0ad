"""What all kinds of objects share: ids, authorship, categories, attachments (OX reference, section 9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from urllib.parse import quote_plus, unquote_plus

from msgspec import Struct

from passerelle.model.errors import Missing
from passerelle.model.ids import AttachmentId, FolderId, ItemId, Stamp, UserId
from passerelle.model.moments import milliseconds
from passerelle.model.records import Attachment, ItemRecord
from passerelle.wire.oxxml.markup import attribute, escape, flag
from passerelle.wire.oxxml.parsing import Element, Properties
from passerelle.wire.oxxml.series import exception_day
from passerelle.wire.oxxml.values import LONG, boolean, days, instant, integer


class ObjectStatus(StrEnum):
    """What a response of a read stands for (section 4.2)."""

    CREATE = "CREATE"
    DELETE = "DELETE"
    LIST = "LIST"


class AttachmentEntry(Struct, frozen=True, kw_only=True):
    """An attachment as an answer lists it; its size is only known when it is fetched."""

    id: AttachmentId
    name: str
    media_type: str
    created: datetime
    rtf: bool = False


class Header(Struct, frozen=True, kw_only=True):
    """What an answer says of an object beside its content.

    ``master`` is set on change exceptions, ``day`` then names the occurrence they replace. ``changed`` lists
    the days of a master's change exceptions. ``created`` and the authors are None where the server did not
    say.
    """

    id: ItemId
    status: ObjectStatus
    folder: FolderId | None = None
    stamp: Stamp | None = None
    created_by: UserId | None = None
    created: datetime | None = None
    modified_by: UserId | None = None
    master: ItemId | None = None
    day: date | None = None
    changed: tuple[date, ...] = ()
    attachments: tuple[AttachmentEntry, ...] = ()


def header(properties: Properties) -> Header:
    """What an answer says of an object beside its content; also of a deletion stub.

    Raises:
        Missing: there is no ``object_id``.
        Invalid: a value is malformed.
    """
    number = _number(properties, "object_id")
    if number is None:
        raise Missing("The answer names no object_id.", "object_id")
    master, created = _number(properties, "recurrence_id"), _number(properties, "creation_time")
    folder, stamp = _number(properties, "folder_id"), _number(properties, "last_modified")
    created_by, modified_by = _number(properties, "created_by"), _number(properties, "modified_by")
    changed = properties.text("changeexceptions")
    return Header(
        id=ItemId(number),
        status=_status(properties),
        folder=None if folder is None else FolderId(folder),
        stamp=None if stamp is None else Stamp(stamp),
        created_by=None if created_by is None else UserId(created_by),
        created=None if created is None else instant(created, "creation_time"),
        modified_by=None if modified_by is None else UserId(modified_by),
        master=ItemId(master) if master and master != number else None,
        day=exception_day(properties),
        changed=days(changed, "changeexceptions") if changed else (),
        attachments=tuple([_attachment(child) for child in properties.children("attachments")]),
    )


def identity(record: ItemRecord) -> str:
    """Authors, times, id and folder, in Java's order.

    An object without a folder gets Java's odd pair (section 9).
    """
    place = f"<ox:folder_id>{record.folder}</ox:folder_id>"
    if not record.folder:
        place = "<ox:folder_id>-1</ox:folder_id><ox:personal_folder_id>0</ox:personal_folder_id>"
    return (
        f"<ox:created_by>{record.created_by}</ox:created_by>"
        f"<ox:creation_time>{milliseconds(record.created)}</ox:creation_time>"
        f"<ox:modified_by>{record.modified_by}</ox:modified_by>"
        f"<ox:last_modified>{record.stamp}</ox:last_modified>"
        f"<ox:object_id>{record.id}</ox:object_id>{place}"
    )


def attachments(files: Sequence[Attachment]) -> str:
    """The ``attachments`` element; nothing where there are none. File names are URL-encoded (section 9)."""
    if not files:
        return ""
    return f"<ox:attachments>{''.join([_encode_attachment(one) for one in files])}</ox:attachments>"


def _encode_attachment(one: Attachment) -> str:
    return (
        f'<ox:attachment ox:id="{one.id}" ox:last_modified="{milliseconds(one.created)}"'
        f' ox:mimetype="{attribute(one.media_type)}" ox:rtf_flag="{flag(one.rtf)}">'
        f"{escape(quote_plus(one.name))}</ox:attachment>"
    )


def _attachment(child: Element) -> AttachmentEntry:
    said = child.attributes
    return AttachmentEntry(
        id=AttachmentId(integer(said.get("id", ""), "attachments", 0, LONG)),
        name=unquote_plus(child.text.strip()),
        media_type=said.get("mimetype", "application/octet-stream"),
        created=instant(integer(said.get("last_modified", "0"), "attachments", -LONG, LONG), "attachments"),
        rtf=boolean(said.get("rtf_flag", "")),
    )


def categories(words: Sequence[str]) -> str:
    """The ``categories`` element: names with commas between them; nothing where there are none."""
    return f"<ox:categories>{escape(','.join(words))}</ox:categories>" if words else ""


def plain_categories(words: Sequence[str]) -> tuple[str, ...]:
    """The categories as they read back from their element, where a comma always separates."""
    return split_categories(",".join(words))


def split_categories(text: str) -> tuple[str, ...]:
    """The names in a ``categories`` element, each once; KDE puts a blank after the comma."""
    return tuple(dict.fromkeys(word for part in text.split(",") if (word := part.strip())))


def _status(properties: Properties) -> ObjectStatus:
    text = properties.text("object_status")
    if text is None or text == "CREATE":  # as nearly all are
        return ObjectStatus.CREATE
    return ObjectStatus.DELETE if text.strip().upper() == "DELETE" else ObjectStatus.CREATE


def _number(properties: Properties, name: str) -> int | None:
    text = properties.text(name)
    if not text:
        return None
    if text.isdecimal() and text.isascii() and len(text) < _ANY_LONG:  # seven of each object: no bound to look at
        return int(text)
    return integer(text, name, -LONG - 1, LONG) if text.strip() else None


_ANY_LONG = 19
"""A number of fewer digits fits into 64 bits."""
