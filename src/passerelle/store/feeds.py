"""Feeds: links under which programs read a calendar without logging in.

A row knows only the digest of the link's token, so that whoever reads the database cannot read a calendar by it.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import bindparam, delete, insert, select, update

from passerelle.model.ids import FolderId, UserId
from passerelle.store.block import Block, WritingBlock
from passerelle.store.content import from_microseconds, to_microseconds
from passerelle.store.schema import feeds


class Detail(StrEnum):
    """How much of an appointment a feed shows."""

    BUSY = "busy"
    LIMITED = "limited"
    FULL = "full"


class Feed(Struct, frozen=True, kw_only=True):
    """A link that ``user`` made to a calendar; ``label`` says for whom.

    ``id`` names it to its maker and to administrators, and is not told to who reads the calendar. ``fetched`` is when
    it was read last, by a program that calls itself ``client``; None: never.
    """

    id: str
    proof: str
    user: UserId
    folder: FolderId
    detail: Detail
    label: str
    created: datetime
    fetched: datetime | None = None
    client: str = ""


_ROWS = select(
    feeds.c.id,
    feeds.c.proof,
    feeds.c.user_id,
    feeds.c.folder,
    feeds.c.detail,
    feeds.c.label,
    feeds.c.created,
    feeds.c.fetched,
    feeds.c.client,
)
_BY_PROOF = _ROWS.where(feeds.c.proof == bindparam("proof_"))
_ONE = _ROWS.where(feeds.c.id == bindparam("id_"))
_ALL = _ROWS.order_by(feeds.c.user_id, feeds.c.created, feeds.c.id)
_OF_USER = _ALL.where(feeds.c.user_id == bindparam("user_"))


class FeedsReading:
    """Reads feeds, whether they still show anything or not."""

    def __init__(self, block: Block) -> None:
        self._block = block

    def by_proof(self, proof: str) -> Feed | None:
        """The feed whose token has this digest: one look into an index, so that time tells nothing of a token."""
        row = self._block.connection.execute(_BY_PROOF, {"proof_": proof}).first()
        return None if row is None else _feed(*row)

    def get(self, id_: str) -> Feed | None:
        """The feed with an id."""
        row = self._block.connection.execute(_ONE, {"id_": id_}).first()
        return None if row is None else _feed(*row)

    def of_user(self, user: UserId) -> list[Feed]:
        """All feeds that somebody made, the oldest first."""
        return [_feed(*row) for row in self._block.connection.execute(_OF_USER, {"user_": user})]

    def all(self) -> list[Feed]:
        """All feeds, by who made them."""
        return [_feed(*row) for row in self._block.connection.execute(_ALL)]


class FeedsWriting(FeedsReading):
    """Makes feeds and ends them."""

    def __init__(self, block: WritingBlock) -> None:
        super().__init__(block)
        self._writing = block

    def add(self, feed: Feed) -> None:
        """Keep a new feed, which nobody has read yet."""
        row = {
            "id": feed.id,
            "proof": feed.proof,
            "user_id": feed.user,
            "folder": feed.folder,
            "detail": feed.detail.value,
            "label": feed.label,
            "created": to_microseconds(feed.created),
            "client": feed.client,
        }
        self._writing.connection.execute(insert(feeds), row)

    def see(self, id_: str, at: datetime, client: str) -> None:
        """Note when a feed was read, and by what program."""
        values = {"fetched": to_microseconds(at), "client": client}
        self._writing.connection.execute(update(feeds).where(feeds.c.id == id_).values(values))

    def remove(self, id_: str) -> None:
        """Forget a feed, if it is known."""
        self._writing.connection.execute(delete(feeds).where(feeds.c.id == id_))

    def remove_of(self, user: UserId) -> None:
        """Forget all feeds that somebody made."""
        self._writing.connection.execute(delete(feeds).where(feeds.c.user_id == user))


def _feed(  # noqa: PLR0913, PLR0917 - as the row has it
    id_: str,
    proof: str,
    user: UserId,
    folder: FolderId,
    detail: str,
    label: str,
    created: int,
    fetched: int | None,
    client: str,
) -> Feed:
    return Feed(
        id=id_,
        proof=proof,
        user=user,
        folder=folder,
        detail=Detail(detail),
        label=label,
        created=from_microseconds(created),
        fetched=None if fetched is None else from_microseconds(fetched),
        client=client,
    )
