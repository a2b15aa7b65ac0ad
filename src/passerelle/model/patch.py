"""Partial changes: which fields of an item get which values (absent keeps, ``None`` or empty clears)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from passerelle.model.items import Item

Patch = Mapping[str, object]
"""Attribute name of an item -> its new value."""

T = TypeVar("T", bound=Item)


def apply(item: T, patch: Patch) -> T:
    """Return the item with the patch's values in place of its own."""
    return msgspec.structs.replace(item, **patch)


def difference(base: Item, other: Item) -> dict[str, object]:
    """The patch that turns ``base`` into ``other``. Both are of one kind; empty if they are equal."""
    return {
        name: getattr(other, name)
        for name in other.__struct_fields__
        if getattr(base, name, None) != getattr(other, name)
    }
