"""The list of contacts: sorted, searched, in letters, and sent in parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from msgspec import Struct

from passerelle.desk.places import places, shown_place
from passerelle.desk.visit import Visit
from passerelle.groupware.search import holds_all
from passerelle.model.folders import Module
from passerelle.model.folding import folded
from passerelle.model.ids import FolderId, ItemId
from passerelle.model.items import Contact, DistributionList
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text

PAGE: Final = 100
"""How many contacts are sent at once; the list asks for more when its end comes into sight."""


class Line(Struct, frozen=True, kw_only=True):
    """A contact as the list shows it."""

    id: ItemId
    folder: FolderId
    name: str
    second: str
    initials: str
    photo: str
    is_list: bool


def everybody(visit: Visit) -> tuple[FolderId | None, str, list[tuple[str, Contact]]]:
    """The folder and the search that are asked for, and all contacts that fit, by name."""
    chosen = shown_place(visit.fields, places(visit.session, Module.CONTACTS))
    search = visit.fields.get("search", "").strip()
    return (
        chosen,
        search,
        [(name, item) for name, record in _sorted(visit, chosen, search) if isinstance(item := record.item, Contact)],
    )


def listing(visit: Visit) -> dict[str, object]:
    """What the list shows of the folder, and for the search, that are asked for.

    It goes on ``until`` where a page says that it has shown so much already, and wants it as it is now.
    """
    groups = places(visit.session, Module.CONTACTS)
    chosen = shown_place(visit.fields, groups)
    search = visit.fields.get("search", "").strip()
    is_part = bool(visit.fields.get("part"))
    start = visit.number("start") if visit.fields.get("start") else 0
    until = max(start + PAGE, visit.number("until") if visit.fields.get("until") and not is_part else 0)
    found = _sorted(visit, chosen, search)
    shown = [line(record, visit) for _, record in found[start:until]]
    return {
        "groups": groups,
        "chosen": chosen,
        "search": search,
        "letters": [(letter, list(some)) for letter, some in groupby(shown, lambda one: letter_of(one.name))],
        "index": _index([name for name, _ in found]) if len(found) > PAGE else {},
        "more": until if until < len(found) else None,
        "count": len(found),
        "start": start,
        "until": until,
        "is_part": is_part,
    }


def line(record: ItemRecord, visit: Visit) -> Line:
    """How a list shows a contact."""
    item = record.item
    assert isinstance(item, Contact)  # noqa: S101 - narrows the type; others were left out
    name = name_of(item)
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


def name_of(contact: Contact) -> str:
    """What a contact is called; "" if by nothing."""
    full = " ".join(filter(None, (contact.first_name, contact.last_name)))
    return contact.display_name or full or contact.company or contact.email1 or ""


def letter_of(name: str) -> str:
    """The letter under which a name stands, without its accent."""
    first = _plain(name)[:1].upper()
    return first if first.isalpha() else "#"


def _plain(name: str) -> str:
    """A name as people look it up: É stands with E. What has no letter comes first."""
    return folded(name).lstrip()


def _sorted(visit: Visit, chosen: FolderId | None, search: str) -> list[tuple[str, ItemRecord]]:
    records = [] if chosen is None else visit.session.changes(chosen, Module.CONTACTS).items
    return sorted(_found(records, search), key=lambda one: (_plain(one[0]), one[1].id))


def _found(records: Iterable[ItemRecord], search: str) -> Iterable[tuple[str, ItemRecord]]:
    words = [folded(word) for word in search.split()]
    for record in records:
        item = record.item
        if isinstance(item, Contact) and (not words or holds_all(item, words)):
            yield name_of(item), record


def _index(names: Sequence[str]) -> dict[str, int]:
    """Where each letter begins."""
    found: dict[str, int] = {}
    for number, name in enumerate(names):
        found.setdefault(letter_of(name), number)
    return found
