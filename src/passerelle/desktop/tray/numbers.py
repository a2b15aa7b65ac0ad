"""A menu as the bus has it (com.canonical.dbusmenu, version 3): each entry has a number. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, final

from passerelle.desktop.bus import UnknownCall, Value
from passerelle.desktop.tray.menu import Entry, Order
from passerelle.model.text import Text

ROOT: Final = 0
Say = Callable[[Text], str]


@final
class Numbers:
    """Numbers of entries. What a click does keeps its number for good: the click may be on a menu shown earlier."""

    def __init__(self) -> None:
        self._known: dict[Order | tuple[int, int], int] = {}

    def of(self, entry: Entry, parent: int, position: int) -> int:
        """The number of an entry; one that cannot be clicked is known by its place."""
        key = (parent, position) if entry.order is None else entry.order
        return self._known.setdefault(key, len(self._known) + 1)


@final
class NumberedMenu:
    """The entries of one menu with their numbers; ``revision`` tells it from others."""

    def __init__(self, entries: Sequence[Entry], say: Say, revision: int, numbers: Numbers) -> None:
        self.revision = revision
        self._say = say
        self._numbers = numbers
        self._entries: dict[int, Entry] = {}
        self._children: dict[int, list[int]] = {}
        self._enter(Entry(entries=tuple(entries)), ROOT)

    def order(self, number: int) -> Order | None:
        """What a click on an entry has done. One of a menu that was shown earlier may be gone: then nothing."""
        return self._entries[number].order if number in self._entries else None

    def layout(self, number: int, depth: int) -> tuple[int, Mapping[str, Value], list[Value]]:
        """An entry with those below it, as many levels deep; -1: all. Raises UnknownCall: there is none."""
        if number not in self._entries:
            raise UnknownCall
        children = self._children[number] if depth else []
        return number, self.properties(number), [("(ia{sv}av)", self.layout(child, depth - 1)) for child in children]

    def properties(self, number: int) -> dict[str, Value]:
        """What an entry looks like; what is left out is as the specification has it by default."""
        entry = self._entries[number]
        if self._children[number]:
            opens: dict[str, Value] = {"children-display": ("s", "submenu")}
            return opens if number == ROOT else {"label": ("s", self._label(entry)), **opens}
        if not entry.text:
            return {"type": ("s", "separator")}
        return {"label": ("s", self._label(entry)), "enabled": ("b", entry.order is not None)}

    def group(self, numbers: Collection[int]) -> list[tuple[int, Mapping[str, Value]]]:
        """The properties of several entries; of all if none is named."""
        wanted = numbers or self._entries
        return [(number, self.properties(number)) for number in wanted if number in self._entries]

    def _label(self, entry: Entry) -> str:
        return self._say(entry.text).replace("_", "__")  # one alone would underline the next letter

    def _enter(self, entry: Entry, number: int) -> int:
        self._entries[number] = entry
        self._children[number] = [
            self._enter(child, self._numbers.of(child, number, position))
            for position, child in enumerate(entry.entries)
        ]
        return number
