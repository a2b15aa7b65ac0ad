"""One look at the store: what is new since the last one, for those who listen, and for those who have just come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from passerelle.groupware.actor import Actor, actor_of
from passerelle.groupware.history import Place, Span, advance, place_of, present
from passerelle.groupware.news import EVERYTHING, Event, Reader, news
from passerelle.groupware.reach import DIRECTORY_SCOPE, memberships_since
from passerelle.model.ids import UserId
from passerelle.server.push.audience import Guest
from passerelle.store import Reading

Actors = Mapping[UserId, Actor]
"""Who listens, as the directory knew them at a look."""


class Look(Struct, frozen=True, kw_only=True):
    """What was found: the place reached, all users concerned as they are now, and what each guest is to be told.

    ``ended`` are guests who must not listen any more: their account is gone, or not what it was at their login.
    """

    place: Place
    actors: Actors
    told: list[tuple[Guest, Sequence[Event]]]
    ended: list[Guest]


def look(
    tx: Reading, place: Place | None, actors: Actors, present_guests: Sequence[Guest], arriving: Sequence[Guest]
) -> Look:
    """Find what happened since ``place`` (None: nothing was told yet), when users were as ``actors`` says."""
    spans, here = ([], present(tx)) if place is None else advance(tx, place)
    directory_moved = any(span.scope == DIRECTORY_SCOPE for span in spans)
    ended = _strangers(tx, [*present_guests, *arriving] if directory_moved else arriving)
    staying = [guest for guest in present_guests if guest not in ended]
    coming = [guest for guest in arriving if guest not in ended]
    known: Actors = {} if directory_moved else actors
    users = {guest.user for guest in (*staying, *coming)}
    now = {user: known.get(user) or actor_of(tx, user) for user in users}
    told = [*_told(tx, spans, staying, actors, now), *((guest, _missed(tx, guest, now)) for guest in coming)]
    return Look(place=here, actors=now, told=told, ended=ended)


def _strangers(tx: Reading, guests: Sequence[Guest]) -> list[Guest]:
    """Those whose account is gone, or has changed since they logged in."""
    seals = tx.principals.seals({guest.user for guest in guests})
    return [guest for guest in guests if guest.user not in seals or guest.seal not in {None, seals[guest.user]}]


def _told(
    tx: Reading, spans: Sequence[Span], guests: Sequence[Guest], before: Actors, now: Actors
) -> Iterable[tuple[Guest, Sequence[Event]]]:
    """What those are told who were there at the last look; often only that nothing happened up to here."""
    users = {guest.user for guest in guests}
    readers = [Reader(now[user], _both(before.get(user, now[user]), now[user])) for user in sorted(users)]
    found = news(tx, spans, readers) if spans else {}
    return [(guest, found.get(guest.user, ())) for guest in guests]


def _both(before: Actor, now: Actor) -> Actor:
    """Somebody who may do what the user could do then or can do now."""
    return Actor(now.user, before.groups | now.groups, before.withheld & now.withheld)


def _missed(tx: Reading, guest: Guest, actors: Actors) -> Sequence[Event]:
    """What a newcomer missed since the place that it was at; everything if that place is not known."""
    if guest.since is None:
        return ()
    place = place_of(tx, guest.since)
    if place is None:
        return (EVERYTHING,)
    actor = actors[guest.user]
    spans, _here = advance(tx, place)
    reader = Reader(actor, memberships_since(tx, actor, place.moment).most(actor))
    return news(tx, spans, [reader]).get(guest.user, ())
