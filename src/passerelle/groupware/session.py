"""What a logged-in user can do: one method per operation, each in a transaction of its own or in one of a batch.

Every protocol and page works through a session, so each rule is checked in one place. A method either does
all it says or raises and changes nothing. All raise leaves of :class:`passerelle.model.errors.Refused`:
``NotFound`` for what does not exist or may not be known of, ``Forbidden`` for a missing right, ``Stale``
where ``expected`` (the stamp of the version that a change is based on) is older than the stored one, and
the others as the values deserve.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import date, datetime
from functools import cached_property
from typing import BinaryIO, TypeVar

from passerelle.groupware import (
    agenda,
    answers,
    attachments,
    batches,
    cards,
    changes,
    copies,
    default_answers,
    directory,
    folders,
    free_busy,
    items,
    notices,
    onwards,
    preferences,
    ringing,
    search,
    series,
    whereabouts,
)
from passerelle.groupware.access import read_item
from passerelle.groupware.actor import Actor, actor_of
from passerelle.groupware.attachments import AttachmentLimits, NewFile, Target
from passerelle.groupware.folder_names import name_for
from passerelle.groupware.notices import News, telling
from passerelle.groupware.preferences import Preferences
from passerelle.groupware.teller import Teller
from passerelle.groupware.thumbnails import Square, small
from passerelle.groupware.views import DirectoryChanges, FolderChanges, FolderCount, FolderView, ItemChanges, Person
from passerelle.model.errors import NotFound
from passerelle.model.folders import Folder, FolderType, Module, Right
from passerelle.model.ids import AttachmentId, FolderId, ItemId, Stamp, UserId
from passerelle.model.items import Contact, Item, Photo
from passerelle.model.participants import Answer, Participant
from passerelle.model.patch import Patch
from passerelle.model.principals import FreeBusyDetail, Group, Notices, Resource, User
from passerelle.model.records import Attachment, ItemRecord
from passerelle.model.text import Text
from passerelle.store import Principal, Reading, Store, Writing

T = TypeVar("T")

BEGINNING = Stamp(0)
"""Before everything."""

Change = Callable[[Item], Patch]
"""Given the item as it is, the fields to change. Called inside the transaction, at most once."""


class Session:
    """The operations of one user. Sessions hold no state, cost nothing, and may be used by any thread.

    ``origin`` goes into the journal beside the user: the peer or the client that a change came from. ``teller`` is who
    tells people of changes: a session of a replica leaves that to the server. ``within`` is the transaction of a batch;
    such a session lives as long as that, in the same thread.
    """

    def __init__(
        self,
        store: Store,
        user_id: UserId,
        origin: str = "",
        *,
        teller: Teller = Teller.HERE,
        within: Writing | None = None,
    ) -> None:
        self.store = store
        self.user_id = user_id
        self.origin = origin
        self.teller = teller
        self._within = within

    @cached_property
    def user(self) -> User:
        """The user as the directory knew it when first asked for.

        Raises:
            NotFound: the user is gone.
        """
        with self._reading() as (tx, _actor):
            user = tx.principals.user(self.user_id)
        if user is None or user.deleted:
            raise NotFound(Text("There is no user {user_id}.", user_id=self.user_id))
        return user

    @contextmanager
    def _reading(self) -> Iterator[tuple[Reading, Actor]]:
        with nullcontext(self._within) if self._within else self.store.reading() as tx:
            yield tx, actor_of(tx, self.user_id)

    @contextmanager
    def _writing(self) -> Iterator[tuple[Writing, Actor]]:
        with self._within.part() if self._within else self.store.writing(self.user_id, self.origin) as tx:
            yield tx, actor_of(tx, self.user_id)

    @contextmanager
    def _telling(self, id_: ItemId | None = None, *, notify: bool = True) -> Iterator[tuple[Writing, Actor, News]]:
        """A transaction that tells people what it did to an item."""
        silent = self.teller is not Teller.HERE
        with self._writing() as (tx, actor), telling(tx, actor, silent=silent, notify=notify) as news:
            if id_ is not None:
                news.watch(id_)
            yield tx, actor, news

    def batch(self, works: Iterable[Callable[[Session], T]]) -> list[T | Exception]:
        """Carry out pieces of work in few transactions; return what each one returned, or what it raised.

        Each is given a session to work with, and does all or nothing. What is returned is committed. See
        :mod:`passerelle.groupware.batches`.
        """
        return batches.carry_out(self._begin, works)

    @contextmanager
    def _begin(self) -> Iterator[tuple[Writing, Session]]:
        with self.store.writing(self.user_id, self.origin) as tx:
            yield tx, Session(self.store, self.user_id, self.origin, teller=self.teller, within=tx)

    # Folders

    def folders(self, since: Stamp = BEGINNING) -> FolderChanges:
        """All visible folders that changed at or after ``since``, the system's included, and those gone."""
        with self._reading() as (tx, actor):
            return folders.changes(tx, actor, since)

    def folder(self, id_: FolderId) -> FolderView:
        """One visible folder."""
        with self._reading() as (tx, actor):
            return folders.get(tx, actor, id_)

    def folder_names(self, folders: Iterable[Folder]) -> dict[FolderId, str]:
        """What the user is told folders are called; see :mod:`passerelle.groupware.folder_names`."""
        with self._reading() as (tx, actor):
            return {one.id: name_for(tx, actor.user, one) for one in folders}

    def create_folder(
        self,
        parent: FolderId,
        name: str,
        *,
        module: Module | None = None,
        type_: FolderType | None = None,
        rights: tuple[Right, ...] | None = None,
    ) -> Folder:
        """Make a folder; what is not given follows from the parent. See :func:`folder_rules.plan_create`."""
        with self._writing() as (tx, actor):
            return folders.create(tx, actor, parent, name, module=module, type_=type_, rights=rights)

    def update_folder(
        self,
        id_: FolderId,
        *,
        name: str | None = None,
        parent: FolderId | None = None,
        module: Module | None = None,
        rights: tuple[Right, ...] | None = None,
        expected: Stamp | None = None,
    ) -> Folder:
        """Rename, move, or give other rights (the full list; path-to-root entries are ignored)."""
        with self._writing() as (tx, actor):
            return folders.update(
                tx, actor, id_, name=name, parent=parent, module=module, rights=rights, expected=expected
            )

    def delete_folder(self, id_: FolderId, expected: Stamp | None = None) -> Stamp:
        """Delete a folder with all below and in it, or nothing; return the stamp of the deletion."""
        with self._telling() as (tx, actor, news):
            news.watch_all(folders.with_all_below(tx, id_))
            return folders.delete(tx, actor, id_, expected)

    def clear_folder(self, id_: FolderId, expected: Stamp | None = None) -> Stamp:
        """Delete all items of a folder and keep it; return the folder's stamp."""
        with self._telling() as (tx, actor, news):
            news.watch_all((id_,))
            return folders.clear(tx, actor, id_, expected)

    # Items

    def changes(self, folder: FolderId | None, module: Module, since: Stamp = BEGINNING) -> ItemChanges:
        """The items of a folder that changed at or after ``since``; without one, of all readable folders.

        Refusals are raised here, not while the items are iterated. The answer is consistent: what changes
        while it is read comes with a stamp above all in it, so the next call with the highest stamp seen
        finds it.
        """
        return changes.changes(self.store, self.user_id, folder, module, since)

    def positions(self) -> dict[FolderId, Stamp]:
        """The latest position of each readable folder: who has read that far has missed nothing in it."""
        with self._reading() as (tx, actor):
            return changes.positions(tx, actor)

    def moment(self) -> Stamp:
        """The place in history of who sees all that is there now; see :mod:`passerelle.groupware.history`."""
        with self._reading() as (tx, _actor):
            return tx.journal.moment()

    def ids(self, folder: FolderId | None, module: Module) -> tuple[ItemId, ...]:
        """The ids of all items that the user may read in a folder, or in all folders of the module."""
        return tuple(self.versions(folder, module))

    def versions(self, folder: FolderId | None, module: Module) -> Mapping[ItemId, Stamp]:
        """The stamps of all items that the user may read in a folder, or in all folders of the module, by id."""
        with self._reading() as (tx, actor):
            return changes.versions(tx, actor, folder, module)

    def counts(self, module: Module) -> Mapping[FolderId, FolderCount]:
        """How many items the user may read in each folder of a module; a series counts once."""
        with self._reading() as (tx, actor):
            return changes.counts(tx, actor, module)

    def agenda(self, calendars: Iterable[FolderId], first: date, after: date) -> tuple[agenda.Entry, ...]:
        """What takes place in calendars from the beginning of a day to that of another, by the user's own clock."""
        with self._reading() as (tx, actor):
            return agenda.agenda(tx, actor, calendars, first, after, self.user.zone)

    def get(self, id_: ItemId, module: Module, folder: FolderId | None = None) -> ItemRecord:
        """One item, in the folder given or wherever the user may read it (the own folders first)."""
        with self._reading() as (tx, actor):
            return read_item(tx, actor, id_, module, folder)

    def search(self, text: str, most: int) -> Mapping[Module, tuple[ItemRecord, ...]]:
        """The items in which each word of a text occurs, at most so many of each module, changed last first."""
        with self._reading() as (tx, actor):
            return search.search(tx, actor, text, most)

    def photo(self, id_: ItemId, square: Square, folder: FolderId | None = None) -> Photo:
        """A contact's picture, small enough to show.

        Raises:
            NotFound: there is no such contact, or it has no picture.
        """
        item = self.get(id_, Module.CONTACTS, folder).item
        if not isinstance(item, Contact) or item.photo is None:
            raise NotFound(Text("The contact {id} has no picture.", id=id_))
        return small(item.photo, square)

    def create(
        self, folder: FolderId, item: Item, *, ignore_conflicts: bool = False, notify: bool = True
    ) -> ItemRecord:
        """Put a new item into a folder. ``notify`` False: users here need not be told by mail (semantics, 5.9).

        Raises:
            Overlap: an appointment collides with others, and may not or must not ignore them.
        """
        with self._telling(notify=notify) as (tx, actor, news):
            record = items.create(tx, actor, folder, item, ignore_conflicts=ignore_conflicts)
            if items.follows_another(tx, record):
                news.continued(record.id)
            else:
                news.made(record.id)
            return record

    def update(  # noqa: PLR0913 - what an update may say
        self,
        id_: ItemId,
        folder: FolderId | None,
        change: Change,
        *,
        module: Module | None = None,
        expected: Stamp | None = None,
        destination: FolderId | None = None,
        ignore_conflicts: bool = False,
        notify: bool = True,
    ) -> ItemRecord:
        """Change an item, move it to ``destination``, or both. A change of nothing leaves the stamp.

        ``notify`` as for :meth:`create`.

        Raises:
            Overlap: an appointment collides with others, and may not or must not ignore them.
        """
        with self._telling(id_, notify=notify) as (tx, actor, _news):
            return items.update(
                tx, actor, id_, folder, change,
                module=module, expected=expected, destination=destination, ignore_conflicts=ignore_conflicts,
            )  # fmt: skip

    def copy(
        self, id_: ItemId, folder: FolderId, module: Module, destination: FolderId, *, at: date | None = None
    ) -> ItemRecord:
        """Put a copy of an item into a folder, with its files; of a series all, or only the occurrence ``at``.

        Nobody is invited: participants stay with the original. What is private stays so, or is refused.
        """
        with self._telling() as (tx, actor, news):
            record = copies.copy(tx, actor, id_, folder, module, destination, at)
            news.made(record.id)
            return record

    def delete(
        self,
        id_: ItemId,
        folder: FolderId | None = None,
        *,
        module: Module | None = None,
        expected: Stamp | None = None,
    ) -> Stamp:
        """Delete an item; a participant who is not the organiser only leaves it (semantics, section 5.4)."""
        with self._telling(id_) as (tx, actor, _news):
            return items.delete(tx, actor, id_, folder, module=module, expected=expected)

    def change_occurrence(
        self,
        id_: ItemId,
        folder: FolderId | None,
        at: date | int,
        change: Change,
        *,
        expected: Stamp | None = None,
        ignore_conflicts: bool = False,
        notify: bool = True,
    ) -> ItemRecord:
        """Replace one occurrence of the series ``id_`` by a new item, the change exception, and return that.

        ``at`` is the local day of the occurrence, or its 1-based position. ``change`` is given the
        occurrence as an appointment of its own. ``notify`` as for :meth:`create`.
        """
        with self._telling(id_, notify=notify) as (tx, actor, _news):
            return series.change_occurrence(
                tx, actor, id_, folder, at, change, expected=expected, ignore_conflicts=ignore_conflicts
            )

    def delete_occurrence(
        self, id_: ItemId, folder: FolderId | None, at: date | int, *, expected: Stamp | None = None
    ) -> Stamp:
        """Take one occurrence out of the series ``id_``; with the last one the series goes. Return the stamp."""
        with self._telling(id_) as (tx, actor, _news):
            return series.delete_occurrence(tx, actor, id_, folder, at, expected=expected)

    def change_onwards(  # noqa: PLR0913 - what a change of occurrences may say
        self,
        id_: ItemId,
        folder: FolderId | None,
        at: date | int,
        change: Change,
        *,
        expected: Stamp | None = None,
        destination: FolderId | None = None,
        ignore_conflicts: bool = False,
        notify: bool = True,
    ) -> ItemRecord:
        """Change an occurrence of the series ``id_`` and all that follow, which become a series of their own.

        ``change`` is given a series that begins with that occurrence. Return that series, with what it has become;
        the first one if it begins there, or if nothing changes. Otherwise as :meth:`change_occurrence`.
        """
        with self._telling(id_, notify=notify) as (tx, actor, news):
            return onwards.change_onwards(
                tx, actor, news, id_, folder, at, change,
                expected=expected, destination=destination, ignore_conflicts=ignore_conflicts,
            )  # fmt: skip

    def delete_onwards(
        self, id_: ItemId, folder: FolderId | None, at: date | int, *, expected: Stamp | None = None
    ) -> Stamp:
        """Let the series ``id_`` end before an occurrence; with the first one it goes. Return the stamp."""
        with self._telling(id_) as (tx, actor, _news):
            return onwards.delete_onwards(tx, actor, id_, folder, at, expected=expected)

    def confirm(
        self,
        id_: ItemId,
        answer: Answer,
        message: str = "",
        *,
        module: Module = Module.CALENDAR,
        folder: FolderId | None = None,
        at: date | int | None = None,
    ) -> ItemRecord:
        """Answer an invitation: to an item, a whole series, or with ``at`` one occurrence.

        The answer is the user's own; in a shared ``folder`` it is given for its owner.
        """
        with self._telling(id_) as (tx, actor, _news):
            return answers.confirm(tx, actor, id_, answer, message, module=module, folder=folder, at=at)

    def rings(self, now: datetime, until: datetime) -> tuple[ringing.Ring, ...]:
        """What the user is to be reminded of now, and from now until then, by when it is due."""
        with self._reading() as (tx, actor):
            return ringing.rings(tx, actor, self.user, now, until)

    def dismiss(self, rung: Iterable[ringing.Name], now: datetime) -> None:
        """Be done with reminders that are due; those that are not, or no more, are left alone."""
        with self._writing() as (tx, actor):
            ringing.acknowledge(tx, actor, self.user, rung, now, None)

    def snooze(self, rung: Iterable[ringing.Name], now: datetime, again: datetime) -> None:
        """Be reminded once more, at ``again``, of what is due."""
        with self._writing() as (tx, actor):
            ringing.acknowledge(tx, actor, self.user, rung, now, again)

    def choose_default_answers(self, *, private: Answer, public: Answer) -> User:
        """Choose how invitations from private and from public calendars are answered as long as one says nothing."""
        with self._writing() as (tx, actor):
            return default_answers.choose(tx, actor, private=private, public=public)

    # Files that hang on items

    def attachment_limits(self) -> AttachmentLimits:
        """How large files may be."""
        with self._reading() as (tx, _actor):
            return attachments.limits(tx)

    def attach(self, target: Target, file: NewFile, replaced: AttachmentId | None = None) -> tuple[Attachment, Stamp]:
        """Hang a file on an item, or put it in another's place; return it with the item's new stamp.

        Raises:
            Contradiction: it does not fit into the limits.
        """
        with self._telling(target.item) as (tx, actor, _news):
            return attachments.attach(tx, actor, target, file, replaced)

    def detach(self, target: Target, id_: AttachmentId) -> Stamp:
        """Take a file off an item; return the item's new stamp."""
        with self._telling(target.item) as (tx, actor, _news):
            return attachments.detach(tx, actor, target, id_)

    def open_attachment(self, target: Target, id_: AttachmentId) -> tuple[Attachment, BinaryIO]:
        """A file and its open bytes, which the caller closes."""
        with self._reading() as (tx, actor):
            return attachments.read(tx, actor, target, id_)

    def availability(
        self, parties: Iterable[Participant], start: datetime, end: datetime, besides: ItemId | None = None
    ) -> tuple[free_busy.Availability, ...]:
        """When participants are busy between two instants, as far as each lets it be seen; the own times are whole.

        The appointment ``besides``, which is being planned, is left out, with its series.
        """
        with self._reading() as (tx, actor):
            return free_busy.look_up(tx, actor, parties, start, end, besides)

    def send_card(self, id_: ItemId, folder: FolderId, parties: Iterable[Participant], message: str = "") -> int:
        """Send a contact by mail to people and groups; return to how many addresses.

        Raises:
            Contradiction: no mail is sent from here.
        """
        if self.teller is not Teller.HERE:
            raise cards.not_from_here()
        with self._writing() as (tx, actor):
            return cards.send(tx, actor, id_, folder, parties, message)

    def publish_free_busy(self, detail: FreeBusyDetail) -> User:
        """Choose how much of the own time everybody may see without login."""
        with self._writing() as (tx, actor):
            return free_busy.choose(tx, actor, detail)

    def choose_whereabouts(self, *, zone: str, locale: str) -> User:
        """Choose the own time zone and language."""
        with self._writing() as (tx, actor):
            return whereabouts.choose(tx, actor, zone=zone, locale=locale)

    def choose_notices(self, wishes: Notices) -> User:
        """Choose which mails to get."""
        with self._writing() as (tx, actor):
            return notices.choose(tx, actor, wishes)

    def preferences(self) -> Preferences:
        """How the user wants the pages to be."""
        with self._reading() as (tx, actor):
            return preferences.preferences(tx, actor.user)

    def choose_preferences(self, wishes: Preferences) -> None:
        """Choose how the pages are to be."""
        with self._writing() as (tx, actor):
            preferences.choose(tx, actor, wishes)

    # The directory, readable for every user (OX reference, section 14)

    def people(self, pattern: str = "*") -> tuple[Person, ...]:
        """Users whose names, addresses or categories match a pattern with ``*``, sorted by display name."""
        with self._reading() as (tx, _actor):
            return directory.people(tx, pattern)

    def groups(self, pattern: str = "*") -> tuple[Group, ...]:
        """Groups whose name or display name matches."""
        with self._reading() as (tx, _actor):
            return directory.groups(tx, pattern)

    def resources(self, pattern: str = "*") -> tuple[Resource, ...]:
        """Resources whose name, display name or address matches."""
        with self._reading() as (tx, _actor):
            return directory.resources(tx, pattern)

    def lookup(self, start: str, most: int) -> tuple[Principal, ...]:
        """At most so many users, groups and resources of whom a word of the name begins with a text."""
        with self._reading() as (tx, _actor):
            return directory.lookup(tx, start, most)

    def called(self, name: str) -> Principal | None:
        """The user, group or resource that is called exactly so, without case."""
        with self._reading() as (tx, _actor):
            return directory.called(tx, name)

    def named(self, parties: Iterable[Participant]) -> dict[tuple[str, str], str]:
        """What the users, groups and resources among participants are called, by their identity."""
        with self._reading() as (tx, _actor):
            return directory.names_of(tx, parties)

    def directory_changes(self, since: Stamp) -> DirectoryChanges:
        """Users, groups and resources that changed at or after ``since``, the deleted ones marked."""
        with self._reading() as (tx, _actor):
            return directory.changes(tx, since)
