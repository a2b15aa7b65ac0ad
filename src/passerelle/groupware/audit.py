"""Who changed whose rights, groups and accounts, who logged in, and what administrators did.

Rights, groups and accounts are read from the journal, which keeps each earlier version for good; logins and commands
have rows of their own, which are kept for a time.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from passerelle.groupware.provision import SYSTEM_USER
from passerelle.groupware.reach import TREE_SCOPE
from passerelle.groupware.visibility import normal
from passerelle.model.folders import Folder, Rights
from passerelle.model.ids import FolderId, GroupId, Stamp, UserId
from passerelle.model.moments import milliseconds
from passerelle.model.principals import Group, User
from passerelle.store import Entry, Kind, Reading, Store
from passerelle.store.audit import Note, Noted
from passerelle.store.schema import DIRECTORY

T = TypeVar("T", Folder, Group, User)

_IGNORED: Final = frozenset({"stamp", "contact"})
NOTHING: Final = "-"


class EventKind(StrEnum):
    """What an event is about."""

    LOGIN = "login"
    REFUSED = "refused"
    THROTTLED = "throttled"
    COMMAND = "command"
    RIGHT = "right"
    MEMBERSHIP = "membership"
    USER = "user"


class Event(Struct, frozen=True, kw_only=True):
    """One event. ``actor`` is the user who did it: 0 the system or an administrator, None nobody known.

    ``about`` names what it was done to (``folder 21``), ``holder`` whose right or membership changed (``user 5``), from
    ``before`` to ``after``. Rights are written folder/read/write/delete, with ``+admin``. The others are as in
    :class:`passerelle.store.audit.Note`.
    """

    at: datetime
    kind: EventKind
    actor: UserId | None
    about: str = ""
    holder: str = ""
    before: str = ""
    after: str = ""
    count: int = 1
    account: str = ""
    address: str = ""
    client: str = ""


def note_command(store: Store, command: str, by: User | None = None) -> None:
    """Note what an administrator did that the journal does not tell of, and who it was.

    That is a user, in the pages, else whoever is logged in to the system.
    """
    now = datetime.now(UTC)
    note = Note(kind=Noted.COMMAND, at=now, last=now, account=getpass.getuser() if by is None else by.login,
                user=None if by is None else by.id, detail=command)  # fmt: skip
    with store.writing(SYSTEM_USER, "audit") as tx:
        tx.audit.add(note)


def events(tx: Reading, since: datetime, user: UserId | None = None) -> list[Event]:
    """All events at ``since`` or later, oldest first; with ``user`` those that this user did or that concern it."""
    found = [*map(_noted, tx.audit.notes(since)), *_rights(tx, since), *_directory(tx, since)]
    if user is not None:
        names = {f"user {user}"}
        found = [one for one in found if one.actor == user or names & {one.about, one.holder}]
    return sorted(found, key=lambda one: one.at)


def _noted(note: Note) -> Event:
    return Event(
        at=note.last,
        kind=EventKind(note.kind),
        actor=note.user,
        about=note.detail,
        count=note.count,
        account=note.account,
        address=note.address,
        client=note.client,
    )


def _rights(tx: Reading, since: datetime) -> Iterator[Event]:
    """Each right that somebody got, lost or has changed in a folder."""
    entries = _entries(tx, TREE_SCOPE, since)
    present = {folder.id: folder for folder in tx.folders.all()}
    for entry, before, after in _versions(entries, lambda id_: present.get(FolderId(id_)), Folder):
        given, taken = (_held(one) for one in (after, before))
        for holder in sorted(given.keys() | taken.keys()):
            if given.get(holder) != taken.get(holder):
                yield Event(
                    at=entry.at,
                    kind=EventKind.RIGHT,
                    actor=entry.actor,
                    about=f"folder {entry.object}",
                    holder=holder,
                    before=taken.get(holder, NOTHING),
                    after=given.get(holder, NOTHING),
                )


def _directory(tx: Reading, since: datetime) -> Iterator[Event]:
    """Each change of who is in a group, and of an account."""
    entries = _entries(tx, DIRECTORY, since)
    groups = [entry for entry in entries if entry.kind is Kind.GROUP]
    for entry, before, after in _versions(groups, lambda id_: tx.principals.group(GroupId(id_)), Group):
        was, is_ = (set(() if one is None else one.members) for one in (before, after))
        for member in sorted(was ^ is_):
            yield Event(
                at=entry.at,
                kind=EventKind.MEMBERSHIP,
                actor=entry.actor,
                about=f"group {entry.object}",
                holder=f"user {member}",
                before="member" if member in was else NOTHING,
                after="member" if member in is_ else NOTHING,
            )
    users = [entry for entry in entries if entry.kind is Kind.USER]
    for entry, old, new in _versions(users, lambda id_: tx.principals.user(UserId(id_)), User):
        changed = _changed(old, new)
        if changed:
            yield Event(
                at=entry.at, kind=EventKind.USER, actor=entry.actor, about=f"user {entry.object}", after=changed
            )


def _changed(old: User | None, new: User | None) -> str:
    """What became of an account: the names of what changed, never the values."""
    if old is None:
        return "created"
    if new is None or (new.deleted and not old.deleted):
        return "removed"
    fields = msgspec.structs.fields(User)
    names = [one.name for one in fields if getattr(old, one.name) != getattr(new, one.name)]
    return ", ".join(name for name in names if name not in _IGNORED)


def _entries(tx: Reading, scope: int, since: datetime) -> list[Entry]:
    """A position is never below the time at which it was handed out, so that the index finds all."""
    found = tx.journal.entries(scope, Stamp(milliseconds(since) - 1), tx.journal.clock(scope))
    return [entry for entry in found if entry.at >= since]


def _versions(
    entries: Iterable[Entry], present: Callable[[int], T | None], kind: type[T]
) -> Iterator[tuple[Entry, T | None, T | None]]:
    """Each change with the version before and after it: what the next change found, else what is there now."""
    following: dict[int, T | None] = {}
    changes: list[tuple[Entry, T | None, T | None]] = []
    for entry in sorted(entries, key=lambda one: one.position, reverse=True):
        after = following[entry.object] if entry.object in following else present(entry.object)
        before = entry.previous if isinstance(entry.previous, kind) else None
        following[entry.object] = before
        changes.append((entry, before, after))
    return reversed(changes)


def _held(folder: Folder | None) -> Mapping[str, str]:
    """The rights in a folder by holder, without the path-to-root entries that nobody gives."""
    return {} if folder is None else {f"{one.kind} {one.principal}": _said(one.rights) for one in normal(folder.rights)}


def _said(rights: Rights) -> str:
    levels = "/".join(map(str, (rights.folder, rights.read, rights.write, rights.delete)))
    return f"{levels}+admin" if rights.admin else levels
