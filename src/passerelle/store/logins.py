"""Logins of browsers: who is let in again without a password, and until when.

A row knows only the digest of its key, so that whoever reads the database cannot take anybody's place.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from sqlalchemy import bindparam, delete, insert, or_, select, update

from passerelle.model.ids import UserId
from passerelle.store.block import Block, WritingBlock
from passerelle.store.content import from_microseconds, to_microseconds
from passerelle.store.schema import logins


class Login(Struct, frozen=True, kw_only=True):
    """One browser that somebody logged in with: ``client`` is what it calls itself; it was last seen at ``seen``.

    It ends at ``ends``, and earlier if it is ``is_short`` and was not seen for long.
    """

    proof: str
    user: UserId
    begun: datetime
    seen: datetime
    ends: datetime
    is_short: bool
    client: str = ""


_ROWS = select(
    logins.c.proof,
    logins.c.user_id,
    logins.c.begun,
    logins.c.seen,
    logins.c.ends,
    logins.c.is_short,
    logins.c.client,
)
_ONE = _ROWS.where(logins.c.proof == bindparam("proof_"))
_ALL = _ROWS.order_by(logins.c.seen.desc(), logins.c.proof)
_OF_USER = _ROWS.where(logins.c.user_id == bindparam("user_")).order_by(logins.c.seen.desc(), logins.c.proof)


class LoginsReading:
    """Reads logins, whether they still hold or not."""

    def __init__(self, block: Block) -> None:
        self._block = block

    def get(self, proof: str) -> Login | None:
        """The login with this proof."""
        row = self._block.connection.execute(_ONE, {"proof_": proof}).first()
        return None if row is None else _login(*row)

    def of_user(self, user: UserId) -> list[Login]:
        """All logins of somebody, the latest seen first."""
        return [_login(*row) for row in self._block.connection.execute(_OF_USER, {"user_": user})]

    def all(self) -> list[Login]:
        """All logins, the latest seen first."""
        return [_login(*row) for row in self._block.connection.execute(_ALL)]


class LoginsWriting(LoginsReading):
    """Begins and ends logins."""

    def __init__(self, block: WritingBlock) -> None:
        super().__init__(block)
        self._writing = block

    def add(self, login: Login) -> None:
        """Let somebody in."""
        row = {
            "proof": login.proof,
            "user_id": login.user,
            "begun": to_microseconds(login.begun),
            "seen": to_microseconds(login.seen),
            "ends": to_microseconds(login.ends),
            "is_short": login.is_short,
            "client": login.client,
        }
        self._writing.connection.execute(insert(logins), row)

    def see(self, proof: str, at: datetime) -> None:
        """Note when a login was used."""
        self._writing.connection.execute(update(logins).where(logins.c.proof == proof).values(seen=to_microseconds(at)))

    def remove(self, proof: str) -> None:
        """Forget a login, if it is known."""
        self._writing.connection.execute(delete(logins).where(logins.c.proof == proof))

    def remove_of(self, user: UserId) -> None:
        """Forget all logins of somebody."""
        self._writing.connection.execute(delete(logins).where(logins.c.user_id == user))

    def prune(self, ended: datetime, unseen: datetime) -> None:
        """Forget those that ended before an instant, and the short ones that were not seen since another."""
        self._writing.connection.execute(
            delete(logins).where(
                or_(
                    logins.c.ends < to_microseconds(ended),
                    logins.c.is_short & (logins.c.seen < to_microseconds(unseen)),
                )
            )
        )


def _login(
    proof: str,
    user: UserId,
    begun: int,
    seen: int,
    ends: int,
    is_short: bool,  # noqa: FBT001 - as the row has it
    client: str,
) -> Login:
    return Login(
        proof=proof,
        user=user,
        begun=from_microseconds(begun),
        seen=from_microseconds(seen),
        ends=from_microseconds(ends),
        is_short=is_short,
        client=client,
    )
