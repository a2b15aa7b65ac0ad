"""The audit's own rows: logins and administrators' commands. Changes of rights and groups are in the journal.

What is alike within an hour is one row with a count, so that a guesser cannot fill the disk.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import bindparam, delete, insert, select, update

from passerelle.model.ids import UserId
from passerelle.model.moments import EPOCH
from passerelle.store.block import Block, WritingBlock
from passerelle.store.clock import Sequence
from passerelle.store.content import from_microseconds, to_microseconds
from passerelle.store.schema import audit


class Noted(StrEnum):
    """What a row tells of."""

    LOGIN = "login"
    REFUSED = "refused"
    """A login with a wrong password, or of nobody."""
    THROTTLED = "throttled"
    """A login that was not looked at, because the address had guessed too often."""
    COMMAND = "command"


class Note(Struct, frozen=True, kw_only=True):
    """One row: from ``at`` to ``last`` it happened ``count`` times.

    ``user`` is whom a login belongs to, None for one of nobody; ``account`` is who gave a command, as the system
    calls them. ``address`` and ``client`` say where a login came from; ``detail`` what was commanded.
    """

    kind: Noted
    at: datetime
    last: datetime
    count: int = 1
    user: UserId | None = None
    account: str = ""
    address: str = ""
    client: str = ""
    detail: str = ""


_ROWS = (
    select(
        audit.c.kind,
        audit.c.at,
        audit.c.last,
        audit.c.count,
        audit.c.user_id,
        audit.c.account,
        audit.c.address,
        audit.c.client,
        audit.c.detail,
    )
    .where(audit.c.last >= bindparam("since_"))
    .order_by(audit.c.last, audit.c.id)
)
_KNOWN = select(audit.c.id).where(audit.c.key == bindparam("key_"))
_AGAIN = (
    update(audit)
    .where(audit.c.key == bindparam("key_"))
    .values(last=bindparam("last_"), count=audit.c.count + bindparam("more_"))
)
_HOUR = timedelta(hours=1)


class AuditReading:
    """Reads the rows."""

    def __init__(self, block: Block) -> None:
        self._block = block

    def notes(self, since: datetime) -> list[Note]:
        """What happened, or happened again, at ``since`` or later; in order of the last time."""
        rows = self._block.connection.execute(_ROWS, {"since_": to_microseconds(since)})
        return [
            Note(
                kind=Noted(kind),
                at=from_microseconds(at),
                last=from_microseconds(last),
                count=count,
                user=user,
                account=account,
                address=address,
                client=client,
                detail=detail,
            )
            for kind, at, last, count, user, account, address, client, detail in rows
        ]


class AuditWriting(AuditReading):
    """Adds rows, and forgets old ones."""

    def __init__(self, block: WritingBlock) -> None:
        super().__init__(block)
        self._writing = block

    def add(self, note: Note) -> None:
        """Add a row; a login that is alike in the same hour is counted instead. Each command has its own."""
        connection = self._writing.connection
        id_ = Sequence(connection, "audit").take()
        key = str(id_) if note.kind is Noted.COMMAND else _key(note)
        if connection.scalar(_KNOWN, {"key_": key}) is not None:
            connection.execute(_AGAIN, {"key_": key, "last_": to_microseconds(note.last), "more_": note.count})
            return
        values = {
            "id": id_,
            "key": key,
            "kind": note.kind,
            "at": to_microseconds(note.at),
            "last": to_microseconds(note.last),
            "count": note.count,
            "user_id": note.user,
            "account": note.account,
            "address": note.address,
            "client": note.client,
            "detail": note.detail,
        }
        connection.execute(insert(audit), values)

    def prune(self, before: datetime) -> int:
        """Remove what did not happen again since an instant; return how many rows went."""
        return self._writing.connection.execute(delete(audit).where(audit.c.last < to_microseconds(before))).rowcount


def _key(note: Note) -> str:
    hour = (note.at - EPOCH) // _HOUR
    return "\n".join((note.kind, str(hour), str(note.user), note.address, note.client))
