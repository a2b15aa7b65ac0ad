"""A folder that was made here and that the peer refuses is given up, but not what is in it."""

from __future__ import annotations

from datetime import datetime

from passerelle.groupware.calendars import default_folders
from passerelle.model.folders import Folder
from passerelle.model.ids import UserId
from passerelle.store import Writing
from passerelle.sync.skipped.quarantine import have_sent, settle


def dissolve(tx: Writing, me: UserId, folder: Folder, now: datetime) -> None:
    """Remove a folder that is here alone, with those below it; what it holds comes to the default folders.

    An item that the peer has in another folder goes back there.
    """
    for below in tx.folders.children(folder.id):
        dissolve(tx, me, below, now)
    refuge = default_folders(tx, folder.module).get(me)
    for record in tx.items.several(tx.items.ids(folder.id), me):
        if refuge is not None and record.master is None:
            goal = next((link.folder for link in tx.sync.links_of(record.id)), refuge)
            tx.items.replace(record.id, record.item, folder=goal, placements=(), alarm_of=me)
            exceptions = (exception.id for exception in tx.items.exceptions(record.id))
            have_sent(tx, goal, [record.id, *exceptions], now)
    settle(tx, [one for one in tx.sync.skipped() if one.folder == folder.id])
    tx.folders.remove(folder.id)
