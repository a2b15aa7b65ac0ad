"""A formatted note as a value."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace


class Marker(StrEnum):
    """What stands before a paragraph of a list; the values are HTML's elements of such lists."""

    BULLET = "ul"
    NUMBER = "ol"


class Style(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a run looks. ``link`` is an address that :func:`is_safe_link` takes."""

    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    link: str | None = None


class Run(Struct, frozen=True):
    """Text of one style, never empty; line feeds and tabs in it are line breaks and tabs, and spaces all count."""

    text: str
    style: Style = Style()


class Paragraph(Struct, frozen=True):
    """Runs of differing styles, or none in an empty line."""

    runs: tuple[Run, ...] = ()
    marker: Marker | None = None

    @property
    def text(self) -> str:
        """What it says, without its marker."""
        return "".join(run.text for run in self.runs)


Document = tuple[Paragraph, ...]


def shown(style: Style) -> Style:
    """A style as it counts: a link is underlined everywhere."""
    return replace(style, underline=False) if style.link else style


def joined(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Runs with neighbours of one style made one, and empty ones left out. A space that does not break is a space."""
    grouped = groupby((run for run in runs if run.text), lambda run: run.style)
    return tuple(Run("".join(run.text for run in found).replace("\u00a0", " "), style) for style, found in grouped)


def without_empty_ends(paragraphs: Iterable[Paragraph]) -> Document:
    """Paragraphs without the empty ones at the end, which every program adds to."""
    found = list(paragraphs)
    while found and not found[-1].text.strip():
        found.pop()
    return tuple(found)


def is_plain(document: Document) -> bool:
    """Whether its text says all of it."""
    return all(
        paragraph.marker is None and all(run.style == Style() for run in paragraph.runs) for paragraph in document
    )


def is_safe_link(address: str) -> bool:
    """Whether an address may become a link: nothing that runs in the page, and no other program's errand."""
    return address.strip().lower().startswith(("http://", "https://", "mailto:", "tel:")) and address.isprintable()
