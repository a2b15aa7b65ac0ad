"""What changed in a folder, found by comparing its table with what the engine knows of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from passerelle.model.errors import Refused
from passerelle.peers.base import RemoteId, Version
from passerelle.peers.outlook import versions
from passerelle.peers.outlook.marks import Mark, new_id
from passerelle.peers.outlook.rows import Row, digest


class Found(Struct, frozen=True, kw_only=True):
    """A row with the id that the item has from now on.

    ``is_marked`` says that Outlook has it so already; ``is_copy`` that the user made a copy: an item of its own.
    """

    id: RemoteId
    row: Row
    is_marked: bool
    is_copy: bool = False


class Listing(Struct, frozen=True):
    """The tables of all folders at one moment, as digits in UTC; those of ``unread`` folders could not be had."""

    rows: Mapping[RemoteId, Sequence[Row]]
    at: datetime
    unread: frozenset[RemoteId] = frozenset()

    def position(self, folder: RemoteId) -> str:
        """Names what a folder holds. While a change may be hidden behind the last one's time, it never comes again."""
        state = digest(self.rows[folder])
        fresh = any(not versions.is_settled(row.changed, self.at) for row in self.rows[folder])
        return f"{state} {self.at.isoformat()}" if fresh else state

    def items(self, folder: RemoteId, known: Mapping[RemoteId, Version]) -> Iterator[Found]:
        """The items of a folder, told apart from copies of them that the user made.

        Of several rows with one mark that is the item which is where it was known to be. A mark of another folder is an
        item that was moved from there, unless it still is there.

        Raises:
            Refused: it cannot be told, for the other folder could not be read.
        """
        by_id: dict[RemoteId, list[Row]] = defaultdict(list)
        entered = {entry for rows in self.rows.values() for row in rows for entry in row.entered}
        for row in self.rows[folder]:
            if row.mark is None and (row.is_older or row.is_unanswered or row.entry in entered):
                continue  # it was the user's before, or Outlook has made it of an invitation's mail or a birthday
            if row.mark is None or (row.mark.folder != folder and self._is_in(row.mark)):
                yield Found(id=new_id(), row=row, is_marked=False, is_copy=row.mark is not None)
            else:
                by_id[row.mark.id].append(row)
        for id_, rows in by_id.items():
            place = versions.known(known.get(id_, ""))
            first = next((row for row in rows if place is not None and row.entry == place.entry), rows[0])
            yield Found(id=id_, row=first, is_marked=first.mark == Mark(id_, folder))
            yield from (Found(id=new_id(), row=row, is_marked=False, is_copy=True) for row in rows if row is not first)

    def twin(self, folder: RemoteId, meeting: bytes) -> str | None:
        """Where a folder has a copy of a meeting that Outlook has made of a mail."""
        rows = self.rows.get(folder, ())
        return next((row.entry for row in rows if row.mark is None and row.is_of_meeting(meeting)), None)

    def _is_in(self, mark: Mark) -> bool:
        if mark.folder in self.unread:
            raise Refused("Outlook did not show all folders.")
        return any(row.mark == mark for row in self.rows.get(mark.folder, ()))
