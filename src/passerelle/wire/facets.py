"""How one aspect of an item stands in content lines, and how nothing of those lines is lost.

An aspect maps some properties to some attributes. Where the model cannot say all that the lines said, the lines
are kept beside the item; on writing they are used again as long as reading them still gives the item's values,
and are replaced by lines made from the model once the item was changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from passerelle.model.patch import Patch
from passerelle.wire.contentlines import ContentLine, parse

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)

Lines = Mapping[str, Sequence[ContentLine]]
"""The lines of one component by their property's name."""


class Aspect(Protocol[T_contra]):
    """What :class:`Whole` and :class:`Slots` have in common."""

    @property
    def names(self) -> tuple[str, ...]:
        """The properties that the aspect reads and writes."""

    def read(self, lines: Lines) -> Patch:
        """Return the attributes that the lines set."""

    def kept(self, lines: Lines, item: T_contra) -> list[ContentLine]:
        """Return the lines to keep beside the item that was read, because the item cannot say them."""

    def write(self, item: T_contra, kept: Lines) -> list[str]:
        """Return the unfolded lines of the item."""


class Whole(Struct, Generic[T], frozen=True):
    """An aspect whose lines make sense together only.

    ``decode`` never fails: what it cannot read leaves the attributes at their defaults.
    """

    names: tuple[str, ...]
    decode: Callable[[Sequence[ContentLine]], Patch]
    encode: Callable[[T], list[str]]

    def read(self, lines: Lines) -> Patch:
        """See :class:`Aspect`."""
        found = _of(self.names, lines)
        return self.decode(found) if found else {}

    def kept(self, lines: Lines, item: T) -> list[ContentLine]:
        """See :class:`Aspect`."""
        found = _of(self.names, lines)
        if not found or _texts(found) == sorted(self.encode(item)):
            return []
        return list(found)

    def write(self, item: T, kept: Lines) -> list[str]:
        """See :class:`Aspect`."""
        lines = _of(self.names, kept)
        if lines and _holds(self.decode(lines), item):
            return [line.text for line in lines]
        return self.encode(item)


class Slots(Struct, Generic[T], frozen=True):
    """An aspect with one line per group of attributes, such as an address, and lines beyond those.

    ``assign`` says for each line which attributes it sets, or None where all places are taken. A line of
    which the place does not follow from the lines before it gets ``marker`` as a parameter.
    """

    names: tuple[str, ...]
    assign: Callable[[Sequence[ContentLine]], list[Patch | None]]
    encode: Callable[[T, frozenset[str]], list[tuple[str, Patch]]]
    """The lines of an item, each with what it says, without those attributes that were already written."""
    marker: str
    place: Callable[[Patch | None], str]
    """The marker's value for what a line sets."""

    def read(self, lines: Lines) -> Patch:
        """See :class:`Aspect`."""
        found = _of(self.names, lines)
        values: dict[str, object] = {}
        for patch in self.assign(found) if found else ():
            values.update(patch or {})
        return values

    def kept(self, lines: Lines, item: T) -> list[ContentLine]:
        """See :class:`Aspect`."""
        found = _of(self.names, lines)
        if not found or _texts(found) == sorted(self.write(item, {})):
            return []
        return list(found)

    def write(self, item: T, kept: Lines) -> list[str]:
        """See :class:`Aspect`."""
        written: list[tuple[ContentLine, Patch | None]] = []
        done: set[str] = set()
        lines = _of(self.names, kept)
        for line, patch in zip(lines, self.assign(lines), strict=True):
            if patch is None or _holds(patch, item):
                written.append((line, patch))
                done.update(patch or ())
        written += [(parse(text), patch) for text, patch in self.encode(item, frozenset(done))]
        return self._marked(written) if written else []

    def _marked(self, written: list[tuple[ContentLine, Patch | None]]) -> list[str]:
        found = self.assign([line for line, _ in written])
        return [
            line.text if patch == meant else _with_param(line, self.marker, self.place(meant))
            for (line, meant), patch in zip(written, found, strict=True)
        ]


def _of(names: tuple[str, ...], lines: Lines) -> Sequence[ContentLine]:
    present = [name for name in names if name in lines]
    if len(present) < 2:  # noqa: PLR2004 - nothing to put in order
        return lines[present[0]] if present else ()
    return sorted((line for name in present for line in lines[name]), key=lambda line: line.number)


def _texts(lines: Sequence[ContentLine]) -> list[str]:
    return sorted(line.text for line in lines)


def _holds(patch: Patch, item: object) -> bool:
    return all(getattr(item, name) == value for name, value in patch.items())


def _with_param(line: ContentLine, name: str, value: str) -> str:
    head = line.text[: len(line.text) - len(line.value) - 1]
    others = re.sub(f";{name}=[^;]*", "", head)
    return f"{others};{name}={value}:{line.value}"
