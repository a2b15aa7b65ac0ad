"""What the folders in Outlook hold, as their tables told when they were read last."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import final

from passerelle.model.errors import Refused
from passerelle.peers.base import RemoteId
from passerelle.peers.outlook.answers import answering
from passerelle.peers.outlook.listing import Listing
from passerelle.peers.outlook.rows import Row, read_rows
from passerelle.peers.outlook.tree import Address, Tree


@final
class Tables:
    """The tables of all folders; ``tree`` gives those folders, ``number`` says how many tables were read.

    ``listing`` is what they told.
    """

    def __init__(self, tree: Callable[[], Tree], now: Callable[[], datetime]) -> None:
        self._tree = tree
        self._now = now
        self._read: dict[str, Sequence[Row]] = {}
        self.listing = Listing({}, self.moment())
        self.number = 0

    def moment(self) -> datetime:
        """The present one, as digits in UTC."""
        return self._now().astimezone(UTC).replace(tzinfo=None)

    def read_all(self, folders: Iterable[RemoteId]) -> Listing:
        """Read each folder's. One that cannot be read hinders no other."""
        at = self.moment()
        self._read = {}
        rows: dict[RemoteId, Sequence[Row]] = {}
        unread: set[RemoteId] = set()
        for id_ in folders:
            try:
                with answering():
                    rows[id_] = self._rows(id_)
            except Refused:
                unread.add(id_)  # its changes are asked for all the same, and then it is told why
        self.listing = Listing(rows, at, frozenset(unread))
        return self.listing

    def read_some(self, folders: Collection[RemoteId], known: Mapping[RemoteId, Address]) -> Listing | None:
        """Read those of some folders, and of those ``known`` ones where things in them were before.

        None if one of them is gone, or not where it was.
        """
        self._read = {}
        rows: dict[RemoteId, Sequence[Row]] = {}
        at = self.moment()
        while wanted := [id_ for id_ in (*folders, *_origins(rows, known)) if id_ not in rows]:
            try:
                with answering():
                    rows.update((id_, self._rows(id_)) for id_ in wanted)
            except Refused:
                return None
        self.listing = Listing(rows, at)
        return self.listing

    def read_again(self, folder: RemoteId) -> Listing:
        """Look at a folder again: what was written meanwhile has other entry ids. Raises NotFound: it is gone."""
        self._read = {}
        rows = {**self.listing.rows, folder: self._rows(folder)}
        self.listing = Listing(rows, self.listing.at, self.listing.unread - {folder})
        return self.listing

    def _rows(self, folder: RemoteId) -> Sequence[Row]:
        """Those of a folder; several that are shown in one of Outlook's own are told by one reading of that."""
        tree = self._tree()
        part = tree.part(folder)
        where = tree.address(folder).entry
        if part is None or where not in self._read:
            self.number += 1
            home = tree.home(folder)
            self._read[where] = read_rows(tree.holder(folder), None if home is None else home.since)
        rows = self._read[where]
        return rows if part is None else part.of(rows)


def _origins(rows: Mapping[RemoteId, Sequence[Row]], known: Mapping[RemoteId, Address]) -> list[RemoteId]:
    """The other folders that items bear the mark of."""
    return list(
        {row.mark.folder: None for each in rows.values() for row in each if row.mark and row.mark.folder in known}
    )
