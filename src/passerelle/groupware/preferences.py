"""How a user wants the pages to be. Kept in the store that the pages stand before, a replica has its own."""

from __future__ import annotations

from msgspec import Struct

from passerelle.groupware.actor import Actor
from passerelle.model.ids import UserId
from passerelle.store import Reading, Writing


class Preferences(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a user chose. ``counts``: folders in the tree say how much is in them."""

    counts: bool = False


def preferences(tx: Reading, user: UserId) -> Preferences:
    """What a user chose, or the defaults."""
    return tx.sync.get(_name(user), Preferences) or Preferences()


def choose(tx: Writing, actor: Actor, wishes: Preferences) -> None:
    """Keep what the actor chose."""
    tx.sync.set(_name(actor.user), None if wishes == Preferences() else wishes)


def _name(user: UserId) -> str:
    return f"preferences {user}"
