"""What folders are called in front of people: another user's is named with its owner (manual, 7.2.2)."""

from __future__ import annotations

import re

from passerelle.groupware.actor import Actor
from passerelle.groupware.rights import is_shared
from passerelle.model.folders import Folder
from passerelle.model.ids import UserId
from passerelle.model.text import Text
from passerelle.store import Reading

_DASH = re.compile(r"\s+[-–—]\s+")


def needs_owner(folder: Folder, me: UserId) -> bool:
    """Whether a folder's own name does not tell a user which one it is."""
    return is_shared(folder, Actor(me, frozenset()))


def name_for(tx: Reading, me: UserId, folder: Folder) -> str:
    """What a user is told a folder is called: “Owner – folder” if it is another user's private one."""
    if not needs_owner(folder, me):
        return folder.name
    owner = tx.principals.user(folder.owner)
    return folder.name if owner is None else Text("{owner} – {folder}", owner=owner.display_name, folder=folder.name)


def is_called(typed: str, shown: str) -> bool:
    """Whether somebody who types this means the folder that is shown so, in whatever case and with whatever dash.

    >>> is_called("anna - calendar", "Anna – Calendar"), is_called("calendar", "Anna – Calendar")
    (True, False)
    """
    return _plain(typed) == _plain(shown)


def _plain(name: str) -> str:
    return _DASH.sub(" - ", name).strip().casefold()
