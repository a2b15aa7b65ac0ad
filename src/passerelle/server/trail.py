"""Notes logins for the audit, a second or so after they happened, so that nobody who logs in waits for it.

A success is noted once an hour for each user, address and client; failures are counted. What was typed as a login is
not kept, as it may be a password: only whose login it is, if it is anybody's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Lock, Thread
from typing import Final

import structlog
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.exc import SQLAlchemyError

from passerelle.groupware.provision import SYSTEM_USER
from passerelle.model.clock import utc_now
from passerelle.model.errors import PasserelleError
from passerelle.model.ids import UserId
from passerelle.server.metrics import Attempt
from passerelle.store import Store, Writing
from passerelle.store.audit import Note, Noted

log = structlog.get_logger(__name__)

_EVERY_S: Final = 1.0
_MOST: Final = 10_000
"""What is remembered at most; a guesser with more addresses than that is counted without them."""
_KINDS: Final = {Attempt.FAILED: Noted.REFUSED, Attempt.THROTTLED: Noted.THROTTLED}


class _Subject(Struct, frozen=True):
    """What makes two attempts alike."""

    kind: Noted
    hour: datetime
    user: UserId | None
    login: str
    address: str
    client: str


class Trail:
    """The logins that wait to be noted. ``clock`` tells the time."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = utc_now) -> None:
        self._store = store
        self._clock = clock
        self._lock = Lock()
        self._waiting: dict[_Subject, Note] = {}
        self._known: set[_Subject] = set()
        self._known_hour = _hour(clock())

    def logged_in(self, user: UserId, address: str, client: str) -> None:
        """Note a success, unless it was noted this hour."""
        now = self._clock()
        subject = _Subject(Noted.LOGIN, _hour(now), user, "", address, client)
        if subject not in self._known:
            self._wait(subject, now)

    def refused(self, attempt: Attempt, login: str, address: str) -> None:
        """Count a failure. Only with whom it has to do is kept, not what was typed."""
        now = self._clock()
        self._wait(_Subject(_KINDS[attempt], _hour(now), None, login.casefold(), address, ""), now)

    def flush(self) -> None:
        """Write what waits. It goes on waiting if the database does not answer."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        if not waiting:
            return
        try:
            with self._store.writing(SYSTEM_USER, "audit") as tx:
                for subject, note in waiting.items():
                    tx.audit.add(note if subject.user is not None else replace(note, user=_owner(tx, subject.login)))
        except (PasserelleError, SQLAlchemyError) as error:
            log.warning("logins_not_noted", reason=type(error).__name__)
            with self._lock:
                for subject, note in waiting.items():
                    self._join(subject, note)

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Write what waits every second until the block ends, and then the rest."""
        ended = Event()
        thread = Thread(target=self._go_on, args=(ended,), name="audit")
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            self.flush()

    def _go_on(self, ended: Event) -> None:
        while not ended.wait(_EVERY_S):
            self.flush()

    def _wait(self, subject: _Subject, now: datetime) -> None:
        note = Note(
            kind=subject.kind, at=now, last=now, user=subject.user, address=subject.address, client=subject.client
        )
        with self._lock:
            if subject.kind is Noted.LOGIN:
                if len(self._known) >= _MOST or subject.hour != self._known_hour:
                    self._known, self._known_hour = set(), subject.hour
                self._known.add(subject)
            self._join(subject, note)

    def _join(self, subject: _Subject, note: Note) -> None:
        """Add a note to what waits, to one that is alike if there is one. With the lock held."""
        if subject not in self._waiting and len(self._waiting) >= _MOST:
            subject = _Subject(subject.kind, subject.hour, None, "", "", "")
            note = replace(note, user=None, address="", client="")
        before = self._waiting.get(subject)
        self._waiting[subject] = (
            note if before is None else replace(before, last=note.last, count=before.count + note.count)
        )


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _owner(tx: Writing, login: str) -> UserId | None:
    name, _at, _context = login.partition("@")
    user = tx.principals.user_by_login(login) or tx.principals.user_by_login(name)
    return None if user is None else user.id
