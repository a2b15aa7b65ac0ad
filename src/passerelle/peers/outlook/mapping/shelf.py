"""A store with items in it, and what it is asked once for all of them. Touches Outlook's objects."""

from __future__ import annotations

from typing import cast

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.mapping.categories import MasterList


class Shelf:
    """Where items are, for as long as some of them are read or written."""

    def __init__(self, session: objects.NameSpace, store_id: str) -> None:
        self._session = session
        self._store_id = store_id
        self._zones: dict[str, objects.TimeZone] = {}
        self._categories: MasterList | None = None

    @classmethod
    def of(cls, item: objects.Item) -> Shelf:
        """Where an item is."""
        return cls(item.Session, cast("objects.Folder", item.Parent).StoreID)

    @property
    def categories(self) -> MasterList:
        """The categories that the store knows."""
        if self._categories is None:
            self._categories = MasterList(self._session.GetStoreFromID(self._store_id).Categories)
        return self._categories

    def open(self, entry: str) -> objects.Item:
        """An item by its entry id, as it was saved last."""
        return self._session.GetItemFromID(entry, self._store_id)

    def zone(self, windows: str) -> objects.TimeZone:
        """A time zone by the id of Windows."""
        if windows not in self._zones:
            self._zones[windows] = self._session.Application.TimeZones.Item(windows)
        return self._zones[windows]
