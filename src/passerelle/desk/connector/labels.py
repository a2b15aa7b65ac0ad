"""What people call the fields of items, where two versions stand side by side."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from markupsafe import Markup
from msgspec import Struct

from passerelle.desk.contacts.form import HEAD, TABS
from passerelle.desk.tasks.form import NUMBERS, TEXTS
from passerelle.groupware.describing import differences
from passerelle.model.items import Item
from passerelle.model.notes import clean
from passerelle.model.text import Text

_LABELS: Final = {
    "title": Text("Subject"), "location": Text("Place"), "when": Text("Time"),
    "note": Text("Note"), "note_html": Text("Note"),
    "shown_as": Text("Shown as"), "alarm": Text("Reminder"), "color_label": Text("Label colour"),
    "categories": Text("Categories"), "private": Text("Private"), "participants": Text("Participants"),
    "recurrence": Text("Repetition"), "start": Text("Start"), "due": Text("Due"), "status": Text("Status"),
    "percent": Text("Done, percent"), "priority": Text("Priority"), "completed": Text("Done on"),
    "photo": Text("Picture"), "members": Text("Addresses"),
    **HEAD, **TEXTS, **NUMBERS,
    **{name: label for tab in TABS.values() for name, label in tab.items()},
}  # fmt: skip


class Row(Struct, frozen=True):
    """A field of two versions. Both are in words; those of a formatted note are markup."""

    name: str
    label: str
    first: str
    second: str


def label_of(field: str) -> str:
    """What people call a field."""
    return _LABELS.get(field, field.replace("_", " "))


def side_by_side(first: Item | None, second: Item | None, only: Collection[str] | None = None) -> list[Row]:
    """Each field that differs, or of some of these, with both values."""
    return [
        Row(name, label_of(name), _shown(name, mine), _shown(name, theirs))
        for name, mine, theirs in differences(first, second, only)
    ]


def _shown(field: str, value: str) -> str:
    return Markup(clean(value)) if field == "note_html" else value  # noqa: S704 - cleaned, it is what notes are shown as
