"""The plain properties of appointments and tasks: texts, categories, class, colour, links (RFC 5545, 3.8.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from passerelle.model.items import Appointment, Task
from passerelle.model.patch import Patch
from passerelle.wire.contentlines import ContentLine, escape, line, split, unescape
from passerelle.wire.facets import Whole

Dated = Appointment | Task
"""What has texts in iCalendar."""

_COLORS = {
    1: "red",
    2: "blue",
    3: "green",
    4: "gray",
    5: "orange",
    6: "turquoise",
    7: "olive",
    8: "purple",
    9: "teal",
    10: "yellow",
}
"""Outlook's labels (semantics reference, 5.1) as colours of RFC 7986, section 5.9; all other numbers go beside."""
_LABELS = {name: label for label, name in _COLORS.items()}
LABEL = "X-PASSERELLE-COLOR-LABEL"


def text(name: str, field: str) -> Whole[Dated]:
    """Return the aspect of one property that is one text; an empty one is none."""

    def decode(lines: Sequence[ContentLine]) -> Patch:
        return {field: unescape(lines[0].value) or None}

    def encode(item: Dated) -> list[str]:
        value: str | None = getattr(item, field)
        return [line(name, escape(value))] if value else []

    return Whole((name,), decode, encode)


def _decode_note(lines: Sequence[ContentLine]) -> Patch:
    plain = next((each.value for each in lines if each.name == "DESCRIPTION"), "")
    html = next((each.value for each in lines if _is_html(each)), "")
    return {"note": unescape(plain) or None, "note_html": unescape(html) or None}


def _is_html(each: ContentLine) -> bool:
    return each.name != "DESCRIPTION" and (each.param("FMTTYPE") or "").lower() == "text/html"


def _encode_note(item: Dated) -> list[str]:
    lines = [line("DESCRIPTION", escape(item.note))] if item.note else []
    if item.note_html:
        lines.append(line("X-ALT-DESC", escape(item.note_html), ("FMTTYPE", "text/html")))
    return lines


def words(value: str) -> list[str]:
    """Return the texts of a list of texts, without the empty ones."""
    return [word for part in split(value, ",") if (word := unescape(part).strip())]


def _decode_categories(lines: Sequence[ContentLine]) -> Patch:
    return {"categories": tuple(dict.fromkeys(word for each in lines for word in words(each.value)))}


def encode_categories(categories: Sequence[str]) -> list[str]:
    """Return the one line of an item's categories."""
    return [line("CATEGORIES", ",".join(escape(word) for word in categories))] if categories else []


def _decode_contacts(lines: Sequence[ContentLine]) -> Patch:
    return {"contacts": tuple(found for each in lines if (found := unescape(each.value)))}


def _decode_class(lines: Sequence[ContentLine]) -> Patch:
    # An unknown class counts as PRIVATE (RFC 5545, section 3.8.1.3).
    return {"private": lines[0].value.strip().upper() not in {"PUBLIC", ""}}


def _decode_color(lines: Sequence[ContentLine]) -> Patch:
    own = next((number(each.value) for each in lines if each.name == LABEL), None)
    color = next((_LABELS.get(each.value.strip().lower()) for each in lines if each.name == "COLOR"), None)
    return {"color_label": own if own is not None else color or 0}


def _encode_color(item: Dated) -> list[str]:
    label = item.color_label
    if label in _COLORS:
        return [line("COLOR", _COLORS[label])]
    return [line(LABEL, str(label))] if label else []


def number(value: str) -> int | None:
    """Return the value of an INTEGER property, or None if it is not one."""
    return int(value) if re.fullmatch(r"\s*[+-]?\d{1,9}\s*", value) else None


def integer(name: str, field: str, default: int) -> Whole[Dated]:
    """Return the aspect of one property that is a whole number, not written where it has its default."""

    def decode(lines: Sequence[ContentLine]) -> Patch:
        found = number(lines[0].value)
        return {field: default if found is None else found}

    def encode(item: Dated) -> list[str]:
        value: int = getattr(item, field)
        return [line(name, str(value))] if value != default else []

    return Whole((name,), decode, encode)


def _decode_url(lines: Sequence[ContentLine]) -> Patch:
    return {"url": lines[0].value or None}


_class: Callable[[Dated], list[str]] = lambda item: ["CLASS:PRIVATE"] if item.private else []  # noqa: E731

TEXTS: tuple[Whole[Dated], ...] = (
    text("SUMMARY", "title"),
    text("LOCATION", "location"),
    Whole(("DESCRIPTION", "X-ALT-DESC", "STYLED-DESCRIPTION"), _decode_note, _encode_note),
    Whole(("CATEGORIES",), _decode_categories, lambda item: encode_categories(item.categories)),
    Whole(("CLASS",), _decode_class, _class),
    Whole(("COLOR", LABEL), _decode_color, _encode_color),
    Whole(("CONTACT",), _decode_contacts, lambda item: [line("CONTACT", escape(text)) for text in item.contacts]),
    Whole(("URL",), _decode_url, lambda item: [line("URL", item.url)] if item.url else []),
    integer("SEQUENCE", "sequence", 0),
)
"""What appointments and tasks have in common."""
