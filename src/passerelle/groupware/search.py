"""Search over everything that a user may read: words anywhere in what people write of an item."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from passerelle.groupware.access import is_readable
from passerelle.groupware.actor import Actor
from passerelle.groupware.rights import allowed, is_visible
from passerelle.model.folders import Module
from passerelle.model.folding import alike, folded
from passerelle.model.items import Appointment, Contact, DistributionList, Item
from passerelle.model.records import ItemRecord
from passerelle.store import Reading

MODULES: Final = (Module.CALENDAR, Module.CONTACTS, Module.TASKS)
_LOOKED_AT: Final = 500
"""So many items of a module that may fit are looked at, those changed last first."""
_ASCII: Final = re.compile(r"[0-9A-Za-z]+")
_LONGEST: Final = 40
"""So many letters of a word are looked for by the database."""
_LETTERS: Final = re.compile(r"[^\W_]+")


def search(tx: Reading, actor: Actor, text: str, most: int) -> Mapping[Module, tuple[ItemRecord, ...]]:
    """The items in which each word of a text occurs, at most so many of each module, changed last first.

    Of a series that fits, the changed occurrences do not come as well.
    """
    words = text.split()
    return {module: tuple(_some(_found(tx, actor, module, words, most), most)) for module in MODULES} if words else {}


def holds_all(item: Item, words: Iterable[str]) -> bool:
    """Whether each word, without case and accents, occurs in what people write of an item."""
    texts = folded("\n".join(filter(None, _texts(item))))
    return all(folded(word) in texts for word in words)


def _found(tx: Reading, actor: Actor, module: Module, words: list[str], most: int) -> list[ItemRecord]:
    """What fits as it was typed; and where that is not enough, what has other accents."""
    readable = {}
    for folder in tx.folders.all():
        rights = allowed(folder, actor)
        if folder.module is module and is_visible(rights) and rights.read:
            readable[folder.id] = folder, rights

    def fitting(records: Iterable[ItemRecord]) -> list[ItemRecord]:
        return [one for one in records if is_readable(one, *readable[one.folder], actor) and holds_all(one.item, words)]

    found = fitting(tx.search.holding(readable, _longest(_ASCII, words), actor.user, _LOOKED_AT))
    if len({one.id for one in found}) >= most:
        return found
    patterns = [alike(part[:_LONGEST]) for part in _longest(_LETTERS, words)]
    found += fitting(tx.search.accented(readable, patterns, actor.user, _LOOKED_AT))
    by_place = {(one.folder, one.id): one for one in found}
    return sorted(by_place.values(), key=lambda one: one.stamp, reverse=True)


def _longest(letters: re.Pattern[str], words: Iterable[str]) -> list[str]:
    """The longest run of some letters in each word, longest first."""
    return sorted((max(letters.findall(word), key=len, default="") for word in words), key=len, reverse=True)


def _some(found: Iterable[ItemRecord], most: int) -> Iterator[ItemRecord]:
    """Each item once, in the first of its folders, and series without the occurrences that fit as well."""
    records = {record.id: record for record in reversed(list(found))}
    shown = [one for one in reversed(records.values()) if one.master is None or one.master not in records]
    yield from shown[:most]


def _texts(item: Item) -> Iterator[str | None]:
    yield from item.categories
    yield item.note
    if not isinstance(item, Contact):
        yield item.title
        yield item.location if isinstance(item, Appointment) else None
        yield from item.contacts
        for party in item.participants:
            yield from (party.name, party.mail)
        return
    yield from (item.display_name, item.first_name, item.last_name, item.nickname, item.company, item.department)
    yield from (item.email1, item.email2, item.email3, item.phone_business, item.mobile, item.phone_home)
    if isinstance(item, DistributionList):
        for member in item.members:
            yield from (member.name, member.mail)
