"""Who acts: a user and the groups that the user belongs to."""

from __future__ import annotations

from msgspec import Struct

from passerelle.model.ids import GroupId, UserId
from passerelle.model.principals import Capability
from passerelle.store import Reading

SYSTEM_USER = UserId(0)
"""Whose the system folders and the groups' distribution lists are, and who acts when nobody is logged in."""

ORIGIN = "provision"
"""Where the journal says that an administrator's changes come from."""


class Actor(Struct, frozen=True):
    """The acting user. ``groups`` always holds the virtual group of everybody; ``withheld`` is what caps all rights."""

    user: UserId
    groups: frozenset[GroupId]
    withheld: frozenset[Capability] = frozenset()


def actor_of(tx: Reading, id_: UserId) -> Actor:
    """A user as the directory knows it now."""
    user = tx.principals.user(id_)
    return Actor(id_, tx.principals.groups_of(id_), frozenset() if user is None else user.withheld)
