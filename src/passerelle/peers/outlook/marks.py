"""Our own words on Outlook's items and folders: by them a thing is known again, whatever its entry id is now."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping

from msgspec import Struct

from passerelle.peers.base import RemoteId
from passerelle.peers.outlook import bulk
from passerelle.peers.outlook.constants import ComCode
from passerelle.peers.outlook.errors import ComError, code_of
from passerelle.peers.outlook.objects import Folder, PropertyAccessor
from passerelle.peers.outlook.reference import NAMESPACE, PROPERTY_SETS

ITEM = f"{NAMESPACE}/string/{PROPERTY_SETS['strings']}/PasserelleItem"
"""The property of an item that holds its mark."""
FOLDER = f"{NAMESPACE}/string/{PROPERTY_SETS['strings']}/PasserelleFolder"
"""The property of a folder that holds its id."""
OWNER = f"{NAMESPACE}/string/{PROPERTY_SETS['strings']}/PasserelleOwner"
"""The property of another user's folder that holds the owner's name, with which it is shown."""
SECTION = f"{NAMESPACE}/string/{PROPERTY_SETS['strings']}/PasserelleSection"
"""The property of a folder that holds what hangs below it."""
GIVEN = f"{NAMESPACE}/string/{PROPERTY_SETS['strings']}/PasserelleGivenName"
"""The property of a folder that holds the name that we gave it: with another one, the user has renamed it."""
LINEAGE = f"{NAMESPACE}/string/{PROPERTY_SETS['strings']}/PasserelleLineage"
"""The property of the topmost folder that names the history of what is in it."""
HOMES = f"{NAMESPACE}/string/{PROPERTY_SETS['strings']}/PasserelleHomes"
"""The property of the topmost folder that says which of Outlook's own folders are ours."""
SINCE = f"{NAMESPACE}/string/{PROPERTY_SETS['strings']}/PasserelleSince"
"""The property of one of Outlook's own folders: what was made there before is none of ours."""
BROUGHT = f"{NAMESPACE}/string/{PROPERTY_SETS['strings']}/PasserelleBrought"
"""The property of an item in one of Outlook's own folders that we have made there."""
HELD = f"{NAMESPACE}/string/{PROPERTY_SETS['strings']}/PasserelleHeld"
"""The property of a meeting about which Outlook was kept from mailing."""
CATEGORY = f"{NAMESPACE}/string/{PROPERTY_SETS['strings']}/PasserelleCategory"
"""The property of a folder whose items are in Outlook's own calendar: the category that they bear there."""
HIDDEN = f"{NAMESPACE}/proptag/0x10F4000B"
"""Whether Outlook does not show a folder (``PidTagAttributeHidden``)."""
CREATED = f"{NAMESPACE}/proptag/0x30070040"
"""When an item was made, in UTC (``PidTagCreationTime``)."""
CHANGED = f"{NAMESPACE}/proptag/0x30080040"
"""When an item was last changed, in UTC (``PidTagLastModificationTime``)."""
LONG_ENTRY = f"{NAMESPACE}/proptag/0x66700102"
"""The entry id that lasts, as tables have it (``PidTagLongTermEntryIdFromTable``)."""


class Mark(Struct, frozen=True):
    """The id of an item, and the folder that this copy of it belongs in.

    A copy that the user makes bears the mark of what it was copied from; so does an item that was moved.
    """

    id: RemoteId
    folder: RemoteId

    def __str__(self) -> str:
        return f"{self.id}@{self.folder}"

    @classmethod
    def of(cls, text: object) -> Mark | None:
        """What a property says; None if it holds no mark."""
        id_, _, folder = text.partition("@") if isinstance(text, str) else ("", "", "")
        return cls(RemoteId(id_), RemoteId(folder)) if id_.isdecimal() and folder else None


def new_id() -> RemoteId:
    """An id that no other item or folder has. It is a number, for lists name their contacts by one."""
    return RemoteId(str(1 + secrets.randbits(60)))


def words(accessor: PropertyAccessor, *names: str) -> Mapping[str, object]:
    """What properties hold; those that are not set are not among them. One call, if Outlook tells them all by one."""
    told = bulk.read(accessor, names) if len(names) > 1 else {}
    found = {name: told[name] if name in told else _value(accessor, name) for name in names}
    return {name: value for name, value in found.items() if value not in {None, ""}}


def _value(accessor: PropertyAccessor, name: str) -> object:
    try:
        return accessor.GetProperty(name)
    except ComError as error:
        if code_of(error) != ComCode.NOT_FOUND:
            raise
        return None


def id_of(folder: Folder) -> RemoteId | None:
    """The id of a folder; None if it has none."""
    known = words(folder.PropertyAccessor, FOLDER).get(FOLDER)
    return RemoteId(known) if isinstance(known, str) else None


def write_words(accessor: PropertyAccessor, words_: Iterable[tuple[str, str]]) -> None:
    """Set properties."""
    for name, value in words_:
        accessor.SetProperty(name, value)
