"""What is to be done about one item, given what both sides have and last agreed on. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime

import msgspec
from msgspec import NODEFAULT, Struct

from passerelle.model.ids import UserId
from passerelle.model.items import Appointment, Item, Task
from passerelle.model.moments import ONE_DAY, WholeDays
from passerelle.model.participants import Answer, Participant, ParticipantKind
from passerelle.model.patch import difference
from passerelle.sync.merge.items import merge, rebase, with_fields
from passerelle.sync.merge.plan import (
    Forget,
    Insert,
    Note,
    PullAction,
    Remove,
    Replace,
    Restore,
    Revive,
    SendAction,
    SendAnswer,
    SendContent,
    SendMove,
    SendNew,
    SendRemoval,
    Settle,
    Wait,
)
from passerelle.sync.merge.sides import Sides
from passerelle.sync.policy import Policy, Winner

Project = Callable[[Item], Item]
"""What a peer would say of an item (:meth:`passerelle.peers.base.Peer.project`)."""


class Known(Struct, frozen=True, kw_only=True):
    """What the replica knows of an item that is linked with one at the peer.

    ``base`` is None where both are one item but never agreed on it (the answer to a creation was lost), or where
    the journal that knew it was pruned. ``origin`` is then what both sides made their own of, if that is known: as it
    was here and as it is at the peer, such as the occurrence that two change exceptions replace.
    ``mine`` is None if the item was deleted here. ``is_moved`` says that it was taken to another folder here.
    ``changed`` is when the user changed it here, as far as that is known and matters; ``held`` the fields that wait for
    the user's decision.
    """

    base: Item | None
    mine: Item | None
    is_moved: bool = False
    changed: datetime | None = None
    held: frozenset[str] = frozenset()
    origin: tuple[Item, Item] | None = None


_EMPTY = {"when": WholeDays(start=date.min, end=date.min + ONE_DAY)}
"""What stands for no value in fields that must have one."""


def decide_pull(
    known: Known | None, theirs: Item | None, project: Project, policy: Policy, changed: datetime | None = None
) -> PullAction:
    """What to do here about the peer's item; ``theirs`` is None when it is gone there.

    ``known`` is None if the replica has no such item. ``changed`` is when the peer's item was, as far as that is known.
    """
    if theirs is None:
        return _decide_gone(known)
    if known is None:
        return Insert(theirs)
    if known.mine is None:
        is_same = known.base is not None and project(known.base) == theirs
        return Note() if is_same else Restore(theirs)
    winner = policy.winner.between(known.changed, changed)
    if known.base is None and known.origin is not None:
        sides = Sides(known.origin[0], known.mine, project(known.origin[1]), theirs)
        return _replace(sides, winner, rebase(known.mine, project(known.mine), theirs))
    if known.base is None:
        base, seen = _what_both_say(known.mine, theirs, project)
    else:
        base, seen = known.base, project(known.base)
        if seen == theirs:
            return Note()
    return _replace(Sides(base, known.mine, seen, theirs), winner, rebase(base, seen, theirs))


def _replace(sides: Sides[Item], winner: Winner, there: Item) -> Replace:
    """Merge; ``there`` is what the peer has, with what it cannot say."""
    merged = merge(sides, winner)
    if not merged.conflicts:
        return Replace(merged.item, there)
    if winner is Winner.ASK:
        base = with_fields(there, sides.base, merged.held)
        return Replace(merged.item, base, merged.conflicts, merged.held, there)
    return Replace(merged.item, there, merged.conflicts, lost=merge(sides, winner.opponent).item)


def _decide_gone(known: Known | None) -> PullAction:
    if known is None or known.mine is None:
        return Forget()
    return Remove() if known.mine == known.base else Revive()


def _what_both_say(mine: Item, theirs: Item, project: Project) -> tuple[Item, Item]:
    """A base for two items that met without one: the fields they agree on, the others empty.

    So what only one side has is kept, and a field that both fill differently is a conflict. Who is invited on both
    sides has answered on neither: an answer counts more than none. Second, the same base as the peer would say it.
    """
    said = project(mine)
    if type(said) is not type(theirs):
        return mine, said
    differing = difference(said, theirs)
    fields = [field for field in msgspec.structs.fields(type(mine)) if field.name in differing]
    empty = {one.name: _EMPTY[one.name] if one.default is NODEFAULT else one.default for one in fields}
    base, seen = msgspec.structs.replace(mine, **empty), msgspec.structs.replace(theirs, **empty)
    if "participants" not in empty or not isinstance(said, Appointment | Task):
        return base, seen
    assert isinstance(mine, Appointment | Task)  # noqa: S101 - narrows the types
    assert isinstance(theirs, Appointment | Task)  # noqa: S101 - as above
    there = {one.identity: one for one in theirs.participants}
    invited = {one.identity for one in said.participants if _may_answer(one, there.get(one.identity))}
    return (
        msgspec.structs.replace(base, participants=_unanswered(mine.participants, invited)),
        msgspec.structs.replace(seen, participants=_unanswered(theirs.participants, invited)),
    )


def _may_answer(mine: Participant, theirs: Participant | None) -> bool:
    """Whether two sides have invited the same party to the same, and differ in the answer at most.

    Where only theirs has one, that tells the party's names as well.
    """
    if theirs is None or mine.role is not theirs.role:
        return False
    is_told = mine.answer is Answer.NONE is not theirs.answer
    return is_told or msgspec.structs.replace(mine, answer=theirs.answer, message=theirs.message) == theirs


def _unanswered(participants: Iterable[Participant], invited: Collection[object]) -> tuple[Participant, ...]:
    return tuple(
        msgspec.structs.replace(one, answer=Answer.NONE, message="") for one in participants if one.identity in invited
    )


def decide_send(known: Known | None, project: Project, me: UserId) -> SendAction:
    """What to do at the peer about an item that changed here, step by step: first a move, then the rest.

    ``known`` is None if the peer has no such item.
    """
    if known is None:
        return SendNew()
    if known.mine is None:
        return SendRemoval()
    if known.is_moved:
        return SendMove()
    if known.base is None:
        return SendContent(frozenset(known.mine.__struct_fields__) - known.held)
    fields = difference(project(known.base), project(known.mine)).keys() - known.held
    if not fields:
        return Wait() if known.held else Settle()
    return _my_answer(known.base, known.mine, fields, me) or SendContent(frozenset(fields))


def _my_answer(base: Item, mine: Item, fields: Iterable[str], me: UserId) -> SendAnswer | None:
    """The answer to an invitation, if nothing else changed: who may answer need not be allowed to edit."""
    if set(fields) != {"participants"} or not isinstance(base, Appointment | Task):
        return None
    assert isinstance(mine, Appointment | Task)  # noqa: S101 - narrows the type; equal but for their participants
    party, was = _user(mine.participants, me), _user(base.participants, me)
    if party is None or was is None or _others(base.participants, me) != _others(mine.participants, me):
        return None
    is_answer = party == msgspec.structs.replace(was, answer=party.answer, message=party.message)
    return SendAnswer(party.answer, party.message) if is_answer else None


def _user(participants: Iterable[Participant], me: UserId) -> Participant | None:
    return next((one for one in participants if one.kind is ParticipantKind.USER and one.id == me), None)


def _others(participants: Iterable[Participant], me: UserId) -> list[Participant]:
    return [one for one in participants if one.kind is not ParticipantKind.USER or one.id != me]
