"""Reminds and sends mail while the server runs, in a thread of its own. Several servers may do so over one database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from passerelle.groupware import mail_settings
from passerelle.groupware.reminding import BATCH, remind
from passerelle.mail.delivery import Password
from passerelle.mail.sending import send_due
from passerelle.model.errors import PasserelleError
from passerelle.store import Store

log = structlog.get_logger(__name__)

PAUSE_S: Final = 5.0
"""How often the outbox is looked at: one small query."""


@contextmanager
def mailing(store: Store, password: Password, pause_s: float = PAUSE_S) -> Iterator[None]:
    """Send what is due until the block ends; what is under way then is finished."""
    ended = Event()
    thread = Thread(target=_Postman(store, password, ended, pause_s).go_on, name="mail")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


class _Postman:
    """Goes on sending. Faults are logged, and the rest goes on."""

    def __init__(self, store: Store, password: Password, ended: Event, pause_s: float) -> None:
        self._store = store
        self._password = password
        self._ended = ended
        self._pause_s = pause_s

    def go_on(self) -> None:
        """Send until told to stop."""
        self._tell_of_missing_relay()
        while not self._ended.is_set():
            try:
                self._remind()
                while send_due(self._store, self._password, self._ended.is_set) and not self._ended.is_set():
                    pass
            except (PasserelleError, SQLAlchemyError) as error:  # the mail waits, and the server serves
                log.warning("mail_not_sent", reason=str(error))
            self._ended.wait(self._pause_s)

    def _remind(self) -> None:
        """Queue what is due; asks first, for to queue is to wait for one's turn to write."""
        with self._store.reading() as tx:
            due = tx.reminders.next_due()
        while due is not None and due <= datetime.now(UTC) and not self._ended.is_set():
            due = due if remind(self._store) == BATCH else None

    def _tell_of_missing_relay(self) -> None:
        with self._store.reading() as tx:
            has_relay, waiting = mail_settings.settings(tx).relay is not None, len(tx.outbox.unsent())
        if not has_relay:
            tell = log.warning if waiting else log.info  # a server that needs no mail is none with a fault
            tell("no_mail_relay", waiting=waiting, remedy="passerelle server mail relay")
