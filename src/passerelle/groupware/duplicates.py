"""Contacts that are there more than once: found, and merged into one without losing a word."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Final

from msgspec import Struct

from passerelle.groupware.session import Session
from passerelle.model.errors import Contradiction
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.model.items import Contact, DistributionList, Item
from passerelle.model.patch import Patch
from passerelle.model.records import ItemRecord

ROOM: Final = (
    ("email1", "email2", "email3"),
    ("phone_business", "phone_business2", "phone_company", "phone_other"),
    ("phone_home", "phone_home2", "phone_other"),
    ("mobile", "mobile2", "phone_other"),
    ("url", "instant_messenger", "instant_messenger2"),
)
"""Fields whose values find room in one another."""
_JOINED: Final = frozenset({"categories", "foreign", "note", "note_html", "private", "uid", "user_fields"})
"""Fields that nobody chooses between: their values are put together, or stay."""
TEXTS: Final = tuple(
    name for name in Contact.__struct_fields__ if name not in _JOINED | {"color_label", "default_address", "photo"}
)
_NAMES: Final = frozenset({"display_name", "file_as"})
"""They say once more what the name's parts say."""
_PHONE_DIGITS: Final = 9
"""So many digits at the end tell telephones apart, with and without the country's number."""


class Version(Struct, frozen=True):
    """One of the contacts to merge, as it was when somebody looked at it."""

    id: ItemId
    folder: FolderId
    stamp: Stamp


def duplicates(records: Iterable[ItemRecord]) -> tuple[tuple[ItemRecord, ...], ...]:
    """Groups of contacts that share a mail address, a mobile number or their whole name; the largest first."""
    found = {
        one.id: one for one in records if isinstance(one.item, Contact) and not isinstance(one.item, DistributionList)
    }
    leader = {id_: id_ for id_ in found}

    def led(id_: ItemId) -> ItemId:
        while leader[id_] != id_:
            leader[id_] = id_ = leader[leader[id_]]
        return id_

    first: dict[tuple[str, str], ItemId] = {}
    for record in found.values():
        for key in _keys(record.item):
            leader[led(record.id)] = led(first.setdefault(key, record.id))
    groups: dict[ItemId, list[ItemRecord]] = defaultdict(list)
    for record in found.values():
        groups[led(record.id)].append(record)
    several = [tuple(group) for group in groups.values() if len(group) > 1]
    return tuple(sorted(several, key=lambda group: -len(group)))


def _keys(item: Item) -> Iterator[tuple[str, str]]:
    assert isinstance(item, Contact)  # noqa: S101 - narrows the type; the caller took nothing else
    for mail in (item.email1, item.email2, item.email3):
        if mail:
            yield "mail", mail.strip().casefold()
    for phone in (item.mobile, item.mobile2):
        digits = re.sub(r"\D", "", phone or "")
        if len(digits) >= _PHONE_DIGITS:
            yield "mobile", digits[-_PHONE_DIGITS:]
    names = [item.first_name, item.last_name] if item.first_name and item.last_name else [item.display_name]
    words = sorted(" ".join(filter(None, names)).casefold().replace(",", " ").split())
    if len(words) > 1:
        yield "name", " ".join(words)


def merge(session: Session, kept: Version, others: Sequence[Version], chosen: Patch, labels: Mapping[str, str]) -> None:
    """Merge contacts into one of them: the others are deleted, all or nothing is done.

    ``chosen`` says the values of fields in which they differ. What was not chosen finds room in other fields, else in
    the note, where ``labels`` say what it was. Entries of distribution lists that named a contact which is deleted keep
    its address.

    Raises:
        Stale: one of them was changed meanwhile.
        Contradiction: one that would be deleted has attachments.
        Refused: as :meth:`Session.update` and :meth:`Session.delete` do.
    """

    def work(session: Session) -> None:
        found = [_contact(session, one) for one in others]

        def change(item: Item) -> Patch:
            assert isinstance(item, Contact)  # noqa: S101 - narrows the type; the module was asked for
            return merged(item, found, chosen, labels)

        session.update(kept.id, kept.folder, change, module=Module.CONTACTS, expected=kept.stamp)
        for one in others:
            session.delete(one.id, one.folder, module=Module.CONTACTS, expected=one.stamp)

    for outcome in session.batch([work]):
        if isinstance(outcome, Exception):
            raise outcome


def _contact(session: Session, version: Version) -> Contact:
    record = session.get(version.id, Module.CONTACTS, version.folder)
    assert isinstance(record.item, Contact)  # noqa: S101 - narrows the type; the module was asked for
    if record.attachments:
        raise Contradiction("One of the contacts that would go has attachments. Choose it as the one that stays.")
    return record.item


def merged(kept: Contact, others: Sequence[Contact], chosen: Patch, labels: Mapping[str, str]) -> Patch:
    """What changes about a contact that takes others in. Pure."""
    everybody = (kept, *others)
    values: dict[str, object] = {name: _first(everybody, name) for name in (*TEXTS, "photo")}
    values |= {name: value for name, value in chosen.items() if name in values}
    left = _find_room(values, _not_chosen(everybody, values))
    notes = dict.fromkeys(filter(None, (one.note for one in everybody)))
    said = [f"{labels.get(name, name)}: {value}" for name, value in left if name not in _NAMES]
    columns = list(zip_longest(*(one.user_fields for one in everybody)))
    values["user_fields"] = tuple(next(filter(None, column), None) for column in columns)
    said += [text for column in columns for text in list(dict.fromkeys(filter(None, column)))[1:]]
    values["note"] = "\n\n".join([*notes, *filter(None, ["\n".join(said)])]) or None
    values["note_html"] = kept.note_html if values["note"] == kept.note else None
    values["categories"] = tuple(dict.fromkeys(name for one in everybody for name in one.categories))
    values["foreign"] = tuple(dict.fromkeys(name for one in everybody for name in one.foreign))
    values["private"] = any(one.private for one in everybody)
    return {name: value for name, value in values.items() if value != getattr(kept, name)}


def _first(everybody: Sequence[Contact], name: str) -> object:
    return next((value for one in everybody if (value := getattr(one, name))), None)


def _not_chosen(everybody: Sequence[Contact], values: Mapping[str, object]) -> list[tuple[str, object]]:
    found = ((name, getattr(one, name)) for one in everybody for name in TEXTS)
    return list(dict.fromkeys((name, value) for name, value in found if value and value != values[name]))


def _find_room(values: dict[str, object], left: Iterable[tuple[str, object]]) -> list[tuple[str, object]]:
    """Put values into free fields of their kind; return those that found none."""
    homeless = []
    for name, value in left:
        kin = next((fields for fields in ROOM if name in fields), ())
        if any(values[other] == value for other in kin):
            continue
        free = next((other for other in kin if not values[other]), None)
        if free is None:
            homeless.append((name, value))
        else:
            values[free] = value
    return homeless


def differing(contacts: Sequence[Contact]) -> dict[str, tuple[object, ...]]:
    """The fields in which contacts differ, with the values to choose from."""
    found = {name: tuple(dict.fromkeys(filter(None, (getattr(one, name) for one in contacts)))) for name in TEXTS}
    return {name: values for name, values in found.items() if len(values) > 1}
