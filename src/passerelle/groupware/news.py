"""Which folders changed, told to those whom it concerns (OX reference, section 18; semantics, sections 1.7, 2, 4).

News name a folder and nothing in it. They go to whoever would find something new in the folder's change list: who sees
and may read it, unless all that changed is private, or made by others where only the own items may be read. That the
folder itself changed, or is gone, is told to those who see it or could see it before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cached_property

from msgspec import Struct

from passerelle.groupware.actor import Actor
from passerelle.groupware.history import Span
from passerelle.groupware.reach import TREE_SCOPE
from passerelle.groupware.rights import allowed, is_own_private, is_visible, reaches
from passerelle.model.folders import Folder, Level, Module
from passerelle.model.ids import FolderId, ItemId, Stamp, UserId
from passerelle.store import Action, Outline, Reading, Step

_FEW = 20
"""So many folders are looked up one by one; for more, the tree is read, which is remembered while it stays as it is."""
_PATIENCE = 200
"""So many earlier versions are looked at to find out whether others could see an item before."""


class EventKind(StrEnum):
    """What happened to a folder; the values are those of ``/events``."""

    ITEMS = "items"
    """Items came, changed or went."""
    FOLDER = "folder"
    """The folder is new for this reader, or its name, place or rights changed: what can be read in it, too."""
    GONE = "gone"
    """The folder was deleted, or is out of the reader's sight."""
    EVERYTHING = "everything"
    """Nobody can tell any more what happened: all folders are to be looked at."""


class Event(Struct, frozen=True):
    """One piece of news; ``folder`` and ``module`` are None where everything is to be looked at.

    ``position`` is where the history of a folder's items stands: it may be ahead of the clock.
    """

    kind: EventKind
    folder: FolderId | None = None
    module: Module | None = None
    position: Stamp | None = None


EVERYTHING = Event(EventKind.EVERYTHING)


class Reader(Struct, frozen=True):
    """Somebody who is to be told; ``before`` may do all that the user could do at some moment since the last news."""

    actor: Actor
    before: Actor


def news(tx: Reading, spans: Sequence[Span], readers: Iterable[Reader]) -> dict[UserId, list[Event]]:
    """What each reader is to be told of changes; readers without news are left out."""
    readers = list(readers)
    found: dict[UserId, list[Event]] = {}
    folders = _folders(tx, spans)
    for span in spans:
        told = _of_tree(tx, span, readers) if span.scope == TREE_SCOPE else _of_items(tx, folders, span, readers)
        for reader, event in told:
            found.setdefault(reader.actor.user, []).append(event)
    return found


def _folders(tx: Reading, spans: Sequence[Span]) -> Mapping[FolderId, Folder]:
    wanted = [FolderId(span.scope) for span in spans if span.scope > TREE_SCOPE]
    if len(wanted) > _FEW:
        return {folder.id: folder for folder in tx.folders.all()}
    found = (tx.folders.get(id_) for id_ in wanted)
    return {folder.id: folder for folder in found if folder is not None}


def _of_tree(tx: Reading, span: Span, readers: Sequence[Reader]) -> list[tuple[Reader, Event]]:
    """What readers are told of folders that were made, changed or deleted."""
    earlier: dict[FolderId, list[Folder]] = {}
    for entry in tx.journal.entries(span.scope, span.after, span.upto):
        versions = earlier.setdefault(FolderId(entry.object), [])
        if isinstance(entry.previous, Folder):
            versions.append(entry.previous)
    told = []
    for id_, versions in earlier.items():
        folder = tx.folders.get(id_)
        for reader in readers:
            if folder is not None and is_visible(allowed(folder, reader.actor)):
                told.append((reader, Event(EventKind.FOLDER, id_, folder.module)))
            elif any(is_visible(allowed(one, reader.before)) for one in versions):
                told.append((reader, Event(EventKind.GONE, id_, versions[-1].module)))
    return told


def _of_items(
    tx: Reading, folders: Mapping[FolderId, Folder], span: Span, readers: Sequence[Reader]
) -> list[tuple[Reader, Event]]:
    """What readers are told of a folder's items; of a folder that is gone, the tree tells."""
    folder = folders.get(FolderId(span.scope))
    if folder is None:
        return []
    event = Event(EventKind.ITEMS, folder.id, folder.module, span.upto)
    changed = _Changed(tx, folder.id, span)
    return [(reader, event) for reader in readers if _finds_something(folder, reader.actor, changed)]


def _finds_something(folder: Folder, actor: Actor, changed: _Changed) -> bool:
    """Whether a reader would see any of the changes. Only where private items or own ones matter is more looked up."""
    rights = allowed(folder, actor)
    if not is_visible(rights) or not rights.read:
        return False
    own = is_own_private(folder, actor)
    if own and rights.read >= Level.ALL:
        return True
    if changed.went or any(reaches(rights.read, maker, actor) for maker in changed.makers):
        return True
    return own and (changed.went_at_all or any(maker == actor.user for maker in changed.private_makers))


class _Changed:
    """The items that changed in a folder, as far as rights need to know them; looked up when first asked for."""

    def __init__(self, tx: Reading, folder: FolderId, span: Span) -> None:
        self._tx = tx
        self._folder = folder
        self._span = span

    @cached_property
    def makers(self) -> frozenset[UserId]:
        """Who made those that are there and not private."""
        return frozenset(one.created_by for one in self._there.values() if not one.private)

    @cached_property
    def private_makers(self) -> frozenset[UserId]:
        """Who made those that are there and private."""
        return frozenset(one.created_by for one in self._there.values() if one.private)

    @cached_property
    def went(self) -> bool:
        """Whether something that was not private is gone or private now. Taken for true where that takes long."""
        looked_up = 0
        for step in self._steps:
            outline = self._there.get(ItemId(step.object))
            if (outline is not None and not outline.private) or step.action in {Action.CREATED, Action.ARRIVED}:
                continue
            looked_up += 1
            if looked_up > _PATIENCE or self._was_open(step):
                return True
        return False

    @cached_property
    def went_at_all(self) -> bool:
        """Whether anything at all is gone."""
        return any(ItemId(step.object) not in self._there for step in self._steps)

    def _was_open(self, step: Step) -> bool:
        """Whether an item was not private before a change; one whose history is forgotten counts, as everywhere."""
        before = self._tx.journal.version_at(ItemId(step.object), Stamp(step.position - 1))
        return before is None or not before.private

    @cached_property
    def _steps(self) -> list[Step]:
        return self._tx.journal.steps(self._span.scope, self._span.after, self._span.upto)

    @cached_property
    def _there(self) -> dict[ItemId, Outline]:
        ids = dict.fromkeys(ItemId(step.object) for step in self._steps)
        return {outline.id: outline for outline in self._tx.items.outlines_of(self._folder, ids)}
