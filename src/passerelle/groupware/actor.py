"""Who acts: a user and the groups that the user belongs to."""

from __future__ import annotations

from msgspec import Struct

from passerelle.model.ids import GroupId, UserId

SYSTEM_USER = UserId(0)
"""Whose the system folders and the groups' distribution lists are, and who acts when nobody is logged in."""

ORIGIN = "provision"
"""Where the journal says that an administrator's changes come from."""


class Actor(Struct, frozen=True):
    """The acting user. ``groups`` always holds the virtual group of everybody."""

    user: UserId
    groups: frozenset[GroupId]
