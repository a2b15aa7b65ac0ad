"""What the contacts page asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Final

from msgspec import Struct
from starlette.responses import Response

from passerelle.desk import saving
from passerelle.desk.assets import PRIVATE_FOREVER
from passerelle.desk.contacts.form import DAYS, HEAD, LONG, TABS, as_values, patch
from passerelle.desk.places import chosen_place, places, shown_place
from passerelle.desk.visit import Typed, Visit
from passerelle.groupware.thumbnails import Square
from passerelle.model.errors import Refused
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId
from passerelle.model.items import Contact, DistributionList, Item
from passerelle.model.patch import Patch
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text

PAGE: Final = 100
"""How many contacts are sent at once; the list asks for more when its end comes into sight."""
_PHOTO: Final = Square.CARD


class Line(Struct, frozen=True, kw_only=True):
    """A contact as the list shows it."""

    id: ItemId
    folder: FolderId
    name: str
    second: str
    initials: str
    photo: str
    is_list: bool


def page(visit: Visit) -> Response:
    """The contacts."""
    return visit.page("contacts/page.html", {"module": "contacts", **_list(visit)})


def rows(visit: Visit) -> Response:
    """The list, or its next part."""
    return visit.page("contacts/rows.html", _list(visit))


def form(visit: Visit) -> Response:
    """The dialog of a contact, or of a new one."""
    record = saving.named_record(visit, Module.CONTACTS)
    contact = record.item if record is not None and isinstance(record.item, Contact) else Contact()
    return _dialog(visit, as_values(contact) | {"place": visit.fields.get("place", "")}, record)


def save(visit: Visit) -> Response:
    """Make or change a contact as the form says; if that is refused, the form says why."""

    def change(item: Item) -> Patch:
        assert isinstance(item, Contact)  # noqa: S101 - narrows the type; the module was asked for
        return patch(item, visit.fields)

    try:
        saving.save(visit, Module.CONTACTS, Contact(), change)
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


def _list(visit: Visit) -> dict[str, object]:
    groups = places(visit.session, Module.CONTACTS)
    chosen = shown_place(visit.fields, groups)
    search = visit.fields.get("search", "").strip()
    start = visit.number("start") if visit.fields.get("start") else 0
    records = [] if chosen is None else visit.session.changes(chosen, Module.CONTACTS).items
    lines = sorted((_line(one, visit) for one in records if _matches(one.item, search)), key=_order)
    shown = lines[start : start + PAGE]
    return {
        "groups": groups,
        "chosen": chosen,
        "search": search,
        "letters": [(letter, list(some)) for letter, some in groupby(shown, _letter)],
        "more": start + PAGE if start + PAGE < len(lines) else None,
        "count": len(lines),
        "is_first": start == 0,
    }


def _matches(item: Item, search: str) -> bool:
    if not isinstance(item, Contact):
        return False
    words = search.casefold().split()
    texts = " ".join(filter(None, _searched(item))).casefold() if words else ""
    return all(word in texts for word in words)


def _searched(item: Contact) -> Iterable[str | None]:
    yield from (item.display_name, item.first_name, item.last_name, item.nickname, item.company, item.department)
    yield from (item.email1, item.email2, item.email3, item.phone_business, item.mobile, item.phone_home)
    yield from item.categories
    yield item.note


def _line(record: ItemRecord, visit: Visit) -> Line:
    item = record.item
    assert isinstance(item, Contact)  # noqa: S101 - narrows the type; others were left out
    name = item.display_name or " ".join(filter(None, (item.first_name, item.last_name))) or item.company or item.email1
    address = f"{visit.root}/contacts/photo?id={record.id}&folder={record.folder}&version={record.stamp}"
    return Line(
        id=record.id,
        folder=record.folder,
        name=name or visit.words.say(Text("Without a name")),
        second=" · ".join(filter(None, (item.company, item.email1, item.mobile or item.phone_business))),
        initials="".join(word[0] for word in (name or "?").split()[:2]).upper(),
        photo=address if item.photo is not None else "",
        is_list=isinstance(item, DistributionList),
    )


def _order(line: Line) -> tuple[str, ItemId]:
    return line.name.casefold(), line.id


def _letter(line: Line) -> str:
    first = line.name[:1].upper()
    return first if first.isalpha() else "#"


def _dialog(
    visit: Visit, values: Mapping[str, str], record: ItemRecord | None, error: Refused | None = None
) -> Response:
    groups = places(visit.session, Module.CONTACTS)
    chosen = chosen_place(values, record, groups)
    item = None if record is None else record.item
    return visit.page(
        "contacts/form.html",
        {
            "values": Typed(values),
            "record": record,
            "members": item.members if isinstance(item, DistributionList) else (),
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
