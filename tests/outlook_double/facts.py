"""The properties of an item that nobody sets, for its accessor and for tables."""

from __future__ import annotations

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
    }


def size_of(content: Content) -> int:
    """About how many bytes an item takes."""
    return 1000 + sum(len(file.data) for file in content.files)


def has_picture(content: Content) -> bool:
    """Whether a contact has a picture: the attachment of that name."""
    return any(file.name == PICTURE for file in content.files)
