"""What was noted while a folder was pulled: items that the peer called gone, and items that it did not mention.

What a change list said is kept in the transaction that moves the anchor past it, so a crash forgets nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from passerelle.model.ids import FolderId, ItemId
from passerelle.peers.base import RemoteId
from passerelle.store import Reading, Writing

_GONE = "gone"
_MISSING = "missing"


def note_gone(tx: Writing, folder: FolderId, gone: Iterable[RemoteId], live: Collection[RemoteId]) -> None:
    """Keep in mind which items a change list called gone; one that came with it is there again."""
    before = gone_remotes(tx, folder)
    after = [id_ for id_ in dict.fromkeys((*before, *gone)) if id_ not in live]
    if after != before:
        tx.sync.set(_gone_name(folder), after)


def note_unconfirmed(tx: Writing, folder: FolderId, local: ItemId, remote: RemoteId) -> None:
    """Keep in mind where an item shows by the rules here alone, besides the folder in which the peer has it.

    It is gone from there unless the next list of changes has it.
    """
    for place in tx.items.placements(local):
        if place.folder != folder and tx.sync.item_link(place.folder, local) is None:
            note_gone(tx, place.folder, [remote], ())


def link_unconfirmed(tx: Writing, folder: FolderId) -> None:
    """Link the items of a folder that goes where else they show, though the peer has not yet said that they do.

    Else they would come as new ones when it says so, beside those that are here.
    """
    for other, remotes in all_gone(tx).items():
        links = tx.sync.links_of_remotes(remotes) if other != folder else []
        known = {one.remote for one in links if one.folder == other}
        for link in links:
            shown = {place.folder for place in tx.items.placements(link.local)}
            if link.folder == folder and link.remote not in known and other in shown:
                tx.sync.put_item_links([msgspec.structs.replace(link, folder=FolderId(other))])


def note_missing(tx: Writing, folder: FolderId, seen: Collection[RemoteId]) -> None:
    """Keep in mind which linked items a complete list lacked."""
    note_doubtful(tx, folder, [RemoteId(remote) for remote in tx.sync.versions(folder) if remote not in seen])


def note_doubtful(tx: Writing, folder: FolderId, remotes: Iterable[RemoteId]) -> None:
    """Keep in mind items that may be gone: a direct read is to tell."""
    before = missing_remotes(tx, folder)
    after = list(dict.fromkeys((*before, *remotes)))
    if after != before:
        tx.sync.set(_missing_name(folder), after)


def gone_remotes(tx: Reading, folder: FolderId) -> list[str]:
    """The items that a change list called gone, and that are still here."""
    return tx.sync.get(_gone_name(folder), list[str]) or []


def missing_remotes(tx: Reading, folder: FolderId) -> list[str]:
    """The items that a complete list lacked, or that are in doubt for another reason."""
    return tx.sync.get(_missing_name(folder), list[str]) or []


def all_gone(tx: Reading) -> dict[int, list[str]]:
    """What :func:`gone_remotes` says of every folder, by its id."""
    return tx.sync.get_numbered(_GONE, list[str])


def all_missing(tx: Reading) -> dict[int, list[str]]:
    """What :func:`missing_remotes` says of every folder, by its id."""
    return tx.sync.get_numbered(_MISSING, list[str])


def forget_noted(tx: Writing, folder: FolderId, later: Collection[str]) -> None:
    """All that was noted is settled, but for what is to be looked at ``later``."""
    tx.sync.set(_gone_name(folder), [])
    tx.sync.set(_missing_name(folder), later)


def _gone_name(folder: FolderId) -> str:
    return f"{_GONE} {folder}"


def _missing_name(folder: FolderId) -> str:
    return f"{_MISSING} {folder}"
