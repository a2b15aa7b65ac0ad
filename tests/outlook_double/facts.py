"""The properties of an item that nobody sets, for its accessor and for tables."""

from __future__ import annotations

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


def facts_of(record: Record, content: Content) -> dict[Key, Value | None]:
    """What is so about an item, whoever says what."""
    facts: dict[Key, Value | None] = dict.fromkeys(RECURRING, content.pattern is not None)
    return facts | {
        ENTRY_ID: bytes.fromhex(record.entry_id) or None,
        MESSAGE_CLASS: record.message_class,
        CREATED: record.created,
        MODIFIED: record.modified,
        MESSAGE_SIZE: size_of(content),
        HAS_PICTURE: has_picture(content),
        **_as_saved(record),
    }


def _as_saved(record: Record) -> dict[Key, Value | None]:
    """What the store works out whenever an item is saved, as Microsoft's pages say."""
    if not record.exists:
        return {}
    invited = record.content.recipients if record.type != ItemType.DistributionListItem else []
    names = {key: "; ".join(one.name for one in invited if one.type == type_) for key, type_ in SHOWN_TO.items()}
    return {
        PARENT_ID: bytes.fromhex(record.folder.entry_id),
        HAS_FILES: bool(record.content.files),
        **names,
    }


def size_of(content: Content) -> int:
    """About how many bytes an item takes."""
    return 1000 + sum(len(file.data) for file in content.files)


def has_picture(content: Content) -> bool:
    """Whether a contact has a picture: the attachment of that name."""
    return any(file.name == PICTURE for file in content.files)
