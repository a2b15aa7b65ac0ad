"""What dialogs of all kinds do: find the item that they are about, save it, delete it, say why something is refused."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from passerelle.desk.visit import Visit
from passerelle.model.errors import Invalid, Refused, Stale
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.model.items import Item
from passerelle.model.participants import Answer
from passerelle.model.patch import Patch
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text

Change = Callable[[Item], Patch]


def record_of(visit: Visit, module: Module) -> ItemRecord:
    """The item that a form or an address names, in the folder that it names.

    Raises:
        Invalid: it names none.
        NotFound, Forbidden: the user may not read it there.
    """
    return visit.session.get(ItemId(visit.number("id")), module, FolderId(visit.number("folder")))


def named_record(visit: Visit, module: Module) -> ItemRecord | None:
    """The item that is named, if one is: else the form is about a new one."""
    return record_of(visit, module) if visit.fields.get("id") else None


def save(visit: Visit, module: Module, blank: Item, change: Change) -> None:
    """Make an item of a blank one, or change the one that is named, and have it in the folder that was chosen.

    Raises:
        Refused: as the session does; nothing was saved.
    """
    place = FolderId(visit.number("place"))
    record = named_record(visit, module)
    if record is None:
        visit.session.create(place, msgspec.structs.replace(blank, **change(blank)))
        return
    visit.session.update(
        record.id, record.folder, change,
        module=module, expected=stamp_of(visit), destination=place if place != record.folder else None,
    )  # fmt: skip


def delete(visit: Visit, module: Module) -> None:
    """Delete the item that is named. Raises Refused."""
    record = record_of(visit, module)
    visit.session.delete(record.id, record.folder, module=module, expected=stamp_of(visit))


def answer_of(visit: Visit) -> Answer:
    """How an invitation is answered. Raises Invalid: not at all."""
    try:
        return Answer(visit.fields.get("answer", ""))
    except ValueError as error:
        raise Invalid("Say whether you accept.", "answer") from error


def stamp_of(visit: Visit) -> Stamp:
    """The version that the form shows. Raises Invalid."""
    return Stamp(visit.number("stamp"))


def reason(error: Refused) -> Text:
    """Why something was refused, for whoever sees the form."""
    if isinstance(error, Stale):
        return Text("Somebody changed this meanwhile. Close it and open it again.")
    return error.text
