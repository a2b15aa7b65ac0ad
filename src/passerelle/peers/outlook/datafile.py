"""The data file that shows an account, in the profile that Outlook runs with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text
from passerelle.peers.outlook.answers import OtherProfile
from passerelle.peers.outlook.constants import ItemType
from passerelle.peers.outlook.errors import ComError
from passerelle.peers.outlook.homes import Homes
from passerelle.peers.outlook.objects import Folder, NameSpace, Store
from passerelle.peers.outlook.seen import children


def check_profile(session: NameSpace, profile: str) -> None:
    """Make sure that Outlook runs with a profile.

    Raises:
        OtherProfile: it runs with another one.
    """
    running = session.CurrentProfileName
    if running != profile:
        raise OtherProfile(running, profile)


def find_store(session: NameSpace, path: str) -> Store | None:
    """A data file, if the profile has it open."""
    stores = session.Stores
    found = (stores.Item(number) for number in range(1, stores.Count + 1))
    return next((store for store in found if store.FilePath.casefold() == path.casefold()), None)


def withdraw(session: NameSpace, store: Store) -> None:
    """Take a data file out of the profile, with what is ours in Outlook's own folders.

    As far as can be, its contacts leave Outlook's address book before.
    """
    Homes(session, store.GetRootFolder()).leave()
    with suppress(ComError):
        for folder in _walk(store.GetRootFolder()):
            if folder.DefaultItemType == ItemType.ContactItem and folder.ShowAsOutlookAB:
                folder.ShowAsOutlookAB = False
    session.RemoveStore(store.GetRootFolder())


def store_at(session: NameSpace, path: str) -> Store:
    """The data file that was set up.

    Raises:
        Misconfigured: it is not open.
    """
    store = find_store(session, path)
    if store is None:
        raise Misconfigured(Text("Outlook has the data file “{path}” not open. Set it up again.", path=path))
    return store


def _walk(folder: Folder) -> Iterator[Folder]:
    yield folder
    for child in children(folder):
        yield from _walk(child)
