"""Distribution lists that came before the contacts they name: read again once all folders are pulled."""

from __future__ import annotations

from collections.abc import Iterable

from passerelle.model.errors import Refused, Unreadable
from passerelle.model.ids import FolderId
from passerelle.peers.base import RemoteId, RemoteItem
from passerelle.store import Writing
from passerelle.sync.context import Context
from passerelle.sync.pull.act import act
from passerelle.sync.pull.planning import Page
from passerelle.sync.pull.state import begin_pull

_SETTING = "late references"

_Late = list[tuple[FolderId, str]]


def note_late_references(tx: Writing, folder: FolderId, lists: Iterable[RemoteId]) -> None:
    """Keep in mind lists of a folder that name contacts not (yet) here."""
    ids = list(lists)
    if ids:
        tx.sync.set(_SETTING, [*(tx.sync.get(_SETTING, _Late) or []), *((folder, id_) for id_ in ids)])


def resolve_late_references(context: Context) -> None:
    """Read such lists once more: one request each. Contacts that are still unknown are none of ours to see."""
    with context.store.reading() as tx:
        late = tx.sync.get(_SETTING, _Late) or []
    for folder, id_ in late:
        _resolve(context, folder, RemoteId(id_))
    if late:
        with context.writing() as tx:
            tx.sync.set(_SETTING, [])


def _resolve(context: Context, folder_id: FolderId, id_: RemoteId) -> None:
    with context.store.reading() as tx:
        link, folder = tx.sync.folder_link(folder_id), tx.folders.get(folder_id)
        if link is None or folder is None:
            return
        pull = begin_pull(context, tx, link, folder, whole=False)
    try:
        item: RemoteItem = context.peer.read(pull.place, id_)
    except (Refused, Unreadable):
        return  # the next list of changes tells what became of it
    with context.writing() as tx:
        steps, _ = Page(tx, pull, [item]).plan([item], last=True)
        act(tx, pull, steps)
