"""The values of MAPI that records are made of, and the names of properties."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from passerelle.peers.outlook.reference import NAMESPACE, PROPERTY_SETS, mapi

Value = str | int | float | bytes | datetime | tuple[str, ...] | tuple[bytes, ...]
Key = tuple[str, int | str]
"""A property's set, empty for those of ``proptag``, and its number or name within."""

STRINGS: Final = PROPERTY_SETS["strings"]

_PROPTAG: Final = re.compile(rf"{NAMESPACE}/proptag/0x([0-9A-F]{{4}})([0-9A-F]{{4}})", re.IGNORECASE)
_ID: Final = re.compile(rf"{NAMESPACE}/id/(\{{[-0-9A-F]{{36}}\}})/([0-9A-F]{{4}})([0-9A-F]{{4}})", re.IGNORECASE)
_NAME: Final = re.compile(rf"{NAMESPACE}/string/(\{{[-0-9A-F]{{36}}\}})/([^/]+)(?:/0x([0-9A-F]{{8}}))?", re.IGNORECASE)


def key_of(name: str) -> Key:
    """The key of a MAPI property, by its canonical name."""
    each = mapi()[name]
    return PROPERTY_SETS.get(each.set, ""), each.id if each.set == "strings" else int(each.id, 16)


def parse_schema(schema: str) -> tuple[Key, int | None]:
    """The property that a schema's name means, and the type that it states. Raises ValueError if it means none."""
    if found := _PROPTAG.fullmatch(schema):
        return ("", int(found[1], 16)), int(found[2], 16)
    if found := _ID.fullmatch(schema):
        return (found[1].upper(), int(found[2], 16)), int(found[3], 16)
    if found := _NAME.fullmatch(schema):
        return (found[1].upper(), found[2]), int(found[3], 16) if found[3] else None
    raise ValueError(schema)
