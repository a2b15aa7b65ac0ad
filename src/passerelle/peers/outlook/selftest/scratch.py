"""The data files that the self-test works in, and how everything of it is taken away again."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

from passerelle.model.errors import PasserelleError
from passerelle.peers.outlook.constants import ComCode, DefaultFolder, StoreType
from passerelle.peers.outlook.datafile import withdraw
from passerelle.peers.outlook.errors import ComError, code_of
from passerelle.peers.outlook.objects import AppointmentItem, Folder, NameSpace, Store
from passerelle.peers.outlook.reference import mapi

OURS = "Passerelle self-test 5f3a9c"
"""Is in the names of all that could be seen outside of the data files, so that it is found again there."""
_NAME = "Passerelle – self-test"
_PAUSES_S = (0.1, 0.5, 1.0, 2.0, 5.0)
"""How long to wait before trying again to take things away: Outlook lets go of a data file when it pleases."""


class Scratch:
    """Two data files below ``directory``, which nothing else uses. ``session`` attaches to the Outlook that runs.

    ``wait`` lets seconds pass.
    """

    def __init__(self, session: Callable[[], NameSpace], directory: Path, wait: Callable[[float], None]) -> None:
        self._session = session
        self.directory = directory
        self._wait = wait

    def open(self) -> tuple[Path, Path]:
        """Make the data files, and open them in Outlook.

        Raises:
            ComError: Outlook does not; what it did is taken away by ``clear``.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        one, other = (self.directory / f"{secrets.token_hex(4)}.pst" for _ in range(2))
        session = self._session()
        for path in (one, other):
            session.AddStoreEx(str(path), int(StoreType.Unicode))
        for store in self._stores(session):
            store.GetRootFolder().Name = _NAME
        return one, other

    def clear(self) -> tuple[str, ...]:
        """Take away all that this self-test, or an earlier one, left. What could not be taken away, in words.

        Each step is tried again for some seconds, and none hinders the others.
        """
        left = self._try_all()
        for pause in _PAUSES_S:
            if not left:
                break
            self._wait(pause)
            left = self._try_all()
        return left

    def _try_all(self) -> tuple[str, ...]:
        steps = {
            "data files in Outlook": self._close,
            "categories": self._forget_categories,
            "entries in your calendar and among the deleted items": self._take_from_own_folders,
            f"the directory {self.directory}": self._remove_files,
        }
        return tuple(what for what, step in steps.items() if not _is_done(step))

    def _close(self) -> None:
        session = self._session()
        for store in list(self._stores(session)):
            withdraw(session, store)

    def _stores(self, session: NameSpace) -> Iterator[Store]:
        beginning = str(self.directory).casefold()
        stores = session.Stores
        for number in range(stores.Count, 0, -1):
            store = stores.Item(number)
            if store.FilePath.casefold().startswith(beginning):
                yield store

    def _forget_categories(self) -> None:
        listed = self._session().Categories
        for number in range(listed.Count, 0, -1):
            if OURS.casefold() in listed.Item(number).Name.casefold():
                listed.Remove(number)

    def _take_from_own_folders(self) -> None:
        store = self._session().DefaultStore
        for kind in (DefaultFolder.Calendar, DefaultFolder.DeletedItems):
            folder = _default_folder(store, kind)
            for item in list(ours_in(folder)) if folder is not None else ():
                item.Delete()

    def _remove_files(self) -> None:
        if self.directory.exists():
            shutil.rmtree(self.directory)


def ours_in(folder: Folder) -> Iterator[AppointmentItem]:
    """What the self-test, or Outlook because of it, has put into a folder of the user's."""
    subject = mapi()["PidTagSubject"].schema
    found = folder.Items.Restrict(f"@SQL=\"{subject}\" like '%{OURS}%'")
    for number in range(1, found.Count + 1):
        yield cast(AppointmentItem, found.Item(number))


def _default_folder(store: Store, kind: DefaultFolder) -> Folder | None:
    try:
        return store.GetDefaultFolder(int(kind))
    except ComError as error:
        if code_of(error) != ComCode.NOT_FOUND:
            raise
        return None


def _is_done(step: Callable[[], None]) -> bool:
    try:
        step()
    except (ComError, PasserelleError, OSError):
        return False
    return True
