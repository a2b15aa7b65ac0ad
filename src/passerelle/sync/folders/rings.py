"""Keeps the folder tree a tree where both sides moved folders, each of them below another that the other side moved."""

from __future__ import annotations

import msgspec

from passerelle.model.folders import Folder
from passerelle.model.ids import FolderId
from passerelle.model.text import Text
from passerelle.store import Reading, Writing
from passerelle.sync.context import Context
from passerelle.sync.folders.state import base_of
from passerelle.sync.report import Subject


def make_way(context: Context, tx: Writing, folder: FolderId, parent: FolderId) -> None:
    """Put back folders moved here that would close a ring once ``folder`` hangs below ``parent``.

    The peer's tree is one, so one of the folders on the way up was moved here; it goes back to where both sides
    last agreed that it is, and the user is told.
    """
    while moved := _moved_on_a_ring(tx, folder, parent):
        one, agreed = moved
        tx.folders.replace(msgspec.structs.replace(one, parent=agreed))
        context.recorder.report(
            Subject.CONFLICT,
            Text(
                "You moved the folder “{folder}” below one that was moved below it {there}. It is back where it was.",
                folder=one.name,
                there=context.peer.where,
            ),
            folder=one.id,
        )


def _moved_on_a_ring(tx: Reading, folder: FolderId, parent: FolderId) -> tuple[Folder, FolderId] | None:
    """A folder between ``parent`` and ``folder``, if the way up leads there, that was moved here, and where it was."""
    way: dict[FolderId, Folder] = {}
    here = tx.folders.get(parent)
    while here is not None and here.id != folder and here.id not in way:
        way[here.id] = here
        here = tx.folders.get(here.parent)
    if here is None or here.id != folder:
        return None
    bases = ((one, base_of(tx, one.id)) for one in way.values())
    return next(((one, base.parent) for one, base in bases if base is not None and base.parent != one.parent), None)
