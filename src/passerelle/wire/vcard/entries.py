"""What reading an address book gives."""

from __future__ import annotations

from msgspec import Struct

from passerelle.model.items import Contact
from passerelle.wire.findings import Problem


class ReadResult(Struct, frozen=True, kw_only=True):
    """The contacts and distribution lists of a file, in its order; ``lines`` says where each begins.

    ``problems`` are cards that were refused, ``notes`` what was left out or read otherwise than written.
    """

    entries: tuple[Contact, ...] = ()
    lines: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
