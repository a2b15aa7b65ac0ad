"""Where the clients of UDP push are: one address for each user, for an hour (OX reference, section 18.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from passerelle.model.ids import UserId

LIFETIME_S: Final = 3_600.0
"""How long a registration lasts; the client repeats it in time."""

Address = tuple[str, int]
"""Host and port."""


class Registry:
    """The addresses of registered users. ``clock`` returns seconds.

    Our server has one context. As only users of the directory are put in, there are never more entries than users.
    """

    def __init__(self, clock: Callable[[], float], lifetime_s: float = LIFETIME_S) -> None:
        self._clock = clock
        self._lifetime_s = lifetime_s
        self._entries: dict[UserId, tuple[Address, float]] = {}

    def put(self, user: UserId, address: Address) -> None:
        """Register a user, in the place of an earlier address."""
        self._entries[user] = (address, self._clock() + self._lifetime_s)

    def address(self, user: UserId) -> Address | None:
        """Where a user is; None if the user has not registered, or too long ago."""
        address, expires = self._entries.get(user, (None, 0.0))
        return address if expires > self._clock() else None

    def remove(self, user: UserId) -> None:
        """Forget a user, who may be unknown."""
        self._entries.pop(user, None)

    def expired(self) -> list[UserId]:
        """Whose registrations are too old."""
        now = self._clock()
        return [user for user, (_address, expires) in self._entries.items() if expires <= now]

    def next_end(self) -> float | None:
        """When the first registration ends; None if there is none."""
        return min((expires for _address, expires in self._entries.values()), default=None)
