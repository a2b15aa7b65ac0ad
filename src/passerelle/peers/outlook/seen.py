"""Folders as they are seen in one look: each with its name and our words on it, in as few calls as can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from passerelle.peers.base import RemoteId
from passerelle.peers.outlook import bulk, marks
from passerelle.peers.outlook.objects import Folder
from passerelle.peers.outlook.reference import mapi

_NAME: Final = mapi()["PidTagDisplayName"].schema
_WORDS: Final = (marks.FOLDER, marks.OWNER, marks.SECTION, marks.GIVEN, marks.CATEGORY)


class Seen(Struct, frozen=True):
    """A folder, its entry id, and its words."""

    folder: Folder
    entry: str
    words: Mapping[str, object]

    @property
    def id(self) -> RemoteId | None:
        """Its id; None if it has none."""
        id_ = self.word(marks.FOLDER)
        return None if id_ is None else RemoteId(id_)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.word(_NAME) or self.folder.Name

    def word(self, name: str) -> str | None:
        """One of our words on it, if it is set."""
        word = self.words.get(name)
        return word if isinstance(word, str) and word else None


def seen(folder: Folder) -> Seen:
    """Look at a folder. Three calls.

    Raises:
        ComError: one of our words cannot be read. To take it for one that is not set would make another folder of this.
    """
    accessor = folder.PropertyAccessor
    told = bulk.read(accessor, (_NAME, *_WORDS))
    untold = (name for name in _WORDS if name not in told)
    return Seen(folder, folder.EntryID, {**told, **marks.words(accessor, *untold)})


def below(folder: Folder) -> Iterator[Seen]:
    """The folders right below one. Two calls, and four for each."""
    return map(seen, children(folder))


def children(folder: Folder) -> Iterator[Folder]:
    """The same, not looked at."""
    folders = folder.Folders
    for number in range(1, folders.Count + 1):
        yield folders.Item(number)
