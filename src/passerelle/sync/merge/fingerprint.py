"""Identity of content: recognises an item at the peer as the one that was sent there.

It takes the fields that servers neither fill in nor normalise, so it survives what a server adds on its own.
"""

from __future__ import annotations

from hashlib import sha256

import msgspec

from passerelle.model.items import Appointment, Contact, DistributionList, Item
from passerelle.model.moments import span_end, span_start

_NAMES = ("first_name", "last_name", "company", "note", "email1", "email2", "email3", "phone_business", "phone_home")


def fingerprint(item: Item) -> str:
    """A hash of what an item is recognised by; equal for copies of one item, whatever a server added."""
    identity = (type(item).__name__, *_identity(item))
    return sha256(msgspec.json.encode(identity)).hexdigest()


def _identity(item: Item) -> tuple[object, ...]:
    if isinstance(item, Appointment):
        # A server may move the start of a series to its first real occurrence.
        times = () if item.recurrence else (span_start(item.when), span_end(item.when))
        return (item.title, item.location, item.note, item.recurrence_id, *times)
    if isinstance(item, DistributionList):
        return (item.display_name, [member.mail for member in item.members])
    if isinstance(item, Contact):
        return (item.display_name, *[getattr(item, name) for name in _NAMES])
    return (item.title, item.note, item.start, item.due)
