"""The fields that go one to one between items and elements, driven by the field table (design, section 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import final

import msgspec

from passerelle.model.fields import Field, FieldType, Kind, of
from passerelle.model.items import Appointment, Contact, Item, Task
from passerelle.model.moments import milliseconds
from passerelle.wire.oxxml.markup import escape, flag, legal
from passerelle.wire.oxxml.parsing import Properties
from passerelle.wire.oxxml.values import (
    INT,
    LONG,
    boolean,
    day,
    day_milliseconds,
    instant,
    integer,
)

_STRUCTURES: dict[Kind, type[Item]] = {
    Kind.APPOINTMENT: Appointment,
    Kind.CONTACT: Contact,
    Kind.TASK: Task,
}

_BOUNDS = {
    "color_label": (0, 256, "APP-0021"),
    "percent": (0, 100, "TSK-0030"),
    "target_duration": (0, LONG, "TSK-0055"),
    "actual_duration": (0, LONG, "TSK-0055"),
    "default_address": (0, 3, ""),
}
"""Attribute -> lowest and highest number, code of the refusal (semantics reference, sections 5.1, 7)."""


@final
class Writer:
    """Writes one field: the opening and closing tag are joined once, not per item."""

    __slots__ = ("_closing", "_empty", "_opening", "_text", "element", "name")

    def __init__(self, field: Field) -> None:
        self.name = field.name
        self.element = field.ox_element
        self._opening = f"<ox:{field.ox_element}>"
        self._closing = f"</ox:{field.ox_element}>"
        self._empty = f"<ox:{field.ox_element}/>"
        self._text = _TEXTS[field.type]

    def __call__(self, item: Item) -> str:
        """The element; nothing for an unset value."""
        value = getattr(item, self.name)
        return "" if value is None else f"{self._opening}{self._text(value)}{self._closing}"

    def of(self, value: object) -> str:
        """The element with a value that is at hand already."""
        return f"{self._opening}{self._text(value)}{self._closing}"

    def or_empty(self, item: Item) -> str:
        """The element, empty for an unset value: that clears it on the other side."""
        return self(item) or self._empty


@final
class Direct:
    """The direct fields of one kind, in both directions."""

    def __init__(self, kind: Kind) -> None:
        fields = [field for field in of(kind) if field.direct]
        defaults = {field.name: field.default for field in msgspec.structs.fields(_STRUCTURES[kind])}
        self.writers = {field.ox_element: Writer(field) for field in fields}
        self._readers = {
            field.ox_element: (field.name, _reader(field), defaults[field.name]) for field in fields if field.accepted
        }

    def read(self, properties: Properties, current: Item | None) -> dict[str, object]:
        """The values that the elements say: absent keeps, empty clears.

        A text that is what the current one looks like on the wire keeps the current one.

        Raises:
            Invalid: a number or date that is none, or out of range.
        """
        found: dict[str, object] = {}
        readers = self._readers
        for element, text in properties.texts.items():
            reader = readers.get(element)
            if reader is not None:
                name, read, default = reader
                found[name] = read(text, element) if text else default
        if current is not None:
            _keep_same_texts(found, current)
        return found

    def elements(self, order: Iterable[str]) -> tuple[Writer, ...]:
        """The writers of some elements, in their order."""
        return tuple(self.writers[element] for element in order)


def same_text(sent: object, current: object) -> bool:
    """Whether a text came back as it was given, but for what XML and its readers do to line ends."""
    if not isinstance(sent, str) or not isinstance(current, str):
        return sent == current
    return sent == current or _line_feeds(sent) == _line_feeds(legal(current))


def _line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _keep_same_texts(found: dict[str, object], current: Item) -> None:
    for name in [name for name, value in found.items() if isinstance(value, str)]:
        if same_text(found[name], getattr(current, name)):
            del found[name]


def _reader(field: Field) -> Callable[[str, str], object]:
    if field.type is FieldType.NUMBER:
        low, high, code = _BOUNDS.get(field.name, (-INT - 1, INT, ""))
        return lambda text, name: integer(text, name, low, high, code) if text.strip() else 0
    return _READERS[field.type]


def _read_text(text: str, name: str) -> str | None:  # noqa: ARG001 - all readers are called alike
    return text


def _read_flag(text: str, name: str) -> bool:  # noqa: ARG001 - all readers are called alike
    return boolean(text)


def _read_date(text: str, name: str) -> date | None:
    return day(integer(text, name, -LONG - 1, LONG), name) if text.strip() else None


def _read_instant(text: str, name: str) -> datetime | None:
    return instant(integer(text, name, -LONG - 1, LONG), name) if text.strip() else None


_READERS: dict[FieldType, Callable[[str, str], object]] = {
    FieldType.TEXT: _read_text,
    FieldType.YES_NO: _read_flag,
    FieldType.DATE: _read_date,
    FieldType.INSTANT: _read_instant,
}

_TEXTS: dict[FieldType, Callable[..., str | int]] = {
    FieldType.TEXT: escape,
    FieldType.NUMBER: int,
    FieldType.YES_NO: flag,
    FieldType.DATE: day_milliseconds,
    FieldType.INSTANT: milliseconds,
}
