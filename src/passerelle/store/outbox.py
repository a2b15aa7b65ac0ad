"""Mail that waits to be sent, in the same database as what it tells of: a transactional outbox.

Whoever changes something adds the mail in the same transaction, so that either both happen or neither. A mail's
``key`` says what it is about, and no two mails have the same: adding one twice adds nothing. The sender claims due
mail for a while, sends it, and says how that went; who dies while sending leaves it to be claimed again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Select, and_, bindparam, delete, func, insert, or_, select, text, update

from passerelle.model.errors import NotFound
from passerelle.model.ids import MailId, UserId
from passerelle.model.text import Text, from_stored, to_stored
from passerelle.store.block import Block, WritingBlock
from passerelle.store.clock import Sequence
from passerelle.store.content import from_microseconds, to_microseconds
from passerelle.store.schema import outbox

NOW: Final = timedelta(0)
_AHEAD: Final = timedelta(minutes=1)
"""How far the clock may step back before mail from then does not wait until it is there again."""


class MailState(StrEnum):
    """How far a mail is."""

    WAITING = "waiting"
    SENDING = "sending"
    """Claimed; from ``due`` on somebody else may claim it."""
    SENT = "sent"
    FAILED = "failed"
    """Given up. It stays until somebody decides."""


class Mail(Struct, frozen=True, kw_only=True):
    """One mail to one recipient. ``kind`` says how ``content`` is to be read; ``actor`` is who caused it.

    ``pool`` names mail that may be joined with it while it waits; empty where none may. ``due`` is when it is to be
    tried next.
    """

    id: MailId
    key: str
    pool: str
    kind: str
    actor: UserId
    recipient: str
    content: bytes
    created: datetime
    due: datetime
    state: MailState
    attempts: int
    error: Text


_UNTRIED = and_(outbox.c.state == MailState.WAITING, outbox.c.attempts == 0)
_OPEN = outbox.c.state.in_([MailState.WAITING, MailState.SENDING])
_ALL = select(
    outbox.c.id,
    outbox.c.key,
    outbox.c.pool,
    outbox.c.kind,
    outbox.c.actor,
    outbox.c.recipient,
    outbox.c.content,
    outbox.c.created,
    outbox.c.due,
    outbox.c.state,
    outbox.c.attempts,
    outbox.c.error,
).order_by(outbox.c.id)
_BY_ID = _ALL.where(outbox.c.id == bindparam("id_"))
_BY_KEY = _ALL.where(outbox.c.key == bindparam("key_"))
# The condition of the index stands in the query, too: what a parameter will be, a database does not know beforehand.
_JOINABLE = _ALL.where(
    outbox.c.pool == bindparam("pool_"),
    text("pool <> ''"),
    _UNTRIED,
)
_UNSENT = _ALL.where(outbox.c.state != MailState.SENT)
_DUE = (
    select(outbox.c.id)
    .where(_OPEN, or_(outbox.c.due <= bindparam("now_"), and_(_UNTRIED, outbox.c.created > bindparam("ahead_"))))
    .order_by(outbox.c.due)
    .limit(bindparam("most_"))
)
_CLAIMED = _ALL.where(outbox.c.id.in_(bindparam("ids_", expanding=True)))
_NEXT = select(func.min(outbox.c.due)).where(_OPEN)


class OutboxReading:
    """Looks into the outbox."""

    def __init__(self, block: Block) -> None:
        self._block = block

    def get(self, id_: MailId) -> Mail | None:
        """The mail with an id."""
        return self._first(_BY_ID, id_=id_)

    def by_key(self, key: str) -> Mail | None:
        """The mail with a key: waiting, failed, or sent not too long ago."""
        return self._first(_BY_KEY, key_=key)

    def joinable(self, pool: str) -> Mail | None:
        """The mail of a pool that waits and was never tried."""
        return self._first(_JOINABLE, pool_=pool)

    def unsent(self) -> tuple[Mail, ...]:
        """All that is not sent: what waits, what is being sent, and what failed; oldest first."""
        return self._mails(_UNSENT)

    def next_due(self) -> datetime | None:
        """When there is something to send next; None if nothing waits."""
        due = self._block.connection.scalar(_NEXT)
        return None if due is None else from_microseconds(due)

    def _first(self, query: Select[*tuple[Any, ...]], **values: int | str) -> Mail | None:
        return next(iter(self._mails(query, **values)), None)

    def _mails(self, query: Select[*tuple[Any, ...]], **values: int | str | list[int]) -> tuple[Mail, ...]:
        return tuple(
            Mail(
                id=id_,
                key=key,
                pool=pool,
                kind=kind,
                actor=actor,
                recipient=recipient,
                content=content,
                created=from_microseconds(created),
                due=from_microseconds(due),
                state=MailState(state),
                attempts=attempts,
                error=from_stored(error),
            )
            for id_, key, pool, kind, actor, recipient, content, created, due, state, attempts, error in (
                self._block.connection.execute(query, values)
            )
        )


class OutboxWriting(OutboxReading):
    """Puts mail into the outbox and takes it out. Nothing of it is journalled."""

    def __init__(self, block: WritingBlock) -> None:
        super().__init__(block)
        self._writing = block
        self._ids = Sequence(block.connection, "mail")

    @property
    def now(self) -> datetime:
        """The instant of this transaction."""
        return from_microseconds(self._writing.at)

    def add(
        self, key: str, recipient: str, kind: str, content: bytes, *, pool: str = "", delay: timedelta = NOW
    ) -> Mail | None:
        """Let a mail be sent after ``delay``, once this transaction is committed; None if the key is known already."""
        if self.by_key(key) is not None:
            return None
        id_ = MailId(self._ids.take())
        values = {
            "id": id_,
            "key": key,
            "pool": pool,
            "kind": kind,
            "actor": self._writing.actor,
            "recipient": recipient,
            "content": content,
            "created": self._writing.at,
            "due": self._writing.at + _microseconds(delay),
            "state": MailState.WAITING,
            "attempts": 0,
            "error": "",
        }
        self._writing.connection.execute(insert(outbox), values)
        return self.get(id_)

    def rewrite(self, id_: MailId, content: bytes, due: datetime) -> None:
        """Give a mail that waits another content and another time. Raises NotFound."""
        self._set(id_, content=content, due=to_microseconds(due))

    def claim(self, most: int, lease: timedelta) -> tuple[Mail, ...]:
        """Take up to ``most`` mails that are due; nobody else gets them before ``lease`` is over.

        Each is counted as one attempt more.
        """
        connection = self._writing.connection
        now = self._writing.at
        ids = list(connection.scalars(_DUE, {"now_": now, "ahead_": now + _microseconds(_AHEAD), "most_": most}))
        until = now + _microseconds(lease)
        claim = update(outbox).where(outbox.c.id.in_(ids))
        connection.execute(claim.values(state=MailState.SENDING, due=until, attempts=outbox.c.attempts + 1))
        return self._mails(_CLAIMED, ids_=ids)

    def mark_sent(self, id_: MailId) -> None:
        """Note that a mail is out. Its content is forgotten; its key is remembered until it is pruned."""
        sent = {"state": MailState.SENT, "due": self._writing.at, "content": b"", "pool": "", "error": ""}
        self._writing.connection.execute(update(outbox).where(outbox.c.id == id_), sent)

    def put_off(self, id_: MailId, delay: timedelta, error: str) -> None:
        """Note that a mail did not get out, and after which time to try again. Raises NotFound."""
        self._set(id_, state=MailState.WAITING, due=self._writing.at + _microseconds(delay), error=to_stored(error))

    def release(self, id_: MailId) -> None:
        """Give a claimed mail back untried: it is due at once. Raises NotFound."""
        self._set(id_, state=MailState.WAITING, due=self._writing.at, attempts=outbox.c.attempts - 1)

    def give_up(self, id_: MailId, error: str) -> None:
        """Note that a mail will not get out. Raises NotFound."""
        self._set(id_, state=MailState.FAILED, due=self._writing.at, error=to_stored(error))

    def try_again(self, id_: MailId) -> None:
        """Let a mail be tried at once, as if it were new. Raises NotFound."""
        self._set(id_, state=MailState.WAITING, attempts=0, due=self._writing.at, created=self._writing.at)

    def remove(self, id_: MailId) -> None:
        """Forget a mail. Raises NotFound."""
        if self._writing.connection.execute(delete(outbox).where(outbox.c.id == id_)).rowcount == 0:
            raise _unknown(id_)

    def prune(self, sent: datetime, unsent: datetime) -> int:
        """Forget mail that was sent, or that should have been, before two instants; return how many."""
        gone = delete(outbox).where(
            or_(
                and_(outbox.c.state == MailState.SENT, outbox.c.due < to_microseconds(sent)),
                and_(outbox.c.state != MailState.SENT, outbox.c.due < to_microseconds(unsent)),
            )
        )
        return self._writing.connection.execute(gone).rowcount

    def _set(self, id_: MailId, **values: object) -> None:
        changed = update(outbox).where(outbox.c.id == id_, outbox.c.state != MailState.SENT)
        if self._writing.connection.execute(changed.values(values)).rowcount == 0:
            raise _unknown(id_)


def _unknown(id_: MailId) -> NotFound:
    return NotFound(Text("There is no mail {id} in the outbox.", id=id_))


def _microseconds(duration: timedelta) -> int:
    return duration // timedelta(microseconds=1)
