"""Who wrote what, having seen what: tells a lost edit from one that somebody overwrote who had seen it.

Each edit writes a value of its own. It is *covered* by a value if that was written by somebody who saw it, directly or
through others, or if a device decided for that and kept both in its history. A field that ends with a value that
somebody has overwritten means that their edit was lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from passerelle.model.items import Appointment, Contact, Item
from passerelle.model.records import ItemRecord

Name = tuple[str, datetime | None]
"""An item by its title, which nobody changes; a change exception also by what it replaces."""

WATCHED = ("note", "location", "company", "billing_information")
"""Fields that get values of their own."""


@dataclass(frozen=True)
class Edit:
    """A value that was accepted where it was written."""

    name: Name
    field: str
    value: str
    place: int


@dataclass
class Ledger:
    """All edits, and who has deleted what."""

    edits: list[Edit] = field(default_factory=list)
    born: dict[Name, int] = field(default_factory=dict)
    _before: dict[str, str | None] = field(default_factory=dict)
    _beaten: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _deleted: dict[str, list[set[str]]] = field(default_factory=lambda: defaultdict(list))
    taken_off: set[str] = field(default_factory=set)
    """Digests of files that somebody took off, or replaced."""
    _given_up: set[str] = field(default_factory=set)
    _taken_back: set[str] = field(default_factory=set)
    _put_back: set[str] = field(default_factory=set)
    _hung: list[tuple[Name, str, int]] = field(default_factory=list)
    refused: set[tuple[str, int]] = field(default_factory=set)
    """Titles of which the server did not take a change that was made at that place."""
    rescheduled: set[str] = field(default_factory=set)
    """Series that were given other times, which ends their exceptions."""
    copied: set[str] = field(default_factory=set)
    """Titles of which the user was told that a copy is kept elsewhere."""
    parted: set[str] = field(default_factory=set)
    """Titles of a series that became two: given another pattern elsewhere meanwhile, both may have an occurrence."""

    def wrote(self, name: Name, field_: str, value: str, before: object, place: int) -> None:
        """An edit was accepted; its author saw ``before``."""
        self.edits.append(Edit(name, field_, value, place))
        self._before[value] = before if isinstance(before, str) else None

    def hung_on(self, name: Name, digest: str, place: int) -> None:
        """A file was accepted; no two have the same content."""
        self._hung.append((name, digest, place))

    def deleted(self, record: ItemRecord, awaited: Collection[str] = ()) -> None:
        """Somebody deleted an item, as it stood before them, and who was told of files that have yet to come."""
        item = record.item
        seen = {value for name in WATCHED if isinstance(value := getattr(item, name, None), str)}
        self._deleted[title_of(item)].append(seen.union(awaited, (file.digest for file in record.attachments)))

    def took_back(self, value: str, now: object) -> None:
        """Somebody who saw a value had one from before put in its place."""
        self._taken_back.add(value)
        self._gave_way(value, now)
        if isinstance(now, str):
            self._put_back.add(now)

    def _gave_way(self, value: str, now: object) -> None:
        if isinstance(now, str):
            self._beaten[now].add(value)
        else:
            self._given_up.add(value)

    def decided(self, kept: Item, lost: Item) -> None:
        """A device decided between two versions by itself, and has both in its history."""
        for name in WATCHED:
            winner, loser = getattr(kept, name, None), getattr(lost, name, None)
            if isinstance(loser, str) and winner != loser:
                self._gave_way(loser, winner)

    def covers(self, value: str) -> set[str]:
        """A value and all that were overwritten, or gave way by a device's decision, on the way to it."""
        found: set[str] = set()
        waiting = [value]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                before = self._before.get(one)
                waiting += [*self._beaten[one], *([] if before is None else [before])]
        return found

    def complaints(self, there: Iterable[ItemRecord]) -> list[str]:
        """What is lost, given everything that is there in the end."""
        records = list(there)
        items: Mapping[Name, list[Item]] = defaultdict(list)
        for record in records:
            items[name_of(record.item)].append(record.item)
        lost = [self._lost(edit, self._found(edit, items)) for edit in self.edits]
        missing = [f"{name} is gone, and nobody deleted it" for name in self.born if self._is_missing(name, items)]
        return [one for one in lost if one is not None] + missing + list(self._lost_files(records))

    def _lost_files(self, there: Iterable[ItemRecord]) -> Iterator[str]:
        """The files that nobody took off, of items that nobody deleted who saw them, and that are nowhere."""
        here = {(title_of(record.item), file.digest) for record in there for file in record.attachments}
        for (title, key), digest, place in self._hung:
            is_excused = (title, place) in self.refused or (key is not None and title in self.rescheduled)
            seen = any(digest in one for one in self._deleted.get(title, ()))
            if not (is_excused or seen or digest in self.taken_off or (title, digest) in here):
                yield f"a file that was hung on {title!r} ({key}) at {place} is gone: {digest[:8]}"

    def _found(self, edit: Edit, items: Mapping[Name, list[Item]]) -> list[Item]:
        """The item that was edited, or what it was kept as: of an occurrence that is an appointment by itself.

        Others may still have the occurrence that its editor lost.
        """
        title, key = edit.name
        copies = items.get((title, None), []) if key is not None and title in self.copied else []
        return [*items.get(edit.name, []), *copies]

    def _is_missing(self, name: Name, items: Mapping[Name, list[Item]]) -> bool:
        title = name[0]
        is_excused = (title, self.born[name]) in self.refused
        return name not in items and not is_excused and title not in self._deleted

    def _lost(self, edit: Edit, found: list[Item]) -> str | None:
        title, key = edit.name
        if (title, edit.place) in self.refused or (key and title in self.rescheduled):
            return None
        deletions = self._deleted.get(title, ())
        if any(edit.value in self.covers(value) for seen in deletions for value in seen):
            return None  # whoever deleted it had seen it; should it be back by an edit of somebody else's, it is theirs
        if any(edit.value in self.covers(value) for value in self._given_up):
            return None
        if not found:
            return f"{edit} is gone, deleted by nobody who saw it ({list(deletions)})"
        ends = [getattr(item, edit.field, None) for item in found]
        if edit.value not in self._taken_back and all(end is None or end in self._seen_by(edit) for end in ends):
            return f"{edit} is lost: there is {ends} again"
        if not any(edit.value in self.covers(end) for end in ends if isinstance(end, str)):
            return f"{edit} gave way to {ends}, and no history has it"
        return None

    def _seen_by(self, edit: Edit) -> set[str]:
        """What people overwrote on the way to an edit: not even a decision may put that in its place again.

        What somebody brought back counts as new.
        """
        found: set[str] = set()
        before = self._before[edit.value]
        while before is not None and before not in found:
            found.add(before)
            before = self._before.get(before)
        return found - self._put_back


def title_of(item: Item) -> str:
    """What an item is called."""
    return item.display_name or "" if isinstance(item, Contact) else item.title or ""


def name_of(item: Item) -> Name:
    """What names an item."""
    return title_of(item), item.recurrence_id if isinstance(item, Appointment) else None
