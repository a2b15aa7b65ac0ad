"""Where an item is now, and the folder opened in which it is worked on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import final

from passerelle.model.errors import NotFound
from passerelle.peers.base import Confirm, Create, Move, Place, RemoteId, Version, Write
from passerelle.peers.outlook import versions
from passerelle.peers.outlook.answers import answering
from passerelle.peers.outlook.folder import Goal, Held, Room
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.globalid import global_id
from passerelle.peers.outlook.objects import Application
from passerelle.peers.outlook.tables import Tables
from passerelle.peers.outlook.tree import Tree
from passerelle.peers.outlook.writing import Order


@final
class Rooms:
    """Opens the folders of a tree, and finds items in them by what is known of them and by their tables."""

    def __init__(self, application: Application, context: Context, tables: Tables, tree: Callable[[], Tree]) -> None:
        self._application = application
        self._context = context
        self._tables = tables
        self._tree = tree

    def room(self, place: Place) -> Room:
        """A folder, opened. Raises NotFound: it is gone."""
        tree = self._tree()
        folder = tree.holder(place.folder)
        is_home = tree.home(place.folder) is not None
        part = tree.part(place.folder)
        session, now = self._application.Session, self._tables.moment()
        return Room(session, folder, place, self._context, now, is_home=is_home, part=part)

    def goal(self, place: Place, move: Move) -> Goal:
        """Where a move goes to."""
        tree = self._tree()
        return Goal(
            self.room(Place(move.destination, place.module)),
            is_here=tree.address(move.destination) == tree.address(place.folder),
        )

    def held(self, room: Room, place: Place, order: Order) -> Held | None:
        """The item that an order is about; for a new one, the copy that Outlook has of it already. None: none."""
        if order.id is None:
            return self._twin(room, place, order.writes[0])
        said = [write.version for write in order.writes if not isinstance(write, Create | Confirm)]
        return self._found(room, place, order.id, said)

    def hanger(self, room: Room, place: Place, id_: RemoteId, version: Version) -> Held:
        """An item that files hang on, or will.

        Raises:
            NotFound: it is gone.
        """
        held = self._found(room, place, id_, [version])
        if held is None:
            raise NotFound("Outlook has no such item.")
        return held

    def _found(self, room: Room, place: Place, id_: RemoteId, said: Iterable[Version]) -> Held | None:
        """An item where it was when it was last read or saved, else where its folder's table has it."""
        known = (versions.known(one) for one in said)
        was = next((one.entry for one in known if one is not None), None)
        if was is not None:
            with suppress(NotFound), answering():
                return room.find(was)
        found = self._tables.read_again(place.folder).items(place.folder, {})
        entry = next((one.row.entry for one in found if one.id == id_ and not one.is_copy), None)
        return None if entry is None else room.find(entry)

    def _twin(self, room: Room, place: Place, write: Write) -> Held | None:
        """The copy that Outlook has made of a new meeting's mail, if there is one."""
        uid = write.item.uid if isinstance(write, Create) else None
        listing = self._tables.listing
        entry = None if uid is None else listing.twin(place.folder, bytes.fromhex(global_id(uid)))
        if entry is None:
            return None
        with suppress(NotFound), answering():
            return room.find(entry)
        return None
