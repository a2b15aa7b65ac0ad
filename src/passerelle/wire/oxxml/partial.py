"""Partial writes: which attributes a write touches, and elements that kinds share (OX reference, 3.1).

Absent keeps, empty clears. What an element cannot say of a value is kept if the element says what it was
given.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from passerelle.model.items import Appointment, Item, Task
from passerelle.model.participants import Participant
from passerelle.wire.oxxml import people
from passerelle.wire.oxxml.common import categories, plain_categories, split_categories
from passerelle.wire.oxxml.direct import Direct, Writer
from passerelle.wire.oxxml.parsing import Properties

CONTROL = frozenset({
    "object_id", "folder_id", "folder", "last_modified", "client_id", "method", "recurrence_position",
    "recurrence_date_position", "recurrence_id", "ignore_conflicts", "notify_participants", "object_status",
})  # fmt: skip
"""Elements that steer a write or say what an object is, but are no part of its content (section 5.1)."""


def has_content(properties: Properties) -> bool:
    """Whether a write says anything of an object's content.

    A write of control elements only, such as KDE's move, leaves reminder and recurrence alone: the rule that
    their absence removes them (section 11.3) is about updates of content.
    """
    return properties.extension is not None or not properties.texts.keys() <= CONTROL


def touches(changed: Collection[str] | None, name: str) -> bool:
    """Whether a write concerns an attribute: a new object all, an update those that changed."""
    return changed is None or name in changed


def text(writer: Writer, item: Item, changed: Collection[str] | None) -> str:
    """A direct field in a write: if set in a new object, if changed in an update, empty where cleared."""
    if changed is None:
        return writer(item)
    return writer.or_empty(item) if writer.name in changed else ""


def participants_written(item: Appointment | Task, changed: Collection[str] | None) -> str:
    """The participants in a write, complete; an empty element where an update removes them all."""
    if not touches(changed, "participants"):
        return ""
    if item.participants:
        return people.encode(item.participants)
    return "" if changed is None else "<ox:participants/>"


def categories_written(item: Item, changed: Collection[str] | None) -> str:
    """The categories in a write; an empty element where an update removes them all."""
    if not touches(changed, "categories"):
        return ""
    return categories(item.categories) or ("" if changed is None else "<ox:categories/>")


def unsaid(
    item: Item, names: Iterable[str], defaults: Mapping[str, object], changed: Collection[str] | None
) -> dict[str, object]:
    """The attributes that only the extension can say: all set ones, or in an update all changed ones."""
    if changed is None:
        return {name: value for name in names if (value := getattr(item, name)) != defaults[name]}
    return {name: getattr(item, name) for name in names if name in changed}


def ambiguous_categories(item: Item) -> bool:
    """Whether the categories read back differently from their element: one has a comma in it."""
    return bool(item.categories) and plain_categories(item.categories) != item.categories


def people_beyond_elements(participants: Sequence[Participant]) -> bool:
    """Whether something is known of a participant that the element cannot say."""
    return any(not people.is_plain(one) for one in participants)


def defaults(kind: type[Item]) -> dict[str, object]:
    """The default of each attribute."""
    return {field.name: field.default for field in msgspec.structs.fields(kind)}


def read_shared(direct: Direct, properties: Properties, current: Item | None) -> dict[str, object]:
    """The direct fields and categories that elements say; ``current`` None takes each as it stands.

    A plain note that differs from the current one takes the formatted one with it (design, section 4).

    Raises:
        Invalid: a value is malformed or out of range.
    """
    found = direct.read(properties, current)
    words = properties.text("categories")
    if words is not None:
        sent = split_categories(words)
        if current is None or sent != plain_categories(current.categories):
            found["categories"] = sent
    if current is not None and current.note_html is not None and "note" in found:
        found["note_html"] = None
    return found


def read_participants(
    properties: Properties, current: Appointment | Task | None, code: str = "APP-0008"
) -> dict[str, object]:
    """The participants that elements say, if they do.

    Those of ``current`` lend what the interface cannot say. ``code`` is that of a missing mail address.

    Raises:
        Invalid, Missing: as :func:`people.read`.
    """
    if "participants" not in properties:
        return {}
    return {"participants": people.read(properties, None if current is None else current.participants, code)}
