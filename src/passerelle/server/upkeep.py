"""What a running server does by itself once a day: forget old versions, mail and audit, look over reminders."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from passerelle.groupware import logins
from passerelle.groupware.provision import SYSTEM_USER
from passerelle.groupware.reminding import rebuild_all
from passerelle.model.errors import PasserelleError
from passerelle.store import Store

log = structlog.get_logger(__name__)

KEPT: Final = timedelta(days=365)
"""How long earlier versions of items are kept. What change lists need is never removed."""
FILES_KEPT: Final = timedelta(days=1)
"""How long files of what was deleted are kept, for who takes that back at once: they may be large."""
SENT_KEPT: Final = timedelta(days=30)
"""How long it is remembered that a mail was sent: longer than anything would have it sent again."""
UNSENT_KEPT: Final = timedelta(days=90)
"""How long mail that could not be sent, or that no relay takes, waits for somebody to look at it."""
AUDIT_KEPT: Final = timedelta(days=180)
"""How long logins and administrators' commands are kept, unless the administrator says otherwise."""
_DAY_S: Final = 24 * 60 * 60.0


def prune(store: Store, now: datetime, audit_kept: timedelta = AUDIT_KEPT) -> int:
    """Remove earlier versions that are older than :data:`KEPT`, old mail, old audit and ended logins.

    Returns how many versions went.
    """
    with store.writing(SYSTEM_USER, "upkeep") as tx:
        tx.outbox.prune(now - SENT_KEPT, now - UNSENT_KEPT)
        tx.correspondence.prune(now - KEPT)
        tx.audit.prune(now - audit_kept)
        logins.prune(tx, now)
        tx.attachments.forget_former(now - FILES_KEPT)
        return tx.journal.prune(now - KEPT)


@contextmanager
def daily(store: Store, audit_kept: timedelta = AUDIT_KEPT) -> Iterator[None]:
    """Prune, and write reminders anew, now and every day, in a thread of its own, until the block ends."""
    ended = Event()
    thread = Thread(target=_go_on, args=(store, ended, audit_kept), name="upkeep")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _go_on(store: Store, ended: Event, audit_kept: timedelta) -> None:
    is_over = False
    while not is_over:
        try:
            rebuild_all(store)
            removed = prune(store, datetime.now(UTC), audit_kept)
        except (PasserelleError, SQLAlchemyError) as error:  # tomorrow is another day; meanwhile the server serves
            log.warning("journal_not_pruned", reason=type(error).__name__)
        else:
            log.info("journal_pruned", rows=removed)
        is_over = ended.wait(_DAY_S)
