"""The properties of an item that nobody sets, for its accessor and for tables."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from passerelle.peers.outlook.constants import ItemType, MeetingRecipientType
from tests.outlook_double.records import Content, Record
from tests.outlook_double.values import Key, Value, key_of

PICTURE = "ContactPicture.jpg"
ENTRY_ID = key_of("PidTagEntryId")
MESSAGE_CLASS = key_of("PidTagMessageClass")
CREATED = key_of("PidTagCreationTime")
MODIFIED = key_of("PidTagLastModificationTime")
MESSAGE_SIZE = key_of("PidTagMessageSize")
RECURRING = (key_of("PidLidRecurring"), key_of("PidLidTaskFRecurring"))
HAS_PICTURE = key_of("PidLidHasPicture")
PARENT_ID = key_of("PidTagParentEntryId")
HAS_FILES = key_of("PidTagHasAttachments")
SHOWN_TO = {
    key_of("PidTagDisplayTo"): MeetingRecipientType.Required,
    key_of("PidTagDisplayCc"): MeetingRecipientType.Optional,
    key_of("PidTagDisplayBcc"): MeetingRecipientType.Resource,
}
"""Which recipients' names the store keeps in a text."""


def fact_of(record: Record, content: Content, key: Key) -> Value | None:
    """What is so about an item, whoever says what; None if it is nothing of that kind, or not so."""
    fact = _FACTS.get(key)
    return None if fact is None else fact(record, content)


def _names_shown(type_: MeetingRecipientType, record: Record, _: Content) -> str | None:
    """The names of recipients, as the store works them out whenever an item is saved."""
    if not record.exists:
        return None
    invited = record.content.recipients if record.type != ItemType.DistributionListItem else []
    return "; ".join(one.name for one in invited if one.type == type_)


def size_of(content: Content) -> int:
    """About how many bytes an item takes."""
    return 1000 + sum(len(file.data) for file in content.files)


def has_picture(content: Content) -> bool:
    """Whether a contact has a picture: the attachment of that name."""
    return any(file.name == PICTURE for file in content.files)


_FACTS: dict[Key, Callable[[Record, Content], Value | None]] = {
    **dict.fromkeys(RECURRING, lambda _, content: content.pattern is not None),
    ENTRY_ID: lambda record, _: bytes.fromhex(record.entry_id) or None,
    MESSAGE_CLASS: lambda record, _: record.message_class,
    CREATED: lambda record, _: record.created,
    MODIFIED: lambda record, _: record.modified,
    MESSAGE_SIZE: lambda _, content: size_of(content),
    HAS_PICTURE: lambda _, content: has_picture(content),
    PARENT_ID: lambda record, _: bytes.fromhex(record.folder.entry_id) if record.exists else None,
    HAS_FILES: lambda record, _: bool(record.content.files) if record.exists else None,
    **{key: partial(_names_shown, type_) for key, type_ in SHOWN_TO.items()},
}
