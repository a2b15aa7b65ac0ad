"""Tells whether what answers at an address is the server and the user that a replica was made from."""

from __future__ import annotations

from itertools import islice

from passerelle.model.errors import Refused, Unreadable, Unsafe
from passerelle.model.ids import UserId
from passerelle.peers.base import Peer, Place, RemoteId
from passerelle.store import ItemLink, Reading, Store

_SAMPLES = 3
"""Items of each folder that are looked for; the youngest, for these another server has least likely, too."""


def check_same_account(store: Store, me: UserId, peer: Peer) -> None:
    """Look for the user and for some of the items that are known here. A request for each of a few items.

    Raises:
        Unsafe: the user is another one, or none of the items is there.
    """
    if peer.identify().user != me:
        raise Unsafe(
            "Another user answers to that login. Nothing was changed. Add an account of its own for that user."
        )
    with store.reading() as tx:
        samples = _samples(tx)
    if samples and not any(_is_there(store, peer, place, link) for place, link in samples):
        raise Unsafe(
            "The server there has none of the items that are known here. Nothing was changed. If it is another "
            "server, add an account of its own for it."
        )


def _samples(tx: Reading) -> list[tuple[Place, ItemLink]]:
    found: list[tuple[Place, ItemLink]] = []
    for folder_link in tx.sync.folder_links():
        folder = tx.folders.get(folder_link.local)
        newest = sorted((state.local for state in tx.sync.versions(folder_link.local).values()), reverse=True)
        for local in islice(newest, _SAMPLES):
            link = tx.sync.item_link(folder_link.local, local)
            if folder is not None and link is not None:
                found.append((Place(RemoteId(folder_link.remote), folder.module), link))
    return found


def _is_there(store: Store, peer: Peer, place: Place, link: ItemLink) -> bool:
    """Whether the peer has the item under its id: as it was, or under its uid."""
    try:
        remote = peer.read(place, RemoteId(link.remote))
    except (Refused, Unreadable):
        return False
    with store.reading() as tx:
        record = tx.items.get(link.local, None)
    mine = None if record is None else record.item.uid
    return remote.version == link.version or (mine is not None and mine == remote.item.uid)
