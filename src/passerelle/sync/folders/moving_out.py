"""Items that were taken out of a folder here which is then deleted are moved at the peer first."""

from __future__ import annotations

from collections.abc import Sequence

from passerelle.peers.base import Place, RemoteId
from passerelle.store import FolderLink, Reading
from passerelle.sync.context import Context
from passerelle.sync.folders.leaving import items_left
from passerelle.sync.folders.state import FolderBase
from passerelle.sync.merge.plan import SendMove
from passerelle.sync.send.act import link_moved
from passerelle.sync.send.planning import Job
from passerelle.sync.send.writes import write_of


def move_out(context: Context, link: FolderLink, base: FolderBase) -> None:
    """Move at the peer what was taken out of a folder that was deleted here, before it is deleted there with the rest.

    One request, if there is any. What cannot be moved is sent anew when the folder is gone.
    """
    with context.store.reading() as tx:
        jobs = {str(job.local): job for job in _moves(context, tx, link)}
        writes = [write_of(tx, context.peer, job) for job in jobs.values()]
    if not writes:
        return
    results = context.peer.write(Place(RemoteId(link.remote), base.module), writes)
    with context.writing() as tx:
        for result in results:
            if result.error is None:
                link_moved(context, tx, jobs[result.token], result)


def _moves(context: Context, tx: Reading, link: FolderLink) -> Sequence[Job]:
    """Items that live in another folder, which both sides have."""
    left = items_left(tx, link)
    homes = {record.id: record.folder for record in tx.items.several(left, None) if record.master is None}
    records = {record.id: record for record in tx.items.several(homes, context.me)}
    links = {one.local: one for one in tx.sync.links_of_locals(homes)}
    return [
        Job(local=id_, action=SendMove(), record=records[id_], link=links[id_], destination=home)
        for id_, home in homes.items()
        if tx.sync.folder_link(home) is not None
    ]
