"""What Outlook cannot say of an item, kept with the item in a property of ours.

For each attribute that Outlook says differently from the model the true value is kept, beside what Outlook said when
it was written. As long as Outlook still says that, the true value stands; once somebody has changed it there,
Outlook's does.
So nothing is lost on an item's way through Outlook, whatever Outlook makes of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from passerelle.model.items import Appointment, Contact, DistributionList, Item, Task
from passerelle.peers.outlook.mapping.mending import MENDED

T = TypeVar("T", bound=Item)

_WITNESSES: Mapping[str, tuple[str, ...]] = {
    "note_html": ("note",),
    "display_name": ("prefix", "first_name", "middle_name", "last_name", "suffix"),
    "recurrence": ("recurrence", "when", "start", "due"),
}
"""By what an attribute is known to be as it was, as far as the item has that; any other, by itself."""

_ELSEWHERE = frozenset({"photo"})
"""Too large for a property; Outlook has a picture of its own."""

_LONG = 200
"""Characters from which on only the digest of what Outlook said is kept."""


_TYPES: Mapping[type, Mapping[str, Any]] = {
    kind: {field.name: field.type for field in msgspec.structs.fields(kind)}
    for kind in (Appointment, Contact, DistributionList, Task)
}
"""The types of all attributes."""


class Kept(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """True values and what Outlook said instead, by attribute. ``changed`` is the same of each changed occurrence.

    ``hidden`` are changed occurrences that Outlook's series does not have.
    """

    true: Mapping[str, Any] = {}
    seen: Mapping[str, Any] = {}
    changed: Mapping[str, Kept] = {}
    hidden: tuple[Any, ...] = ()


def keep(item: Item, plain: Item) -> Kept:
    """What must be kept of an item of which Outlook says ``plain``."""
    names = [
        name
        for name in item.__struct_fields__
        if name not in _ELSEWHERE and getattr(item, name) != getattr(plain, name)
    ]
    witnesses = {witness for name in names for witness in _witnesses(name, item)}
    return Kept(
        true={name: _builtin(getattr(item, name)) for name in names},
        seen={witness: _mark(witness, getattr(plain, witness)) for witness in sorted(witnesses)},
    )


def combined(old: Kept, new: Kept, names: Collection[str], item: Item) -> Kept:
    """What is kept after only some attributes were written: theirs from ``new``, the others' from ``old``.

    ``names`` holds with an attribute those that it is known by. Occurrences are written with how an item repeats.
    """
    parts = [
        (old, [name for name in old.true if name not in names]),
        (new, [name for name in new.true if name in names]),
    ]
    occurrences = new if "recurrence" in names else old
    return Kept(
        true={name: part.true[name] for part, kept in parts for name in kept},
        seen={
            witness: part.seen[witness]
            for part, kept in parts
            for name in kept
            for witness in _witnesses(name, item)
            if witness in part.seen
        },
        changed=occurrences.changed,
        hidden=occurrences.hidden,
    )


def restore(plain: T, kept: Kept) -> T:
    """What Outlook says, with the true values where it still says what it did."""
    types = _TYPES[type(plain)]
    found: dict[str, object] = {}
    for name, raw in kept.true.items():
        true = _value(types, name, raw)
        if true is _NOTHING:
            continue
        witnesses = _witnesses(name, plain)
        if all(_is_as_seen(plain, kept, witness) for witness in witnesses):
            found[name] = true
        elif name in MENDED and all(_is_as_seen(plain, kept, other) for other in witnesses if other != name):
            seen = _value(types, name, kept.seen.get(name))
            found[name] = getattr(plain, name) if seen is _NOTHING else MENDED[name](true, seen, plain)
    return msgspec.structs.replace(plain, **found)


_NOTHING = object()
"""A kept value that means nothing here: of an item that was of another kind, or of another version of ours."""


def _value(types: Mapping[str, Any], name: str, raw: object) -> object:
    try:
        return msgspec.convert(raw, types[name], strict=False) if name in types else _NOTHING
    except msgspec.ValidationError:
        return _NOTHING


def hidden(kept: Kept) -> tuple[Appointment, ...]:
    """The changed occurrences that Outlook's series does not have."""
    types = {"hidden": Appointment}
    each = (_value(types, "hidden", one) for one in kept.hidden)
    return tuple(one for one in each if isinstance(one, Appointment))


def _witnesses(name: str, item: Item) -> tuple[str, ...]:
    return tuple(one for one in _WITNESSES.get(name, (name,)) if one in item.__struct_fields__)


def _is_as_seen(plain: Item, kept: Kept, witness: str) -> bool:
    return witness in kept.seen and kept.seen[witness] == _mark(witness, getattr(plain, witness))


def _mark(name: str, value: object) -> Any:  # noqa: ANN401 - what JSON can say
    """What a value is recognised by later: the value, or its digest if it is long and nothing is mended by it."""
    found = _builtin(value)
    if name in MENDED:
        return found
    text = msgspec.json.encode(found)
    return found if len(text) <= _LONG else "sha256:" + hashlib.sha256(text).hexdigest()


def _builtin(value: object) -> Any:  # noqa: ANN401 - what JSON can say
    return msgspec.json.decode(msgspec.json.encode(value))
