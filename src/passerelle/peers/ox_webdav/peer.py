"""The peer itself: asks, and hands the answers to the pure modules beside this one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, final

from passerelle.model.errors import Forbidden, Misconfigured, NotFound, Refused, Unreadable
from passerelle.model.folders import Module
from passerelle.model.items import Item
from passerelle.model.principals import Group, Resource
from passerelle.model.records import Attachment
from passerelle.model.text import Text
from passerelle.peers.base import (
    Anchor,
    Change,
    Directory,
    FileId,
    FolderChanges,
    FolderDraft,
    FolderEdit,
    HistoryLost,
    Identity,
    Known,
    NoPush,
    Place,
    Push,
    Reached,
    RemoteFile,
    RemoteFolder,
    RemoteId,
    RemoteItem,
    Root,
    Spot,
    Traffic,
    Unread,
    Version,
    Write,
    WriteResult,
    nothing_known,
)
from passerelle.peers.naming import SERVER, where
from passerelle.peers.ox_webdav import answers, files, ids, projection, requests
from passerelle.peers.ox_webdav.anchors import Progress, advance, is_before, is_behind, is_covered, lower_bound
from passerelle.peers.ox_webdav.connection import Answer, Connection
from passerelle.peers.ox_webdav.push import PORT, DatagramPush, EventPush
from passerelle.peers.ox_webdav.statuses import NoInterface
from passerelle.wire.oxpush import Registration
from passerelle.wire.oxxml import positions, versions, whole
from passerelle.wire.oxxml.directory import DirectoryReader, Person
from passerelle.wire.oxxml.reading import AnswerReader, Response
from passerelle.wire.oxxml.requests import (
    DirectoryQuery,
    Mode,
    Operation,
    Propfind,
    write_directory_query,
    write_propertyupdate,
    write_propfind,
)

if TYPE_CHECKING:
    from passerelle.wire.icalendar.free_busy import Busy

_PATHS = {Module.CALENDAR: "calendar", Module.CONTACTS: "contacts", Module.TASKS: "tasks"}
_FOLDERS = "folders"
_DIRECTORY = "groupuser"
_EXTENDED = "extended "
"""Begins a directory's anchor where the server speaks our extension, so that the next cycle knows at once."""


@final
class OxWebDav:
    """An account on an OX server; implements :class:`passerelle.peers.base.Peer`.

    ``zone`` is the account's IANA time zone, for servers that do not say in which one an appointment is meant;
    ``push_port`` the UDP port of servers that push datagrams.
    Whether the server speaks our extension shows in its first answer; the engine asks for the directory first.
    """

    def __init__(self, connection: Connection, zone: str = "UTC", push_port: int = PORT) -> None:
        self._connection = connection
        self._zone = zone
        self._push_port = push_port
        self._is_extended = False

    @property
    def traffic(self) -> Traffic:
        """What the conversation has cost since it began."""
        return self._connection.traffic

    @property
    def is_authority(self) -> bool:
        """A server has the last word."""
        return True

    @property
    def where(self) -> Text:
        """Where its items are, as said in a sentence."""
        return where(SERVER)

    @property
    def lineage(self) -> str | None:
        """Names the history of the server's data, where it is one of ours."""
        return self._connection.lineage

    def identify(self) -> Identity:
        """Log in and learn who we are. One or two requests.

        Raises:
            Misconfigured: there is no OX interface at the address, or the login has no user.
        """
        try:
            people = [entry for entry in self._ask_directory(None) if isinstance(entry, Person)]
        except (NoInterface, Unreadable) as error:
            raise Misconfigured(
                Text(
                    "There is no OX WebDAV interface at {address}: {error}",
                    address=str(self._connection.address),
                    error=error.text,
                )
            ) from error
        me = next((person.user for person in people if person.is_me), None)
        if me is None:
            owner = self._first_owner()
            me = next((person.user for person in people if person.user.id == owner), None)
        if me is None:
            raise Misconfigured("The server does not say which of its users this login is.")
        server = "Passerelle" if self._is_extended else "Open-Xchange"
        return Identity(user=me.id, display_name=me.display_name, server=server)

    def _first_owner(self) -> int | None:
        """The owner of the first folder below 1, which is ours (OX reference, section 7, step 1)."""
        mine = [one for one in self.folders(None).changed if one.spot == Spot(root=Root.PRIVATE)]
        return mine[0].owner if mine else None

    def directory(self, anchor: Anchor | None) -> Directory:
        """Users, groups and resources that changed since ``anchor``. One request."""
        since = None if anchor is None else Anchor(anchor.removeprefix(_EXTENDED))
        self._is_extended = anchor is not None and anchor.startswith(_EXTENDED)
        entries = self._ask_directory(since)
        people = [entry for entry in entries if isinstance(entry, Person)]
        groups = [entry for entry in entries if isinstance(entry, Group)]
        resources = [entry for entry in entries if isinstance(entry, Resource)]
        stamps = [
            *(person.user.stamp for person in people),
            *(group.stamp for group in groups),
            *(resource.stamp for resource in resources),
        ]
        progress = Progress(changed=max(stamps, default=0))
        reached = advance(since, progress, is_ordered=self._is_extended, now_ms=None)
        return Directory(
            users=tuple(person.user for person in people),
            groups=tuple(groups),
            resources=tuple(resources),
            me=next((person.user.id for person in people if person.is_me), None),
            anchor=Anchor(_EXTENDED + reached) if self._is_extended else reached,
        )

    def _ask_directory(self, anchor: Anchor | None) -> list[Person | Group | Resource]:
        since = None if anchor is None else lower_bound(anchor)
        query = DirectoryQuery(user="*", group="*", resource="*", lastsync=since, extended=True)
        reader = DirectoryReader()
        entries: list[Person | Group | Resource] = []
        with self._connection.ask("PROPFIND", _DIRECTORY, write_directory_query(query)) as answer:
            for piece in answer.pieces():
                entries += reader.feed(piece)
        reader.close()
        # Only the extension tells logins.
        if any(isinstance(entry, Person) and entry.user.login for entry in entries):
            self._is_extended = True
        return entries

    def folders(self, anchor: Anchor | None) -> FolderChanges:
        """Folders that changed since ``anchor``; all of them for None. One request.

        Raises:
            HistoryLost: the server's clock is before the anchor.
        """
        progress = Progress()
        changed: list[RemoteFolder] = []
        gone: list[RemoteId] = []
        announced: list[tuple[RemoteId, str]] = []
        with self._ask(_FOLDERS, _change_list(None, anchor)) as answer:
            for response in self._responses(answer):
                stands = positions.read(response)
                if stands is not None:
                    announced += [(ids.folder_id(folder), str(stamp)) for folder, stamp in stands.items()]
                    continue
                one = answers.folder_change(response, progress)
                if isinstance(one, RemoteFolder):
                    changed.append(one)
                elif one is not None:
                    gone.append(one.id)
            if not self._is_extended and is_before(answer.now_ms, anchor):
                raise HistoryLost("Its clock is before the latest change that came from it.")
        return FolderChanges(
            changed=tuple(changed),
            gone=tuple(gone),
            positions=tuple(announced),
            anchor=advance(anchor, progress, is_ordered=self._is_extended, now_ms=None),
            complete=anchor is None,
        )

    def is_current(self, position: str, anchor: Anchor) -> bool:
        """Whether a folder last changed at ``position`` has nothing new after ``anchor``."""
        return is_covered(position, anchor)

    def is_behind(self, position: str, anchor: Anchor) -> bool:
        """Whether a folder that last changed at ``position`` cannot have been read up to ``anchor``."""
        return is_behind(position, anchor)

    def is_older(self, one: Version, other: Version) -> bool:
        """Whether the server gave out a version before another: they are times of change."""
        return int(one) < int(other or 0)

    def changes(
        self,
        place: Place,
        anchor: Anchor | None,
        position: str | None = None,
        *,
        known: Known = nothing_known,  # noqa: ARG002 - a server keeps its own history
    ) -> Iterator[Change]:
        """Stream what happened in a folder since ``anchor``. One request, kept open while it is read.

        A server of ours adds the list of all ids where the anchor is older than its memory: then the list is complete.
        It says how many objects there were, too.

        Raises:
            Unreadable: there were not so many; those that came can be used, but the anchor must stay where it is.
        """
        count, said = 0, None
        progress = Progress(changed=int(position or 0) if self._is_extended else 0)
        complete = anchor is None
        with self._ask(_PATHS[place.module], _change_list(place.folder, anchor)) as answer:
            for response in self._responses(answer):
                piece = whole.read(response)
                if piece is not None:
                    self._is_extended = True
                    said = piece.objects
                    count += len(piece.items)
                    yield from (answers.whole_change(one, place.module, progress) for one in piece.items)
                elif answers.is_listing(response):
                    complete = True
                else:
                    count += 1
                    yield answers.change(response, place.module, self._zone, progress)
            now_ms = answer.now_ms
        if self._is_extended and said != count:
            raise Unreadable("The server's answer lacks some of what it lists.")
        # Positions are announced by servers of ours alone, and with one comes all up to it.
        yield Reached(advance(anchor, progress, is_ordered=self._is_extended, now_ms=now_ms), complete=complete)

    def ids(self, place: Place) -> frozenset[RemoteId]:
        """Name every item of a folder. One request; a server that has no such list is asked for the items themselves.

        Raises:
            Unreadable: the answer is no list, or has an item that says no id.
        """
        query = Propfind(folder_id=ids.number_of(place.folder), modes=frozenset({Mode.LIST}))
        try:
            with self._ask(_PATHS[place.module], query) as answer:
                lists = [one for one in self._responses(answer) if answers.is_listing(one)]
        except (NotFound, Forbidden):
            raise
        except Refused:  # the first generation knows no LIST (OX reference, section 4.1)
            return self._ids_of_all(place)
        if not lists:
            raise Unreadable("The server's answer is no list of items.")
        return frozenset(id_ for one in lists for id_ in answers.listed(one, place.module))

    def _ids_of_all(self, place: Place) -> frozenset[RemoteId]:
        found: set[RemoteId] = set()
        for one in self.changes(place, None):
            if isinstance(one, RemoteItem):
                found.add(one.id)
            elif isinstance(one, Unread):
                if one.id is None:
                    raise Unreadable("The server's answer has an item that says no id.")
                found.add(one.id)
        return frozenset(found)

    def versions(self, place: Place) -> Mapping[RemoteId, Version] | None:
        """The version of every item of a folder; None where the server does not speak our extension. One request."""
        if not self._is_extended:
            return None
        query = Propfind(folder_id=ids.number_of(place.folder), modes=frozenset({Mode.LIST}), extended=True)
        found: dict[RemoteId, Version] = {}
        with self._ask(_PATHS[place.module], query) as answer:
            for response in self._responses(answer):
                some = versions.read(response)
                if some is None:  # an older version of ours lists ids only
                    return None
                found.update((ids.item_id(place.module, id_), ids.version(stamp)) for id_, stamp in some.items())
        return found

    def read(self, place: Place, id_: RemoteId) -> RemoteItem:
        """Read one item. One request."""
        folder, number = ids.number_of(place.folder), ids.number_of(id_)
        query = Propfind(folder_id=folder, object_id=number, extended=True)
        with self._ask(_PATHS[place.module], query) as answer:
            responses = list(self._responses(answer))
        if not responses:  # that there is no such item would be said (OX reference, section 4.2)
            raise Unreadable("The server's answer says nothing about the item.")
        error = answers.failure(responses[0])
        if error is not None:
            raise error
        piece = whole.read(responses[0])
        if piece is None:
            return answers.remote_item(responses[0], place.module, self._zone)
        if not piece.items:
            raise Unreadable("The server's answer says nothing about the item.")
        return answers.whole_item(piece.items[0], place.module)

    def write(self, place: Place, batch: Sequence[Write]) -> Sequence[WriteResult]:
        """Carry out operations on items of one folder, in order. One request, sent once."""
        operations = [requests.operation(one, place, None if self._is_extended else self._zone) for one in batch]
        responses = self._send(_PATHS[place.module], operations)
        return answers.write_results(responses, batch, place.module)

    def name_of_file(self, item: Item, file: Attachment) -> str | None:  # noqa: ARG002 - any file may hang on any item
        """The name as it is."""
        return file.name

    def read_file(self, place: Place, id_: RemoteId, file: RemoteFile, into: BinaryIO) -> None:
        """Write the bytes of a file into a stream. One request.

        Raises:
            Unreadable: what came is a page, such as one to log in on.
        """
        with self._ask_file("GET", files.headers(place, id_, file.id)) as answer:
            files.check_type(answer.media_type, file)
            into.writelines(answer.pieces())

    def add_file(
        self, place: Place, id_: RemoteId, version: Version, file: Attachment, content: BinaryIO
    ) -> tuple[RemoteFile, Version]:
        """Hang a file on an item. Two requests: what the server makes of it, it says with the item.

        The item stays known by its old version, for others may have changed it meanwhile.

        Raises:
            Unreadable: the server took the file, but does not list it.
        """
        with self._ask_file("PUT", files.headers_of_new(place, id_, file), content) as answer:
            number = files.number_of_new(b"".join(answer.pieces()))
        return files.numbered(self.read(place, id_), number), version

    def remove_file(self, place: Place, id_: RemoteId, version: Version, file: FileId) -> Version:
        """Take a file off an item. Three requests, or one for a file that was replaced or is gone.

        A request names it by a number that its successor gets as well; and a page to log in on looks like the answer,
        which is empty.

        Raises:
            Unreadable: the server still lists the file.
        """
        if files.may_have(self.read(place, id_), file):
            with suppress(NotFound), self._ask_file("DELETE", files.headers(place, id_, file)):
                pass
            files.check_gone(self.read(place, id_), file)
        return version

    def _ask_file(
        self, verb: str, headers: Mapping[str, str], body: bytes | BinaryIO = b""
    ) -> AbstractContextManager[Answer]:
        return self._connection.ask(verb, files.PATH, body, headers, files.failure_of_file)

    def create_folder(self, draft: FolderDraft) -> RemoteId:
        """Make a folder. One request."""
        said = self._send_one(requests.create_folder(draft)).properties.value("object_id")
        if said is None or not said.isdecimal():
            raise Unreadable("The server's answer does not name the folder that it made.")
        return ids.folder_id(int(said))

    def update_folder(self, id_: RemoteId, version: Version, edit: FolderEdit) -> None:
        """Rename, move or share a folder. One request."""
        self._send_one(requests.update_folder(id_, version, edit))

    def delete_folder(self, id_: RemoteId, version: Version) -> None:
        """Remove a folder with all it holds. One request."""
        self._send_one(requests.delete_folder(id_, version))

    def carries(self, item: Item) -> frozenset[str]:
        """Name the attributes that the server keeps of items of this kind."""
        return frozenset(item.__struct_fields__) if self._is_extended else projection.carried(item)

    def item_id(self, module: Module, number: int) -> RemoteId:
        """Name an item by its number."""
        return ids.item_id(module, number)

    def folder_id(self, number: int) -> RemoteId:
        """Name a folder by its number."""
        return ids.folder_id(number)

    def number(self, id_: RemoteId) -> int:
        """The number of an item or a folder."""
        return ids.number_of(id_)

    def project(self, item: Item) -> Item:
        """What the server would say of an item that it keeps as it was sent."""
        return item if self._is_extended else projection.project(item, self._zone)

    def pushes(self) -> Sequence[Push]:
        """Our own server's stream of events; datagrams, which an Open-Xchange server may send."""
        return (
            EventPush(self._connection),
            DatagramPush(self._connection.address.host, self._push_port, self._registration),
        )

    def _registration(self) -> Registration:
        """Who we are to a server that pushes datagrams (OX reference, section 18.1). One request.

        Raises:
            NoPush: the server does not say it.
        """
        people = [entry for entry in self._ask_directory(None) if isinstance(entry, Person)]
        me = next((person for person in people if person.is_me), None)
        if me is None:
            raise NoPush("The server does not say which of its users this login is.")
        return Registration(me.user.id, 1 if me.context is None else me.context)

    def busy_times(self, mail: str, start: datetime, end: datetime) -> tuple[Busy, ...] | None:
        """When somebody is busy, as far as the server publishes it; None: nothing. One request.

        Raises:
            Unreadable: the answer is none.
        """
        from passerelle.peers.ox_webdav.busy import ask  # noqa: PLC0415 - a cycle has no use for it

        return ask(self._connection, mail, start, end)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _ask(self, path: str, query: Propfind) -> AbstractContextManager[Answer]:
        return self._connection.ask("PROPFIND", path, write_propfind(query))

    def _responses(self, answer: Answer) -> Iterator[Response]:
        reader = AnswerReader()
        for piece in answer.pieces():
            yield from reader.feed(piece)
        reader.close()

    def _send(self, path: str, operations: Sequence[Operation]) -> list[Response]:
        with self._connection.ask("PROPPATCH", path, write_propertyupdate(operations)) as answer:
            return list(self._responses(answer))

    def _send_one(self, operation: Operation) -> Response:
        responses = self._send(_FOLDERS, [operation])
        if not responses:
            raise Unreadable("The server's answer says nothing about the folder.")
        error = answers.failure(responses[0])
        if error is not None:
            raise error
        return responses[0]


def _change_list(folder: RemoteId | None, anchor: Anchor | None) -> Propfind:
    """What changed since an anchor. Without one nothing can have been deleted since."""
    modes = {Mode.MODIFIED} if anchor is None else {Mode.MODIFIED, Mode.DELETED}
    return Propfind(
        folder_id=None if folder is None else ids.number_of(folder),
        lastsync=lower_bound(anchor),
        modes=frozenset(modes),
        extended=True,
    )
