"""Empties the outbox: claims what is due, composes it, hands it to the relay, and notes how that went.

Mail is sent at least once: should this process die between the relay's word and the note of it, the mail is sent
again when its claim is over, with the same ``Message-ID`` (docs/decisions/0015).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

import structlog

from passerelle.groupware import mail_settings
from passerelle.groupware.mail_settings import Relay
from passerelle.groupware.provision import SYSTEM_USER
from passerelle.mail.compose import compose
from passerelle.mail.delivery import Accepted, Conversation, Envelope, Later, Never, Outcome, Password
from passerelle.mail.reports import report
from passerelle.model.text import Text
from passerelle.store import Mail, Store

log = structlog.get_logger(__name__)

BATCH: Final = 5
"""Mails claimed at once: few enough to be sent before their claim is over."""
LEASE: Final = timedelta(minutes=15)
"""How long a claim holds: longer than a batch can take."""
PATIENCE: Final = timedelta(days=3)
"""How long a mail is tried before it is given up (RFC 5321, section 4.5.4.1: four or five days are common)."""
_FIRST: Final = timedelta(minutes=1)
_LONGEST: Final = timedelta(hours=4)
_ORIGIN: Final = "mail"
TOO_OLD: Final = Text("It waited too long for a mail server that takes it.")
"""Nobody is told of that: it is old, and there may be much of it."""


def never() -> bool:
    """Go on to the end."""
    return False


def send_due(store: Store, password: Password, is_over: Callable[[], bool] = never) -> int:
    """Send what is due; return how many mails were looked at. Stops early when ``is_over`` says so.

    Without a relay nothing is claimed.
    """
    with store.reading() as tx:
        relay = mail_settings.settings(tx).relay
    if relay is None:
        return 0
    with store.writing(SYSTEM_USER, _ORIGIN) as tx:
        claimed = tx.outbox.claim(BATCH, LEASE)
    if claimed:
        asyncio.run(_Round(store, relay, password, is_over).send(claimed))
    return len(claimed)


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many attempts: three times as long each time, up to four hours."""
    factor: int = 3 ** min(attempts - 1, 10)
    return min(_FIRST * factor, _LONGEST)


class _Round:
    """One batch of mails on its way."""

    def __init__(self, store: Store, relay: Relay, password: Password, is_over: Callable[[], bool]) -> None:
        self._store = store
        self._relay = relay
        self._conversation = Conversation(relay, password)
        self._is_over = is_over

    async def send(self, mails: Iterable[Mail]) -> None:
        """Send each, or give it back."""
        for mail in mails:
            if self._is_over():
                with self._store.writing(SYSTEM_USER, _ORIGIN) as tx:
                    tx.outbox.release(mail.id)
            else:
                self._note(mail, await self._outcome(mail))
        await self._conversation.leave()

    async def _outcome(self, mail: Mail) -> Outcome:
        """What becomes of a mail. One that has nothing to say any more counts as sent."""
        if mail.attempts == 1 and _claimed_at(mail) - mail.created > PATIENCE:
            return Never(TOO_OLD)
        try:
            message = compose(mail, self._relay.sender, _claimed_at(mail))
        except Exception:  # one mail that cannot be composed must not hold up the others
            log.exception("mail_not_composed", mail=mail.id, kind=mail.kind)
            return Never(Text("It could not be written. The server's log says why."))
        if message is None:
            return Accepted()
        return await self._conversation.deliver(Envelope(mail.recipient, message))

    def _note(self, mail: Mail, outcome: Outcome) -> None:
        with self._store.writing(SYSTEM_USER, _ORIGIN) as tx:
            if tx.outbox.get(mail.id) is None:  # dropped by hand meanwhile
                return
            match outcome:
                case Accepted():
                    tx.outbox.mark_sent(mail.id)
                    log.info("mail_sent", mail=mail.id, kind=mail.kind, attempts=mail.attempts)
                case Later(reason) if _claimed_at(mail) - mail.created < PATIENCE:
                    tx.outbox.put_off(mail.id, backoff(mail.attempts), reason)
                    log.warning("mail_put_off", mail=mail.id, attempts=mail.attempts)
                case Later(reason) | Never(reason):
                    tx.outbox.give_up(mail.id, reason)
                    log.warning("mail_given_up", mail=mail.id, attempts=mail.attempts)
                    if reason != TOO_OLD:
                        report(tx, mail, reason)


def _claimed_at(mail: Mail) -> datetime:
    """When a mail was claimed, by the clock of the store."""
    return mail.due - LEASE
