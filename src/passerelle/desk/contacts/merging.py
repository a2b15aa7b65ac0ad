"""Contacts that are there more than once: shown side by side, and merged as somebody chooses."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from starlette.responses import Response

from passerelle.desk.contacts.form import HEAD, TABS
from passerelle.desk.contacts.listing import Line, line
from passerelle.desk.fields import whole
from passerelle.desk.places import places, shown_place
from passerelle.desk.visit import Visit
from passerelle.groupware.duplicates import Version, differing, duplicates, merge
from passerelle.model.errors import Invalid
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.model.items import Contact
from passerelle.model.text import Text

_MOST: Final = 20
"""So many contacts can be merged into one at once."""
_LABELS: Final = {**HEAD, **{name: label for fields in TABS.values() for name, label in fields.items()}}
_LABELS["file_as"] = Text("Filed as")


class Same(Struct, frozen=True):
    """Contacts that seem to be one. ``ids`` names them in an address."""

    lines: tuple[Line, ...]
    ids: str


def page(visit: Visit) -> Response:
    """The groups of contacts of a folder that seem to be one."""
    groups = places(visit.session, Module.CONTACTS)
    chosen = shown_place(visit.fields, groups)
    records = [] if chosen is None else visit.session.changes(chosen, Module.CONTACTS).items
    found = [
        Same(tuple(line(one, visit) for one in group), ",".join(str(one.id) for one in group[:_MOST]))
        for group in duplicates(records)
    ]
    return visit.page("contacts/duplicates.html", {"module": "contacts", "chosen": chosen, "found": found})


def form(visit: Visit) -> Response:
    """The dialog that compares some contacts of one folder."""
    folder = FolderId(visit.number("folder"))
    ids = [ItemId(whole(one, "ids", 2**62)) for one in visit.fields.get("ids", "").split(",")[:_MOST]]
    records = [visit.session.get(id_, Module.CONTACTS, folder) for id_ in ids]
    contacts = [one.item for one in records if isinstance(one.item, Contact)]
    labelled = [(_LABELS[name], name, values) for name, values in differing(contacts).items()]
    return visit.page(
        "contacts/merge.html",
        {"records": records, "lines": [line(one, visit) for one in records], "differing": labelled},
    )


def save(visit: Visit) -> Response:
    """Merge the contacts that the dialog showed into the one that was chosen."""
    versions = [_version(visit, number) for number in range(visit.number("count"))][:_MOST]
    kept = visit.number("kept")
    if kept >= len(versions) or len(versions) < 2:  # noqa: PLR2004 - one alone is nothing to merge
        raise Invalid(Text("Choose the contact that stays."), "kept")
    session = visit.session
    items = (session.get(one.id, Module.CONTACTS, one.folder).item for one in versions)
    found = differing([one for one in items if isinstance(one, Contact)])
    chosen = {name: values[_choice(visit, name, len(values))] for name, values in found.items()}
    labels = {name: visit.words.say(label) for name, label in _LABELS.items()}
    merge(session, versions[kept], [one for one in versions if one is not versions[kept]], chosen, labels)
    return visit.done(Text("The contacts are one now."))


def _version(visit: Visit, number: int) -> Version:
    id_, folder, stamp = (visit.number(f"{name}_{number}") for name in ("id", "folder", "stamp"))
    return Version(ItemId(id_), FolderId(folder), Stamp(stamp))


def _choice(visit: Visit, name: str, most: int) -> int:
    return whole(visit.fields.get(f"choice_{name}", "0"), name, most - 1)
