"""What a reader could see before: rights and groups as they were, from the journal (OX reference, section 7).

A change list tells what came into a reader's reach and what went out of it, though no item changed.
"""

from __future__ import annotations

from msgspec import Struct

from passerelle.groupware.actor import Actor
from passerelle.groupware.rights import allowed, is_visible
from passerelle.model.folders import Folder, Level, Rights
from passerelle.model.ids import GroupId, Stamp
from passerelle.model.principals import Capability, Group, User
from passerelle.store import Reading

TREE_SCOPE = 0
DIRECTORY_SCOPE = -1
_MARGIN_MS = 60_000
"""Scopes have clocks of their own, which run ahead of the time when much is written at once."""


class Reach(Struct, frozen=True):
    """The lowest and the highest read level that an actor had in a folder since some time, now included."""

    least: int
    most: int


class Memberships(Struct, frozen=True):
    """The groups that a user came into and went out of since some time, and what was withheld at times, or always."""

    joined: frozenset[GroupId]
    left: frozenset[GroupId]
    sometimes: frozenset[Capability] = frozenset()
    always: frozenset[Capability] = frozenset()

    def least(self, actor: Actor) -> Actor:
        """Somebody who may do only what the actor could do all the time."""
        return Actor(actor.user, actor.groups - self.joined, self.sometimes)

    def most(self, actor: Actor) -> Actor:
        """Somebody who may do all that the actor could do at some moment."""
        return Actor(actor.user, actor.groups | self.left, self.always)


def memberships_since(tx: Reading, actor: Actor, since: Stamp) -> Memberships:
    """How the actor's groups changed at ``since`` or later, or a little before."""
    before = [
        entry.previous
        for entry in tx.journal.entries(DIRECTORY_SCOPE, Stamp(since - _MARGIN_MS), tx.principals.clock())
    ]
    found = [one for one in before if isinstance(one, Group)]
    withheld = [one.withheld for one in before if isinstance(one, User) and one.id == actor.user]
    return Memberships(
        sometimes=actor.withheld.union(*withheld),
        always=actor.withheld.intersection(*withheld),
        joined=frozenset(group.id for group in found if actor.user not in group.members) & actor.groups,
        left=frozenset(group.id for group in found if actor.user in group.members) - actor.groups,
    )


def reach_since(tx: Reading, actor: Actor, folder: Folder, rights: Rights, since: Stamp) -> Reach:
    """What the actor, who has ``rights`` now, could read in a folder at ``since`` and later."""
    now = _level(rights)
    begin = Stamp(since - _MARGIN_MS)
    if not since or folder.stamp < begin:  # whoever changes rights or members stamps the folders concerned
        return Reach(now, now)
    entries = tx.journal.entries(TREE_SCOPE, begin, tx.folders.clock())
    before = [one.previous for one in entries if one.object == folder.id and isinstance(one.previous, Folder)]
    if not before:
        return Reach(now, now)
    changed = memberships_since(tx, actor, begin)
    fewer, more = changed.least(actor), changed.most(actor)
    return Reach(
        least=min(now, *(_level(allowed(one, fewer)) for one in before)),
        most=max(now, *(_level(allowed(one, more)) for one in before)),
    )


def _level(rights: Rights) -> int:
    """The read level, none in an invisible folder; all levels that reach everything are one."""
    return min(rights.read, Level.ALL) if is_visible(rights) else 0
