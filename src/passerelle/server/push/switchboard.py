"""What UDP push does with datagrams, without sockets: registrations in, answers and events out (section 18).

The protocol knows neither passwords nor encryption. So it gives away as little as it can: only ids of folders, only to
addresses that registered for a user who exists, one short answer for each registration, and later one datagram for each
folder that changed. All else is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from threading import Lock
from typing import Final, Protocol

import structlog

from passerelle.groupware.news import Event
from passerelle.model.errors import Unreadable
from passerelle.model.ids import Stamp, UserId
from passerelle.server.push.audience import Guest
from passerelle.server.push.delays import DelayQueue
from passerelle.server.push.registry import Address, Registry
from passerelle.wire.oxpush import OK, read_registration, write_event

log = structlog.get_logger(__name__)

CONTEXT: Final = 1
COMPLAINT_S: Final = 60.0
"""Dropped datagrams are counted and logged at most this often: nobody fills the log from outside."""


class Door(Protocol):
    """Where listeners join and leave: the hub."""

    def join(self, guest: Guest) -> None:
        """Let a guest listen."""

    def leave(self, guest: Guest) -> None:
        """Let a guest go."""


class Switchboard:
    """Who is registered, and what waits to be sent. ``clock`` returns seconds; ``wake`` is called by the hub's thread.

    Only one thread may hand in datagrams and take out what is due.
    """

    def __init__(
        self,
        is_user: Callable[[UserId], bool],
        door: Door,
        delay_s: float,
        *,
        clock: Callable[[], float],
        wake: Callable[[], None],
    ) -> None:
        self._is_user = is_user
        self._door = door
        self._clock = clock
        self._wake = wake
        self._lock = Lock()
        self._registry = Registry(clock)
        self._guests: dict[UserId, Guest] = {}
        self._listening: set[UserId] = set()
        self._unanswered: set[UserId] = set()
        self._delays = DelayQueue(delay_s, clock)
        self._dropped = 0
        self._complain_at = 0.0

    def received(self, datagram: bytes, address: Address) -> bytes | None:
        """Take a datagram; return the answer, if it deserves one now: a newcomer's comes with what is due later.

        Whoever is answered is told of all that changes from then on, so it waits until the hub has let them in.
        """
        try:
            registration = read_registration(datagram)
        except Unreadable as error:
            self._drop(str(error))
            return None
        if registration.context != CONTEXT or not self._is_user(registration.user):
            self._drop("Nobody has that id.")
            return None
        return OK if self._register(registration.user, address) else None

    def due(self) -> list[tuple[bytes, Address]]:
        """The datagrams that are to be sent now, each with where to. Registrations that are too old end."""
        with self._lock:
            expired = self._registry.expired()
        for user in expired:
            self._forget(user)
        with self._lock:
            answered, self._unanswered = self._unanswered & self._listening, self._unanswered - self._listening
            found = [(OK, self._registry.address(user)) for user in sorted(answered)]
            found += [
                (write_event(event.folder), self._registry.address(event.user)) for event in self._delays.take_due()
            ]
        return [(datagram, address) for datagram, address in found if address is not None]

    def next_moment(self) -> float | None:
        """When something is to be done next; None if nothing is, unless something comes."""
        with self._lock:
            moments = (self._delays.next_due(), self._registry.next_end())
        return min((moment for moment in moments if moment is not None), default=None)

    def _register(self, user: UserId, address: Address) -> bool:
        """Have a user told at an address; return whether the hub tells us of that user's folders already."""
        guest = Guest(user=user, listener=_Line(partial(self._tell, user), partial(self._forget, user)))
        with self._lock:
            self._registry.put(user, address)
            if user in self._listening:
                self._unanswered.discard(user)
                return True
            self._unanswered.add(user)
            if user in self._guests:
                return False
            self._guests[user] = guest
        self._door.join(guest)
        return False

    def _forget(self, user: UserId) -> None:
        with self._lock:
            self._registry.remove(user)
            self._delays.forget(user)
            self._listening.discard(user)
            self._unanswered.discard(user)
            guest = self._guests.pop(user, None)
        if guest is not None:
            self._door.leave(guest)

    def _tell(self, user: UserId, events: Sequence[Event]) -> None:
        with self._lock:
            is_first = user in self._guests and user not in self._listening
            if is_first:
                self._listening.add(user)
        for event in events:
            if event.folder is not None:
                self._delays.put(user, event.folder)
        if events or is_first:
            self._wake()

    def _drop(self, reason: str) -> None:
        self._dropped += 1
        if self._clock() >= self._complain_at:
            log.warning("push_datagrams_dropped", count=self._dropped, last_reason=reason)
            self._dropped, self._complain_at = 0, self._clock() + COMPLAINT_S


class _Line:
    """What the hub tells of one user's folders."""

    def __init__(self, tell: Callable[[Sequence[Event]], None], end: Callable[[], None]) -> None:
        self._tell = tell
        self._end = end

    def told(self, _position: Stamp, events: Sequence[Event]) -> None:
        self._tell(events)

    def ended(self) -> None:
        self._end()
