"""What an item says in one call: where it is, since when, and all that properties tell. Touches Outlook's objects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from passerelle.model.items import Item
from passerelle.peers.outlook import bulk, marks, objects
from passerelle.peers.outlook.mapping import properties, telling
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.kept import Kept
from passerelle.peers.outlook.mapping.tables import kind_of_class
from passerelle.peers.outlook.mapping.values import Values
from passerelle.peers.outlook.reference import mapi


class Facts(Struct, frozen=True, kw_only=True):
    """``values`` are those of the members that would say nothing else; members that must be asked are not among them.

    ``kind`` is None where it is not told, or unknown. ``entry`` and ``parent`` are entry ids in hexadecimal digits,
    of the item and its folder; ``changed`` are digits in UTC. ``has_files``: something may hang on the item. ``kept``
    is what we keep beside it, ``mark`` our word on it.
    """

    kind: type[Item] | None
    values: Values
    kept: Kept
    mark: object
    entry: str
    parent: str
    changed: datetime
    has_files: bool


_ALWAYS: Final = ("PidTagMessageClass", "PidTagEntryId", "PidTagParentEntryId")


def read_facts(item: objects.Item, kind: type[Item], context: Context) -> Facts:
    """Read what an item tells that is of a kind. If it turns out to be of another, its values are not told.

    Raises:
        ComError: Outlook did not answer, or the item is damaged.
    """
    schemas = {name: mapi()[name].schema for name in (*_ALWAYS, *telling.properties_of(kind))}
    accessor = item.PropertyAccessor
    found = bulk.read(accessor, [*schemas.values(), marks.CHANGED, marks.ITEM, properties.OWN])
    told = {name: found[schema] for name, schema in schemas.items() if schema in found}
    is_kind = kind_of_class(told.get("PidTagMessageClass"))
    return Facts(
        kind=is_kind,
        values=telling.values_of(kind, told, context) if is_kind is kind else {},
        kept=properties.kept_of(found, accessor),
        mark=found.get(marks.ITEM),
        entry=_digits(told.get("PidTagEntryId")) or item.EntryID,
        parent=_digits(told.get("PidTagParentEntryId")),
        changed=_changed(found, accessor),
        has_files=telling.has_files(told),
    )


def _changed(found: Mapping[str, object], accessor: objects.PropertyAccessor) -> datetime:
    changed = found.get(marks.CHANGED) or accessor.GetProperty(marks.CHANGED)
    assert isinstance(changed, datetime)  # noqa: S101 - what this property holds
    return changed.replace(tzinfo=None)


def _digits(value: object) -> str:
    return bytes(value).hex().upper() if isinstance(value, bytes | memoryview) else ""
