"""The one interface of everything that a replica is kept in step with (design, section 7).

A peer is a conversation partner without memory: anchors, versions and links are kept by the engine. All its
methods do I/O and raise, besides what they name themselves:

* ``Unreachable``: no answer, or it broke off; nothing is known to have happened,
* ``Unauthenticated``: the login is no longer accepted,
* ``Forbidden``: the account may not do this at all (one item's refusal stands in its :class:`WriteResult`),
* ``Unreadable``: the answer is not one.

Ids, versions and anchors are the peer's own words; the engine only keeps and compares them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import BinaryIO, NewType, Protocol

from msgspec import Struct

from passerelle.model.errors import PasserelleError, Refused, Unreachable
from passerelle.model.folders import Module, Right
from passerelle.model.ids import UserId
from passerelle.model.items import Item
from passerelle.model.participants import Answer
from passerelle.model.principals import Group, Resource, User
from passerelle.model.records import Attachment
from passerelle.model.text import Text

RemoteId = NewType("RemoteId", str)
"""Names an item or a folder at the peer; unique among the account's items, or among its folders."""

Version = NewType("Version", str)
"""Changes at the peer whenever the item or folder does; sent back to prove what a change is based on."""

Anchor = NewType("Anchor", str)
"""A position in the peer's history up to which we are in step."""


FileId = NewType("FileId", str)
"""Names a file among those of its item at the peer; one with other content has another."""


class TooLarge(Refused):
    """The peer took nothing of a batch because it was too large; half of it may pass."""


class ServerFailed(Unreachable):
    """The peer answered, but only to say that it failed. It may be what was asked that makes it fail."""


class HistoryLost(PasserelleError):
    """The peer's history ends before our anchor: its data was replaced by older ones, or its clock set back."""


class Root(StrEnum):
    """Where a folder hangs: in the own tree, in the public one, or in another user's."""

    PRIVATE = "private"
    PUBLIC = "public"
    SHARED = "shared"


class Identity(Struct, frozen=True, kw_only=True):
    """Whom the peer takes us for, and how it names itself."""

    user: UserId
    display_name: str
    server: str


class Directory(Struct, frozen=True, kw_only=True):
    """Users, groups and resources that changed since an anchor; removed ones have ``deleted`` set.

    ``me`` is the account's user where the answer says so. ``anchor`` is the position reached.
    """

    users: tuple[User, ...]
    groups: tuple[Group, ...]
    resources: tuple[Resource, ...]
    me: UserId | None
    anchor: Anchor


class Spot(Struct, frozen=True, kw_only=True):
    """Where a folder hangs: below ``parent``, or directly below the ``root`` if that is None."""

    root: Root
    parent: RemoteId | None = None


class RemoteFolder(Struct, frozen=True, kw_only=True):
    """A folder as the account meets it. Owner, rights and ``is_default`` count with an authority only.

    ``everybody`` marks the global address book. ``position`` is that of the latest change to the folder's
    items, where the peer announces it: :meth:`Peer.is_current` compares it with an anchor.
    """

    id: RemoteId
    spot: Spot
    name: str
    module: Module
    owner: UserId
    version: Version
    rights: tuple[Right, ...] = ()
    is_default: bool = False
    everybody: bool = False
    position: str | None = None


class FolderDraft(Struct, frozen=True, kw_only=True):
    """A folder to be made. ``rights`` None leaves them to the peer.

    ``owner`` is the name of the user whose private folder it is, where that is not the account's. ``is_default`` says
    that it is the account's own for its module.
    """

    spot: Spot
    name: str
    module: Module
    rights: tuple[Right, ...] | None = None
    owner: str = ""
    is_default: bool = False


class FolderEdit(Struct, frozen=True, kw_only=True):
    """What is to change about a folder; None stays as it is. ``rights`` is the complete list."""

    spot: Spot | None = None
    name: str | None = None
    rights: tuple[Right, ...] | None = None


class FolderChanges(Struct, frozen=True, kw_only=True):
    """Folders that changed since an anchor and those that are gone, or no longer visible.

    ``complete`` says that ``changed`` holds every folder there is. ``positions`` are those of folders that
    did not change themselves but whose items may have.
    """

    changed: tuple[RemoteFolder, ...]
    gone: tuple[RemoteId, ...]
    positions: tuple[tuple[RemoteId, str], ...]
    anchor: Anchor
    complete: bool


class Place(Struct, frozen=True):
    """Names a folder at the peer together with what it holds."""

    folder: RemoteId
    module: Module


class RemoteFile(Struct, frozen=True, kw_only=True):
    """A file that hangs on an item at the peer. ``digest`` is the SHA-256 of its bytes, empty where it is not said.

    ``rtf`` marks the formatted form of the item's note (OX ``rtf_flag``).
    """

    id: FileId
    name: str
    media_type: str
    digest: str = ""
    rtf: bool = False


class RemoteItem(Struct, frozen=True, kw_only=True):
    """An item at the peer. Change exceptions carry ``master``.

    Where the peer names an occurrence by its day only, ``day`` says which, on the wall clock of the series,
    and ``item.recurrence_id`` is that day's midnight until the engine knows the master. References to other
    items (members of distribution lists) are the peer's own numbers. ``modified`` is when the item last changed, by the
    peer's clock, where it says so. ``files`` are all that hang on it; None where they are not told, an error where they
    could not be had.
    """

    id: RemoteId
    item: Item
    version: Version
    master: RemoteId | None = None
    day: date | None = None
    created_by: UserId | None = None
    created: datetime | None = None
    modified: datetime | None = None
    files: tuple[RemoteFile, ...] | Refused | None = None
    is_told: bool = False
    """Who made it has invited the participants."""


class Gone(Struct, frozen=True):
    """A change list says that the item left the folder: deleted, moved, or no longer visible."""

    id: RemoteId


class Unread(Struct, frozen=True):
    """One item of an answer could not be had, which hinders no other. ``id`` is None where unknown."""

    id: RemoteId | None
    error: PasserelleError


class Reached(Struct, frozen=True):
    """Ends a change list: all that happened up to ``anchor`` was in it.

    ``complete`` says that the list held every item of the folder, so that one it lacks may be gone. A peer
    answers so when the anchor is too old for its memory, and when there was none.
    """

    anchor: Anchor
    complete: bool = False


Change = Gone | RemoteItem | Unread | Reached

Known = Callable[[], Mapping[RemoteId, Version]]
"""Looks up what is known here of a folder's items, for peers that keep no history."""


def nothing_known() -> Mapping[RemoteId, Version]:
    """Nothing was read before."""
    return {}


class Create(Struct, frozen=True, kw_only=True):
    """Put a new item into the folder. ``token`` names this operation in the result."""

    token: str
    item: Item
    quiet: bool = False
    """The participants know of it already: nobody is to be told."""
    like: RemoteId | None = None
    """What the item is called in other folders, at a peer that keeps a copy in each."""


class ChangeOccurrence(Struct, frozen=True, kw_only=True):
    """Replace one occurrence of a series by ``item`` (whose ``recurrence_id`` is the occurrence's key).

    ``day`` is the day of that key on the wall clock of the series; ``fields`` names what differs from the
    occurrence as the series has it. The result names a new item.
    """

    token: str
    master: RemoteId
    version: Version
    day: date
    item: Item
    fields: frozenset[str]


class Update(Struct, frozen=True, kw_only=True):
    """Give an item new content. ``item`` is the whole of it, ``fields`` the names of what differs.

    ``version`` is the one the change is based on; the peer refuses with ``Stale`` if its own is newer.
    """

    token: str
    id: RemoteId
    version: Version
    item: Item
    fields: frozenset[str]


class Confirm(Struct, frozen=True, kw_only=True):
    """Answer an invitation for the account's user; needs no right to write and no version."""

    token: str
    id: RemoteId
    answer: Answer
    message: str


class Move(Struct, frozen=True, kw_only=True):
    """Take an item to another folder of the same module; it keeps its id."""

    token: str
    id: RemoteId
    version: Version
    destination: RemoteId


class Delete(Struct, frozen=True, kw_only=True):
    """Remove an item; a master takes its change exceptions with it."""

    token: str
    id: RemoteId
    version: Version


Write = Create | ChangeOccurrence | Update | Confirm | Move | Delete


class WriteResult(Struct, frozen=True, kw_only=True):
    """What became of one operation: refused with ``error``, else done.

    ``version`` is None where the peer does not say: after a deletion, and by some peers after a confirmation.
    """

    token: str
    id: RemoteId | None = None
    version: Version | None = None
    error: Refused | None = None


class Traffic(Struct, frozen=True):
    """What a peer has cost so far: requests made, and bytes of bodies as they crossed the wire."""

    requests: int = 0
    sent: int = 0
    received: int = 0


class NoPush(Refused):
    """The peer does not tell of changes in this way."""


class PushKind(StrEnum):
    """In which way a peer tells of changes."""

    EVENTS = "events"
    """Over a stream that says so when it breaks, and that is gone on with where it broke."""
    DATAGRAMS = "datagrams"
    """In datagrams, which may get lost."""


class Heard(Struct, frozen=True, kw_only=True):
    """The peer says that the items of a ``folder`` changed; None: the folders themselves, or it cannot tell what.

    ``position`` is the latest in the peer's history that this tells of, where it says so; see
    :meth:`Peer.is_current`.
    """

    folder: RemoteId | None = None
    position: str | None = None


class Push(Protocol):
    """One way in which a peer tells of changes as they happen. It may be listened to again and again."""

    @property
    def kind(self) -> PushKind:
        """Which way it is."""

    @property
    def pause_s(self) -> float:
        """How long to wait, at least, before listening again after it broke off."""

    def listen(self) -> Iterator[Sequence[Heard]]:
        """Connect, and hand out what comes as it comes; an empty sequence says that the line stands.

        What was missed since the last time is told first, as far as the peer knows.

        Raises:
            NoPush: the peer does not offer it.
            Unreachable: it broke off, or nothing came for too long; ``Unauthenticated`` as ever.
        """

    def hang_up(self) -> None:
        """End listening, now and for good. May be called by any thread."""


class Pushing(Protocol):
    """The part of a peer that tells of changes as they happen; not every peer has it."""

    def pushes(self) -> Sequence[Push]:
        """The ways to try, the best one first. No request."""


class Peer(Protocol):
    """A server or program that holds folders and items of one account."""

    @property
    def traffic(self) -> Traffic:
        """What the conversation has cost since it began."""

    @property
    def is_authority(self) -> bool:
        """Whether the peer says who takes part and may do what, and in which folders an item shows: a server does.

        A program that shows what is here does not: it keeps a copy of an item in each folder where that shows here, all
        of them under one id.
        """

    @property
    def where(self) -> Text:
        """Where its items are, as said in a sentence: “on the server”."""

    @property
    def lineage(self) -> str | None:
        """Names the history of the peer's data: another name means other data. Known after the first answer.

        None where the peer does not say.
        """

    def identify(self) -> Identity:
        """Log in and learn who we are."""

    def directory(self, anchor: Anchor | None) -> Directory:
        """Users, groups and resources that changed since ``anchor``; all of them for None. One request."""

    def folders(self, anchor: Anchor | None) -> FolderChanges:
        """Folders that changed since ``anchor``; all of them for None. One request.

        Raises:
            HistoryLost: the peer's clock is before the anchor.
        """

    def is_current(self, position: str, anchor: Anchor) -> bool:
        """Whether a folder last changed at ``position`` has nothing new after ``anchor``. No request."""

    def is_behind(self, position: str, anchor: Anchor) -> bool:
        """Whether a folder that last changed at ``position`` cannot have been read up to ``anchor``. No request."""

    def is_older(self, one: Version, other: Version) -> bool:
        """Whether the peer gave out a version before another; False where it cannot be told. No request."""

    def changes(
        self, place: Place, anchor: Anchor | None, position: str | None = None, *, known: Known = nothing_known
    ) -> Iterator[Change]:
        """Stream what happened in a folder since ``anchor``: deletions first, :class:`Reached` last.

        An item may come again although nothing changed. ``position`` was announced of the folder before; the anchor
        reached covers it. ``known`` tells a peer without a history what is to be compared with the folder as it is now.
        One request, made when the first change is asked for.

        Raises:
            NotFound: the folder is gone or no longer visible; ``Forbidden`` if its items may not be read.
        """

    def ids(self, place: Place) -> frozenset[RemoteId]:
        """Name every item of a folder (slow sync). One request."""

    def versions(self, place: Place) -> Mapping[RemoteId, Version] | None:
        """The version of every item of a folder; None where the peer has no way to say. One request at most."""

    def read(self, place: Place, id_: RemoteId) -> RemoteItem:
        """Read one item. One request.

        Raises:
            NotFound: it is not in that folder, or no longer visible.
        """

    def write(self, place: Place, batch: Sequence[Write]) -> Sequence[WriteResult]:
        """Carry out operations on items of one folder, in order; each has its own result. One request, once.

        Raises:
            TooLarge: nothing was done; a smaller batch may pass.
        """

    def name_of_file(self, item: Item, file: Attachment) -> str | None:
        """What the peer calls a file that hangs on an item; None if it takes no such file. No request."""

    def read_file(self, place: Place, id_: RemoteId, file: RemoteFile, into: BinaryIO) -> None:
        """Write the bytes of a file into a stream. One request.

        Raises:
            NotFound: the file, or the item, is gone. ``Refused`` if it is not to be had.
        """

    def add_file(
        self, place: Place, id_: RemoteId, version: Version, file: Attachment, content: BinaryIO
    ) -> tuple[RemoteFile, Version]:
        """Hang a file on an item; return it, and by which version the item is known from now on. One request, once.

        Raises:
            Refused: the peer does not take it.
        """

    def remove_file(self, place: Place, id_: RemoteId, version: Version, file: FileId) -> Version:
        """Take a file off an item; nothing happens if it is gone already. As :meth:`add_file`."""

    def create_folder(self, draft: FolderDraft) -> RemoteId:
        """Make a folder. One request.

        Raises:
            Refused: the peer says no.
        """

    def update_folder(self, id_: RemoteId, version: Version, edit: FolderEdit) -> None:
        """Rename, move or share a folder. One request.

        Raises:
            Refused: the peer says no.
        """

    def delete_folder(self, id_: RemoteId, version: Version) -> None:
        """Remove a folder with all it holds. One request.

        Raises:
            Refused: the peer says no; ``NotFound`` if it is gone already.
        """

    def carries(self, item: Item) -> frozenset[str]:
        """Name the attributes that this peer keeps of items of this kind."""

    def item_id(self, module: Module, number: int) -> RemoteId:
        """Name the item that ``number`` stands for inside other items, as in members of distribution lists."""

    def folder_id(self, number: int) -> RemoteId:
        """Name the folder that ``number`` stands for inside items."""

    def number(self, id_: RemoteId) -> int:
        """The number that stands for an item or a folder inside items."""

    def project(self, item: Item) -> Item:
        """What the peer would say of an item that it keeps as sent: ``item``, less what it cannot carry.

        Pure, and idempotent: projecting twice changes nothing more.
        """

    def close(self) -> None:
        """End the conversation and free its connections."""
