"""What the contacts page asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from passerelle.desk import saving
from passerelle.desk.assets import PRIVATE_FOREVER
from passerelle.desk.contacts import members
from passerelle.desk.contacts.form import DAYS, HEAD, LONG, TABS, as_values, patch
from passerelle.desk.contacts.listing import listing
from passerelle.desk.folders.tree import tree
from passerelle.desk.places import chosen_place, places
from passerelle.desk.visit import Typed, Visit
from passerelle.groupware.thumbnails import Square
from passerelle.model.errors import Refused
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId
from passerelle.model.items import Contact, DistributionList, Item
from passerelle.model.patch import Patch
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text

_PHOTO: Final = Square.CARD
_SUGGESTED: Final = 12
LIST: Final = "list"
"""What an address says that asks for the dialog of a new distribution list."""


def page(visit: Visit) -> Response:
    """The contacts."""
    return visit.page("contacts/page.html", {**tree(visit, "contacts"), **listing(visit)})


def rows(visit: Visit) -> Response:
    """The list, or its next part."""
    return visit.page("contacts/rows.html", listing(visit))


def form(visit: Visit) -> Response:
    """The dialog of a contact or a distribution list, or of a new one."""
    record = saving.named_record(visit, Module.CONTACTS)
    contact = record.item if record is not None and isinstance(record.item, Contact) else _blank(visit)
    return _dialog(visit, as_values(contact) | {"place": visit.fields.get("place", "")}, record)


def save(visit: Visit) -> Response:
    """Make or change a contact as the form says; if that is refused, the form says why."""

    def change(item: Item) -> Patch:
        assert isinstance(item, Contact)  # noqa: S101 - narrows the type; the module was asked for
        changes = patch(item, visit.fields)
        if isinstance(item, DistributionList) and "members" in visit.fields:
            return {**changes, "members": members.read(visit.session, visit.fields["members"], item.members)}
        return changes

    try:
        saving.save(visit, Module.CONTACTS, _blank(visit), change)
    except Refused as error:
        return _dialog(visit, visit.fields, saving.named_record(visit, Module.CONTACTS), error)
    return visit.done(Text("The contact is saved."))


def delete(visit: Visit) -> Response:
    """Delete a contact."""
    saving.delete(visit, Module.CONTACTS)
    return visit.done(Text("The contact is deleted."))


def photo(visit: Visit) -> Response:
    """A contact's picture, small; its address holds its version."""
    found = visit.session.photo(ItemId(visit.number("id")), _PHOTO, FolderId(visit.number("folder")))
    return Response(found.data, media_type=found.media_type, headers={"Cache-Control": PRIVATE_FOREVER})


def people(visit: Visit) -> Response:
    """Whom somebody may mean who has typed a part of a name or an address."""
    found = members.suggestions(visit.session, visit.fields.get("who", ""), _SUGGESTED)
    return visit.page("contacts/people.html", {"people": found})


def _blank(visit: Visit) -> Contact:
    return DistributionList() if visit.fields.get("kind") == LIST else Contact()


def _dialog(
    visit: Visit, values: Mapping[str, str], record: ItemRecord | None, error: Refused | None = None
) -> Response:
    groups = places(visit.session, Module.CONTACTS)
    chosen = chosen_place(values, record, groups)
    item = _blank(visit) if record is None else record.item
    return visit.page(
        "contacts/list.html" if isinstance(item, DistributionList) else "contacts/form.html",
        {
            "values": Typed(values),
            "record": record,
            "photo": isinstance(item, Contact) and item.photo is not None,
            "groups": groups,
            "chosen": chosen,
            "head": HEAD,
            "tabs": TABS,
            "days": DAYS,
            "long": LONG,
            "error": None if error is None else visit.words.say(saving.reason(error)),
        },
        status=200 if error is None else 422,
    )
