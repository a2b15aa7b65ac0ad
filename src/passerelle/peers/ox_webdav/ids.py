"""How this peer's ids, versions and anchors are written.

OX numbers appointments, contacts and tasks each from one on, so an item's id names its module too.
"""

from __future__ import annotations

from passerelle.model.folders import Module
from passerelle.peers.base import RemoteId, Version


def item_id(module: Module, number: int) -> RemoteId:
    """Name an item: ``calendar/801``."""
    return RemoteId(f"{module.value}/{number}")


def folder_id(number: int) -> RemoteId:
    """Name a folder."""
    return RemoteId(str(number))


def number_of(id_: RemoteId) -> int:
    """The server's number of an item or a folder."""
    return int(id_.rpartition("/")[2])


def version(stamp: int | None) -> Version:
    """A version: ``last_modified`` in milliseconds; 0 where the server did not say."""
    return Version(str(stamp or 0))
