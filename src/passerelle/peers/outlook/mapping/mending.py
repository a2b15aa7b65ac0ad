"""Values that are partly changed in Outlook: what was changed is taken from there, the rest keeps its true form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec

from passerelle.model.expansion.spans import day_of
from passerelle.model.items import Appointment, Item, Member, Task
from passerelle.model.moments import Span, moment_span
from passerelle.model.participants import Participant
from passerelle.model.recurrence import Recurrence
from passerelle.peers.outlook.mapping.series import keys_on

T = TypeVar("T", bound=Participant | Member | str)


def people(true: Sequence[Participant], seen: Sequence[Participant], plain: Item) -> object:
    """The participants, each as it is meant, with who came, went or answered otherwise in Outlook."""
    now = plain.participants if isinstance(plain, Appointment | Task) else ()
    return _each(true, seen, now, lambda one: one.identity)


def members(true: Sequence[Member], seen: Sequence[Member], plain: Item) -> object:
    """The entries of a distribution list; those of contacts stay so."""
    now: Sequence[Member] = getattr(plain, "members", ())
    return _each(true, seen, now, lambda one: one.mail.casefold())


def categories(true: Sequence[str], seen: Sequence[str], plain: Item) -> object:
    """The categories; one that Outlook spells otherwise keeps its spelling."""
    return _each(true, seen, plain.categories, str.casefold)


def recurrence(true: Recurrence | None, seen: Recurrence | None, plain: Item) -> object:
    """The true rules with the days that were deleted in Outlook meanwhile, if its pattern is still the same."""
    now = plain.recurrence if isinstance(plain, Appointment | Task) else None
    if true is None or seen is None or now is None or now.rules != seen.rules:
        return now
    when = _span(plain)
    gone = keys_on(when, true, frozenset(day_of(when, key) for key in {*now.deleted} - {*seen.deleted}))
    back = keys_on(when, true, frozenset(day_of(when, key) for key in {*seen.deleted} - {*now.deleted}))
    return msgspec.structs.replace(true, deleted=tuple(sorted({*true.deleted, *gone} - {*back})))


def _span(item: Item) -> Span:
    if isinstance(item, Appointment):
        return item.when
    moment = (item.start or item.due) if isinstance(item, Task) else None
    assert moment is not None  # noqa: S101 - only tasks with a day repeat
    return moment_span(moment)


def _each(true: Sequence[T], seen: Sequence[T], now: Sequence[T], identity: Callable[[T], object]) -> tuple[T, ...]:
    """Each true entry, as Outlook changed it; what it never showed stays, what it no longer has goes."""
    before = {identity(one): one for one in seen}
    after = {identity(one): one for one in now}
    kept = [one for one in true if identity(one) not in before or identity(one) in after]
    known = {identity(one) for one in (*true, *seen)}
    changed = [
        _changed(one, before[identity(one)], after[identity(one)]) if identity(one) in before else one for one in kept
    ]
    return (*changed, *(one for one in now if identity(one) not in known))


def _changed(true: T, seen: T, now: T) -> T:
    if seen == now:
        return true
    if isinstance(true, str):
        return now
    names = [name for name in true.__struct_fields__ if getattr(now, name) != getattr(seen, name)]
    return msgspec.structs.replace(true, **{name: getattr(now, name) for name in names})


MENDED: Final[Mapping[str, Callable[[Any, Any, Item], object]]] = {  # Any: each takes its own attribute's values
    "participants": people,
    "members": members,
    "categories": categories,
    "recurrence": recurrence,
}
"""How each attribute that can be changed in part is mended: of the true value, what Outlook said, and what it says."""
