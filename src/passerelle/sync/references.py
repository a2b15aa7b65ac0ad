"""Members of distribution lists name contacts by number: ours here, the peer's there."""

from __future__ import annotations

import msgspec

from passerelle.model.folders import Module
from passerelle.model.ids import ItemId
from passerelle.model.items import DistributionList, Item, Member
from passerelle.peers.base import Peer, RemoteId
from passerelle.store import Reading
from passerelle.sync.skipped.quarantine import is_shown


def inward(tx: Reading, peer: Peer, item: Item) -> tuple[Item, bool]:
    """The peer's item in our numbers, and whether all its references are known here.

    A member whose contact is not (yet) here stays readable by its address.
    """
    if not isinstance(item, DistributionList) or not any(member.contact for member in item.members):
        return item, True
    members = tuple(_inward(tx, peer, member) for member in item.members)
    known = all(bool(new.contact) == bool(old.contact) for new, old in zip(members, item.members, strict=True))
    return msgspec.structs.replace(item, members=members), known


def outward(tx: Reading, peer: Peer, item: Item) -> Item:
    """Our item in the peer's numbers; a contact that the peer does not have is named by its address alone."""
    if not isinstance(item, DistributionList) or not any(member.contact for member in item.members):
        return item
    return msgspec.structs.replace(item, members=tuple(_outward(tx, peer, member) for member in item.members))


def _inward(tx: Reading, peer: Peer, member: Member) -> Member:
    if member.contact is None:
        return member
    for link in tx.sync.links_of_remote(peer.item_id(Module.CONTACTS, member.contact)):
        return msgspec.structs.replace(member, contact=link.local, folder=link.folder)
    return _independent(member)


def _outward(tx: Reading, peer: Peer, member: Member) -> Member:
    if member.contact is None:
        return member
    for link in tx.sync.links_of(ItemId(member.contact)):
        folder = tx.sync.folder_link(link.folder)
        if folder is not None:
            remote, there = peer.number(RemoteId(link.remote)), peer.number(RemoteId(folder.remote))
            return msgspec.structs.replace(member, contact=remote, folder=there)
    return _independent(member)


def _independent(member: Member) -> Member:
    return msgspec.structs.replace(member, contact=None, folder=None, email_field=0)


def waits_for_others(tx: Reading, item: Item) -> bool:
    """Whether an item names a contact that is yet to be sent; one that the peer refused is not waited for."""
    if not isinstance(item, DistributionList):
        return False
    named = [ItemId(member.contact) for member in item.members if member.contact is not None]
    if not named:
        return False
    settled = {link.local for link in tx.sync.links_of_locals(named)}
    settled.update(one.local for one in tx.sync.skipped() if one.local is not None and is_shown(one))
    return any(record.id not in settled for record in tx.items.several(named, None))
