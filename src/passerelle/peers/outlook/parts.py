"""Several calendars in one folder of Outlook's, told apart by a category each: so all their reminders ring."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from passerelle.peers.base import RemoteId
from passerelle.peers.outlook.rows import Row


class Part(Struct, frozen=True):
    """The items of one calendar: those with its category; without one, those that bear none of the ``others``.

    Who gives an item another calendar's category moves it there, once it has lost that of its own.
    """

    id: RemoteId
    category: str
    others: Mapping[str, RemoteId]
    """The calendars by their categories, the own among them, without regard to case."""

    def of(self, rows: Iterable[Row]) -> list[Row]:
        """The rows of a table that are this calendar's."""
        return [row for row in rows if self._owner(row) == self.id]

    def _owner(self, row: Row) -> RemoteId:
        named = [id_ for category, id_ in self.others.items() if category in row.categories]
        if row.mark is not None and row.mark.folder in named:
            return row.mark.folder
        return named[0] if named else self._rest

    @property
    def _rest(self) -> RemoteId:
        return RemoteId("") if self.category else self.id

    def has(self, categories: Collection[str]) -> bool:
        """Whether an item with these categories may be this calendar's."""
        said = {one.casefold() for one in categories}
        return self.category.casefold() in said if self.category else said.isdisjoint(self.others)
