"""What PROPPATCH and PUT have in common in all servlets (OX reference, sections 5 and 6.3).

The whole body is read first; then its blocks are carried out in order, each with its own response. The answer begins
after they are committed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import structlog

from passerelle.groupware.session import Session
from passerelle.model.errors import Missing, Refused, Unreadable
from passerelle.model.ids import Stamp
from passerelle.server.ox.answer import document
from passerelle.wire.oxxml import answers
from passerelle.wire.oxxml.requests import Update, read_propertyupdate

log = structlog.get_logger(__name__)

FAILED = "The server failed to carry this out. Its log says why."


class OwnChanges:
    """Remembers what one request has changed, so that its later blocks do not conflict with its earlier ones.

    Several blocks may change one object and all carry the version from before the request (section 5.2).
    """

    def __init__(self) -> None:
        self._changes: dict[int, tuple[int, Stamp]] = {}

    def expected(self, update: Update, *, required: bool = True) -> Stamp | None:
        """The version that a block is based on, as locking shall compare it.

        Raises:
            Missing: the block names none although its operation needs one.
        """
        sent = update.last_modified
        if sent is None:
            if required:
                message = "The change does not say which version it is based on: last_modified is missing."
                raise Missing(message, "last_modified")
            return None
        first, now = self._changes.get(update.object_id or 0, (sent, Stamp(sent)))
        return Stamp(max(sent, now)) if sent >= first else Stamp(sent)

    def record(self, update: Update, stamp: Stamp) -> None:
        """Note that a block has brought its object to a new version."""
        if update.object_id is not None and update.last_modified is not None:
            first, _ = self._changes.get(update.object_id, (update.last_modified, stamp))
            self._changes[update.object_id] = (first, stamp)


Block = Callable[[Session, Update, OwnChanges], bytes]
"""Carries out one block and returns its response; refusals are raised."""


def carry_out(session: Session, body: bytes, block: Block, *, has_series: bool) -> Iterator[bytes]:
    """The answer to a write. A body that cannot be read changes nothing and gets one response."""
    try:
        updates = read_propertyupdate(body)
    except Unreadable as error:
        return document([answers.unreadable(error, body)])
    own = OwnChanges()
    # Everything is carried out before the answer begins: a client that stops reading stops nothing half-way.
    outcomes = session.batch([partial(_one, update, own, block) for update in updates])
    _log_failures(updates, outcomes)
    answered = zip(updates, outcomes, strict=True)
    return document([_answer(update, outcome, has_series=has_series) for update, outcome in answered])


def _one(update: Update, own: OwnChanges, block: Block, session: Session) -> bytes:
    if update.problem is not None:
        raise update.problem
    return block(session, update, own)


def _answer(update: Update, outcome: bytes | Exception, *, has_series: bool) -> bytes:
    """The response to one block. Its failure on our side must not hide what became of the others."""
    if isinstance(outcome, bytes):
        return outcome
    id_, recurrence_id = update.object_id or 0, 0 if has_series else None
    if not isinstance(outcome, Refused):
        return answers.broken(FAILED, id_, recurrence_id=recurrence_id, client_id=update.client_id)
    return answers.failed(
        outcome, id_, recurrence_id=recurrence_id, client_id=update.client_id, extended=update.properties.extended
    )


def _log_failures(updates: Sequence[Update], outcomes: Sequence[bytes | Exception]) -> None:
    """Log what failed on our side; what failed together, because its commit did, only once."""
    known: Exception | None = None
    for update, outcome in zip(updates, outcomes, strict=True):
        if isinstance(outcome, Exception) and not isinstance(outcome, Refused) and outcome is not known:
            log.error("block_failed", object_id=update.object_id, method=update.method, exc_info=outcome)
            known = outcome
