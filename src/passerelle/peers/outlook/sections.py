"""The folders of our own that others are sorted into: what is public, shared with us, the system's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Final, final

from passerelle.model.text import Text
from passerelle.peers.base import RemoteId, Root
from passerelle.peers.outlook import marks
from passerelle.peers.outlook.constants import DefaultFolder
from passerelle.peers.outlook.errors import ComError
from passerelle.peers.outlook.objects import Folder
from passerelle.peers.outlook.seen import Seen, below, seen

SYSTEM: Final = "system"
"""The section of the folders that are the system's."""
EVERYBODY: Final = RemoteId("1")
"""The id of the global address book."""

SECTIONS: Final[Mapping[str, Text]] = {
    Root.PUBLIC: Text("OX public folders"),
    Root.SHARED: Text("OX shared folders"),
    SYSTEM: Text("OX system folders"),
}
_EVERYBODY_NAME: Final = Text("Global address book")


@final
class Sections:
    """Those right below the topmost folder of a data file; ``say`` names them in the user's language."""

    def __init__(self, root: Folder, say: Callable[[Text], str]) -> None:
        self._root = root
        self._say = say

    def tops(self) -> list[Seen]:
        """All folders right below the topmost one. That of the system's folders is made if there is none."""
        tops = list(below(self._root))
        if SYSTEM not in sections_of(tops):
            tops.append(seen(self._make(SYSTEM)))
        for name, top in sections_of(tops).items():
            self._keep_named(top, SECTIONS[name])
        return tops

    def section(self, section: str) -> Folder:
        """One of them; it is made if there is none."""
        there = sections_of(below(self._root)).get(section)
        return self._make(section) if there is None else there.folder

    def with_everybody(self, system: Folder) -> list[Seen]:
        """The system's folders. The global address book is everybody's, so that it is never made by the engine."""
        found = list(below(system))
        there = next((one for one in found if one.id == EVERYBODY), None)
        if there is not None:
            kept = self._keep_named(there, _EVERYBODY_NAME)
            return [kept if one is there else one for one in found]
        name = self._say(_EVERYBODY_NAME)
        book = system.Folders.Add(name, DefaultFolder.Contacts)
        marks.write_words(book.PropertyAccessor, [(marks.FOLDER, EVERYBODY), (marks.GIVEN, name)])
        book.ShowAsOutlookAB = True
        return [*found, seen(book)]

    def _make(self, section: str) -> Folder:
        name = self._say(SECTIONS[section])
        made = self._root.Folders.Add(name)
        marks.write_words(made.PropertyAccessor, [(marks.SECTION, section), (marks.GIVEN, name)])
        return made

    def _keep_named(self, one: Seen, text: Text) -> Seen:
        """Call a folder of ours as the user's language has it now, unless the user has renamed it."""
        name = self._say(text)
        if one.name == name or one.name != (one.word(marks.GIVEN) or str(text)):
            return one
        with suppress(ComError):  # another folder is called so
            one.folder.Name = name
            marks.write_words(one.folder.PropertyAccessor, [(marks.GIVEN, name)])
        return seen(one.folder)


def sections_of(tops: Iterable[Seen]) -> dict[str, Seen]:
    """Which of some folders are sections, by what hangs below them."""
    return {section: one for one in tops if (section := one.word(marks.SECTION)) is not None}
