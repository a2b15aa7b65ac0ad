"""What the engine may do about one item: actions as values, to be counted, held back or carried out."""

from __future__ import annotations

from msgspec import Struct

from passerelle.model.items import Item
from passerelle.model.participants import Answer
from passerelle.sync.merge.items import Conflict


class Insert(Struct, frozen=True):
    """Put the peer's item into the replica."""

    item: Item


class Note(Struct, frozen=True):
    """Nothing differs; only the peer's version of the item is to be remembered."""


class Replace(Struct, frozen=True):
    """Give the item new content here.

    ``base`` is what both sides agree on from now on. Where ``item`` differs, the rest is still to be sent, but for
    the ``held`` fields, which wait for the user. ``lost`` is the item as the loser of the conflicts would have it;
    where the user is asked, as the peer has it.
    """

    item: Item
    base: Item
    conflicts: tuple[Conflict, ...] = ()
    held: frozenset[str] = frozenset()
    lost: Item | None = None


class Restore(Struct, frozen=True):
    """Put the peer's item back: deleted here, it was edited there, and the edit wins."""

    item: Item


class Remove(Struct, frozen=True):
    """Delete the item here."""


class Revive(Struct, frozen=True):
    """Keep the item here as a new one, to be sent: deleted there, it was edited here, and the edit wins."""


class Forget(Struct, frozen=True):
    """The item is gone on both sides; so is our memory of it."""


class Reopen(Struct, frozen=True):
    """Have a series read again that was deleted here: an occurrence of it was changed there, and the edit wins."""


PullAction = Insert | Note | Reopen | Replace | Restore | Remove | Revive | Forget


class SendNew(Struct, frozen=True):
    """Create the item at the peer."""


class SendContent(Struct, frozen=True):
    """Update the named fields at the peer."""

    fields: frozenset[str]


class SendAnswer(Struct, frozen=True):
    """Only my answer to the invitation changed: confirm it at the peer."""

    answer: Answer
    message: str


class SendMove(Struct, frozen=True):
    """Move the item at the peer."""


class SendRemoval(Struct, frozen=True):
    """Delete the item at the peer."""


class Settle(Struct, frozen=True):
    """Nothing that the peer could keep differs; the replica's version is agreed on."""


class Wait(Struct, frozen=True):
    """All that is left to be sent waits for the user's decision."""


SendAction = SendNew | SendContent | SendAnswer | SendMove | SendRemoval | Settle | Wait
