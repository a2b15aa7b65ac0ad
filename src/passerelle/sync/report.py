"""What a cycle tells: counts per folder, and everything that the user should know of, in full sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Final

from msgspec import Struct

from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId
from passerelle.model.items import Contact, Item
from passerelle.model.text import Text, plural
from passerelle.peers.base import Traffic


class Subject(StrEnum):
    """What a report is about."""

    CONFLICT = "conflict"
    """Both sides changed the same fields; one side's values lost, and stand in the item's history."""
    UNDECIDED = "undecided"
    """Both sides changed the same fields, and the user is asked whose values stay."""
    EDIT_WON = "edit won"
    """One side deleted an item that the other edited; the edited item stays."""
    SKIPPED = "skipped"
    """One side refused a change; it is kept for the user to decide on."""
    HELD = "held"
    """Deletions that the mass-deletion guard holds back."""
    TAKEN_BACK = "taken back"
    """A change that the account has no right to make was taken back here; it stands in the item's history."""
    REMOVED = "removed"
    """The server's deletion was carried out here. Not reported, but counted and in the history."""
    LEFT_OUT = "left out"
    """An appointment ended before the time that is kept here, and is on the server only. Not reported."""
    RESCUED = "rescued"
    """Unsent changes of a folder that is gone were put elsewhere."""
    FOLDER = "folder"
    """A folder could not be synchronised; the others were."""
    NOT_SHOWN = "not shown"
    """The account is in step with its server, but Outlook does not show it as it is."""


class Report(Struct, frozen=True, kw_only=True):
    """One thing that the user should know of. ``message`` is a sentence that says what to do, too."""

    subject: Subject
    message: Text
    folder: FolderId | None = None
    item: ItemId | None = None
    title: str = ""


class FolderCounts(Struct, kw_only=True):
    """How many items of one folder went which way. ``received`` counts new ones, ``sent`` likewise."""

    name: str
    module: Module
    received: int = 0
    changed_here: int = 0
    removed_here: int = 0
    sent: int = 0
    changed_there: int = 0
    removed_there: int = 0

    @property
    def total(self) -> int:
        """How many items were touched on either side."""
        return self.taken + self.sent + self.changed_there + self.removed_there

    @property
    def taken(self) -> int:
        """How many of them here."""
        return self.received + self.changed_here + self.removed_here


class CycleResult(Struct, frozen=True, kw_only=True):
    """What one cycle did. ``folders`` lists only those where something happened."""

    folders: dict[FolderId, FolderCounts]
    reports: tuple[Report, ...]
    folder_changes: int
    """Folders made, renamed, moved, shared or removed, on either side."""
    traffic: Traffic
    """What the cycle cost: requests, and bytes of bodies as they crossed the wire."""
    seconds: float

    @property
    def total(self) -> int:
        """How many items and folders were touched on either side; 0 for a cycle with nothing to do."""
        return self.folder_changes + sum(counts.total for counts in self.folders.values())

    @property
    def failing(self) -> frozenset[FolderId]:
        """The folders that could not be synchronised."""
        about = (one.folder for one in self.reports if one.subject is Subject.FOLDER)
        return frozenset(folder for folder in about if folder is not None)

    @property
    def came_here(self) -> bool:
        """Whether anything was taken over from the other side."""
        return bool(self.folder_changes or any(one.taken for one in self.folders.values()))


class Progress(Struct, frozen=True, kw_only=True):
    """Where a cycle is. ``items`` of ``folder`` have been dealt with so far; no total is known in advance."""

    phase: str
    folder: str = ""
    number: int = 0
    """Of the folder among ``folders``, from 1."""
    folders: int = 0
    items: int = 0

    @property
    def described(self) -> Text:
        """The same in words."""
        phase = _PHASES.get(self.phase, Text(self.phase))
        if not self.folder:
            return phase
        items = plural("{count} item", "{count} items", count=self.items)
        return Text("{phase} – {folder}, {items}", phase=phase, folder=self.folder, items=items)


_PHASES: Final = {
    "directory": Text("People and rooms"),
    "folders": Text("Folders"),
    "pull": Text("Receiving"),
    "send": Text("Sending"),
}


OnProgress = Callable[[Progress], None]


def silent(_progress: Progress) -> None:
    """Nobody watches."""


def title_of(item: Item | None) -> str:
    """What people call an item."""
    if item is None:
        return ""
    if not isinstance(item, Contact):
        return item.title or ""
    names = " ".join(filter(None, (item.first_name, item.last_name)))
    return item.display_name or names or item.company or item.email1 or ""


def called(title: str, folder: str) -> Text:
    """How a sentence names an item: by its title, else by its folder."""
    return Text("“{title}”", title=title) if title else Text("An item of “{folder}”", folder=folder)


class Recorder:
    """Gathers what a cycle does while it runs. ``reports`` are those that it has to tell already."""

    def __init__(self, on_progress: OnProgress, reports: Iterable[Report] = ()) -> None:
        self.folders: dict[FolderId, FolderCounts] = {}
        self.reports = [*reports]
        self.folder_changes = 0
        self._on_progress = on_progress

    def counts(self, folder: FolderId, name: str, module: Module) -> FolderCounts:
        """The counts of a folder, to be raised."""
        return self.folders.setdefault(folder, FolderCounts(name=name, module=module))

    def progress(self, progress: Progress) -> None:
        """Tell where the cycle is."""
        self._on_progress(progress)

    def report(
        self,
        subject: Subject,
        message: Text,
        *,
        folder: FolderId | None = None,
        item: ItemId | None = None,
        title: str = "",
    ) -> None:
        """Note something that the user should know of."""
        self.reports.append(Report(subject=subject, message=message, folder=folder, item=item, title=title))
