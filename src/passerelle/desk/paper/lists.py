"""Contacts and tasks on paper: the whole list that a page shows in parts."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from starlette.responses import Response

from passerelle.desk.contacts.form import HEAD, TABS
from passerelle.desk.contacts.listing import everybody
from passerelle.desk.tasks.pages import SHOWN, listing
from passerelle.desk.visit import Visit
from passerelle.model.ids import FolderId
from passerelle.model.items import Contact
from passerelle.model.text import Text

_LABELS: Final = {**HEAD, **{name: label for fields in TABS.values() for name, label in fields.items()}}
_PHONES: Final = ("phone_business", "phone_business2", "mobile", "mobile2", "phone_home", "phone_home2", "fax_business")
_MAILS: Final = ("email1", "email2", "email3")
_PLACES: Final = ("business", "home", "other")


class Card(Struct, frozen=True, kw_only=True):
    """A contact: what it is called, what it is, how it is reached, and where it is."""

    name: str
    second: str
    phones: tuple[tuple[Text, str], ...]
    mails: tuple[str, ...]
    addresses: tuple[str, ...]


def contacts(visit: Visit) -> Response:
    """All contacts of a folder, or those that fit what was searched."""
    chosen, search, found = everybody(visit)
    cards = [_card(name or visit.words.say(Text("Without a name")), item) for name, item in found]
    return visit.page(
        "paper/contacts.html",
        {"module": "contacts", "chosen": chosen, "title": _name(visit, chosen), "search": search, "cards": cards},
    )


def tasks(visit: Visit) -> Response:
    """The tasks of a folder, as many and in the order that the page shows them."""
    values = listing(visit)
    chosen = values["chosen"]
    folder = chosen if isinstance(chosen, int) else None
    shown = visit.words.say(SHOWN[str(values["which"])])
    return visit.page("paper/tasks.html", {**values, "module": "tasks", "title": _name(visit, folder), "shown": shown})


def _card(name: str, item: Contact) -> Card:
    given = [getattr(item, each) for each in ("job_title", "department", "company")]
    return Card(
        name=name,
        second=" · ".join(one for one in given if one and one != name),
        phones=tuple((_LABELS[each], getattr(item, each)) for each in _PHONES if getattr(item, each)),
        mails=tuple(getattr(item, each) for each in _MAILS if getattr(item, each)),
        addresses=tuple(filter(None, (_address(item, place) for place in _PLACES))),
    )


def _address(item: Contact, place: str) -> str:
    def part(name: str) -> str:
        return str(getattr(item, f"{place}_{name}") or "")

    town = " ".join(filter(None, (part("postal_code"), part("city"))))
    return ", ".join(filter(None, (part("street"), town, part("state"), part("country"))))


def _name(visit: Visit, chosen: FolderId | int | None) -> str:
    if chosen is None:
        return ""
    folder = visit.session.folder(FolderId(chosen)).folder
    return visit.session.folder_names((folder,))[folder.id]
