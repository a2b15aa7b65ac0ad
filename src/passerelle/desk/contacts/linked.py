"""Contacts that appointments and tasks are about (Outlook's field *Contacts…*), seen from both sides.

A link is the contact's name, as Outlook and OX keep it: it holds as long as the contact is called so.
"""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from passerelle.desk import saving
from passerelle.desk.contacts.listing import name_of
from passerelle.desk.searching import hit
from passerelle.desk.visit import Visit
from passerelle.model.folders import Module
from passerelle.model.folding import folded
from passerelle.model.items import Contact, Item
from passerelle.model.records import ItemRecord

_SUGGESTED: Final = 12
_MOST: Final = 50


def names(visit: Visit) -> Response:
    """Names of contacts that hold what was typed, to choose from."""
    found = visit.session.search(visit.fields.get("who", ""), _SUGGESTED).get(Module.CONTACTS, ())
    known = dict.fromkeys(name_of(one.item) for one in found if isinstance(one.item, Contact))
    return visit.page("calendar/names.html", {"names": list(filter(None, known))})


def page(visit: Visit) -> Response:
    """The appointments and tasks that are about a contact, or that it takes part in, changed last first."""
    contact = saving.record_of(visit, Module.CONTACTS).item
    assert isinstance(contact, Contact)  # noqa: S101 - narrows the type; the module was asked for
    found: dict[tuple[Module, int], ItemRecord] = {}
    for text in filter(None, (name_of(contact), contact.email1)):
        for module, records in visit.session.search(text, _MOST).items():
            found |= {(module, one.id): one for one in records if _is_about(one.item, contact)}
    folders = [visit.session.folder(one.folder).folder for one in found.values()]
    shown = visit.session.folder_names(folders)
    hits = [hit(visit, module, one, shown[one.folder]) for (module, _), one in found.items()]
    return visit.page("contacts/linked.html", {"hits": hits})


def _is_about(item: Item, contact: Contact) -> bool:
    if isinstance(item, Contact):
        return False
    mails = {one.casefold() for one in (contact.email1, contact.email2, contact.email3) if one}
    named = folded(name_of(contact)) in {folded(one) for one in item.contacts}
    return named or any(one.mail.casefold() in mails for one in item.participants if one.mail)
