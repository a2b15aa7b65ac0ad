"""What scheduling messages were taken from whom: the newest revision of each (RFC 5546, section 2.1.5).

Mail overtakes mail. A message that is older than what its sender said before, about the same thing to the same
person, has nothing to say any more; to know that, its revision outlives the item that it was about.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update

from passerelle.model.ids import UserId
from passerelle.store.block import Block, WritingBlock
from passerelle.store.content import from_microseconds, to_microseconds
from passerelle.store.schema import correspondence

NOBODY: Final = UserId(-1)
"""In the place of the recipient of what concerns the item itself, whoever gets it."""
_WHOLE: Final = -(2**62)
"""In the place of an occurrence of what concerns the whole item: before any instant."""


class Subject(NamedTuple):
    """What a message is about: a uid, or with ``occurrence`` (its key) one occurrence; and between whom.

    ``sender`` is a mail address; ``recipient`` the user whose copy of the item it concerns.
    """

    uid: str
    sender: str
    occurrence: datetime | None = None
    recipient: UserId = NOBODY


class Revision(NamedTuple):
    """How new a message is: first ``SEQUENCE`` decides, then ``DTSTAMP``. Revisions compare as tuples do."""

    sequence: int
    stamped: datetime


_SAME = (
    correspondence.c.uid == bindparam("uid_"),
    correspondence.c.sender == bindparam("sender_"),
    correspondence.c.occurrence == bindparam("occurrence_"),
    correspondence.c.recipient == bindparam("recipient_"),
)
_LAST = select(correspondence.c.sequence, correspondence.c.stamped).where(*_SAME)


class CorrespondenceReading:
    """Looks up what was taken."""

    def __init__(self, block: Block) -> None:
        self._block = block

    def last(self, subject: Subject) -> Revision | None:
        """The newest revision that was taken; None if there was none, or it is forgotten."""
        row = self._block.connection.execute(_LAST, _named(subject)).first()
        return None if row is None else Revision(row[0], from_microseconds(row[1]))


class CorrespondenceWriting(CorrespondenceReading):
    """Notes what is taken, and forgets it after a long time."""

    def __init__(self, block: WritingBlock) -> None:
        super().__init__(block)
        self._writing = block

    def note(self, subject: Subject, revision: Revision) -> None:
        """Remember a revision as the newest. A ``DTSTAMP`` in the future counts as now: clocks go wrong."""
        at = self._writing.at
        values = {
            "sequence": revision.sequence,
            "stamped": min(to_microseconds(revision.stamped), at),
            "at": at,
        }
        changed = self._writing.connection.execute(update(correspondence).where(*_SAME).values(values), _named(subject))
        if changed.rowcount == 0:
            named = {name.removesuffix("_"): value for name, value in _named(subject).items()}
            self._writing.connection.execute(insert(correspondence), {**named, **values})

    def prune(self, before: datetime) -> int:
        """Forget what was taken before an instant; return how many."""
        gone = delete(correspondence).where(correspondence.c.at < to_microseconds(before))
        return self._writing.connection.execute(gone).rowcount


def _named(subject: Subject) -> dict[str, str | int]:
    return {
        "uid_": subject.uid,
        "sender_": subject.sender.casefold(),
        "occurrence_": _WHOLE if subject.occurrence is None else to_microseconds(subject.occurrence),
        "recipient_": subject.recipient,
    }
