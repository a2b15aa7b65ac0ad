"""Who acts: a user and the groups that the user belongs to."""

from __future__ import annotations

from msgspec import Struct

from passerelle.model.ids import GroupId, UserId


class Actor(Struct, frozen=True):
    """The acting user. ``groups`` always holds the virtual group of everybody."""

    user: UserId
    groups: frozenset[GroupId]
