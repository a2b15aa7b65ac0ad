"""Jobs as operations of the peer."""

from __future__ import annotations

from typing import assert_never

from passerelle.model.errors import Contradiction
from passerelle.model.ids import ItemId
from passerelle.model.items import Appointment, Item
from passerelle.model.occurrences import day_of
from passerelle.model.patch import difference
from passerelle.peers.base import (
    ChangeOccurrence,
    Confirm,
    Create,
    Delete,
    Move,
    Peer,
    RemoteId,
    Update,
    Version,
    Write,
)
from passerelle.store import ItemLink, Reading
from passerelle.sync.merge.plan import SendAnswer, SendContent, SendMove, SendNew, SendRemoval, Settle, Wait
from passerelle.sync.references import outward
from passerelle.sync.send.planning import Job

_OF_SERIES = frozenset({"recurrence", "recurrence_id", "uid", "sequence"})
"""What an occurrence has from its series, and cannot have otherwise."""


def write_of(tx: Reading, peer: Peer, job: Job, *, quiet: bool = False) -> Write:
    """The operation that carries out a job; its token is the local id. A ``quiet`` creation tells nobody.

    Raises:
        Contradiction: it needs something that the peer does not have yet.
    """
    token = str(job.local)
    if isinstance(job.action, SendNew):
        return _creation(tx, peer, job, token, quiet=quiet)
    link = _linked(job)
    id_, version = RemoteId(link.remote), Version(link.version)
    match job.action:
        case SendContent():
            item = outward(tx, peer, _item(job))
            return Update(token=token, id=id_, version=version, item=item, fields=job.action.fields)
        case SendAnswer():
            return Confirm(token=token, id=id_, answer=job.action.answer, message=job.action.message)
        case SendMove():
            return Move(token=token, id=id_, version=version, destination=_destination(tx, job))
        case SendRemoval():
            return Delete(token=token, id=id_, version=version)
        case Settle() | Wait():
            raise Contradiction("There is nothing to send.")
    assert_never(job.action)


def _creation(tx: Reading, peer: Peer, job: Job, token: str, *, quiet: bool) -> Write:
    item = outward(tx, peer, _item(job))
    if job.master is None:
        return Create(token=token, item=item, quiet=quiet, like=_name_elsewhere(tx, peer, job.local))
    record = tx.items.get(job.master.local, None)
    if record is None or not isinstance(record.item, Appointment) or not isinstance(item, Appointment):
        raise Contradiction("The series of this occurrence is gone.")
    if item.recurrence_id is None:
        raise Contradiction("It is not known which occurrence of the series this is.")
    return ChangeOccurrence(
        token=token,
        master=RemoteId(job.master.remote),
        version=Version(job.master.version),
        day=day_of(record.item.when, item.recurrence_id),
        item=item,
        fields=frozenset({"when", *difference(record.item, item)}) - _OF_SERIES,
    )


def _name_elsewhere(tx: Reading, peer: Peer, local: ItemId) -> RemoteId | None:
    """What a peer that keeps copies calls the item in another folder."""
    links = () if peer.is_authority else tx.sync.links_of(local)
    return next((RemoteId(link.remote) for link in links), None)


def _destination(tx: Reading, job: Job) -> RemoteId:
    folder = None if job.destination is None else tx.sync.folder_link(job.destination)
    if folder is None:
        raise Contradiction("The folder that it was moved to is not on the server.")
    return RemoteId(folder.remote)


def _item(job: Job) -> Item:
    if job.record is None:
        raise Contradiction("The item is gone.")
    return job.record.item


def _linked(job: Job) -> ItemLink:
    if job.link is None:
        raise Contradiction("The item is not on the server.")
    return job.link
