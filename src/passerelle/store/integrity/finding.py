"""What a check finds: where, what is wrong, and what a repair does about it without losing anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from passerelle.model.text import Text

if TYPE_CHECKING:
    from passerelle.store.transaction import Writing

Cure = Callable[["Writing"], object]
"""Puts one thing right. It looks at the present state again, so that it may come late and be repeated."""

OnProgress = Callable[[int, int], None]
"""(what is done, of how much), in rows and files."""

BACKUP = Text("Only a backup can bring it back.")
DERIVED = Text("Derive it anew from what is stored, and tell clients of the change.")


class Finding(Struct, frozen=True, kw_only=True):
    """One invariant that does not hold. ``rule`` names it for scripts; ``cure`` is None where nothing can be done.

    ``where`` names what it is about: a kind and a number, such as ``item 12``, and never what users wrote.
    """

    rule: str
    where: str
    what: Text
    remedy: Text
    cure: Cure | None = None


def silent(_done: int, _total: int) -> None:
    """Show no progress."""
