"""Other items under ids that are known: a server restored from a backup gives out the ids of what it lost once more.

What was lost there is not linked any more, and sent again as new.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from passerelle.model.errors import PasserelleError
from passerelle.model.ids import ItemId
from passerelle.peers.base import RemoteId, RemoteItem
from passerelle.store import ItemLink, Writing
from passerelle.sync.context import Context
from passerelle.sync.skipped.quarantine import resend


class AnotherItem(PasserelleError):
    """The peer has another item under a known id: its data were replaced."""


def part_strangers(context: Context, tx: Writing, page: Sequence[RemoteItem]) -> None:
    """Part items here from those of a page that have their ids but other uids.

    Raises:
        AnotherItem: there are such, and the user was not yet asked about the server that has them.
    """
    uids = {remote.id: remote.item.uid for remote in page}
    links = tx.sync.links_of_remotes(list(uids))
    if not links:
        return
    mine = {record.id: record.item.uid for record in tx.items.several({link.local for link in links}, None)}
    strange = [link for link in links if _differ(mine.get(link.local), uids[RemoteId(link.remote)])]
    if strange and not context.reconciling:
        raise AnotherItem("The server has another item under a number that is known here.")
    _part(context, tx, strange)


def _differ(mine: str | None, theirs: str | None) -> bool:
    return mine is not None and theirs is not None and mine != theirs


def part_from_new(context: Context, tx: Writing, remote: RemoteId, local: ItemId) -> None:
    """Part other items here from one that was just created at the peer."""
    _part(context, tx, [link for link in tx.sync.links_of_remote(remote) if link.local != local])


def _part(context: Context, tx: Writing, links: Iterable[ItemLink]) -> None:
    for link in links:
        tx.sync.remove_item_links(link.folder, [link.local])
        resend(context, tx, link.folder, [link.local])
