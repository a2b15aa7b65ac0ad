"""Which users there are, without asking the store for each datagram that a stranger sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from passerelle.model.errors import PasserelleError
from passerelle.model.ids import UserId
from passerelle.store import Store

log = structlog.get_logger(__name__)

FRESH_S: Final = 5.0
"""Ids that nobody has make us read the directory again at most this often."""


class KnownUsers:
    """The ids of live users, as they were some seconds ago. ``clock`` returns seconds."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._ids: frozenset[UserId] = frozenset()
        self._read_again = 0.0

    def include(self, user: UserId) -> bool:
        """Whether there is such a user; one who was removed just now may still count."""
        if user not in self._ids and self._clock() >= self._read_again:
            self._read_again = self._clock() + FRESH_S
            self._ids = self._read()
        return user in self._ids

    def _read(self) -> frozenset[UserId]:
        try:
            with self._store.reading() as tx:
                return frozenset(user.id for user in tx.principals.users())
        except (PasserelleError, SQLAlchemyError) as error:  # the client registers again, and the store may be back
            log.warning("push_cannot_look_up_users", reason=str(error))
            return self._ids
