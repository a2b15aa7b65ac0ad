"""Somebody else's meeting or task that left the user's calendar: it was called off, or the user was taken out of it.

The peer does not say which. To send it anew with all who take part would have the user invite them to what may
take place all the same; so what the user changed about it is kept as an entry of the user's own.
"""

from __future__ import annotations

from uuid import uuid4

from passerelle.model.folders import Folder, FolderType
from passerelle.model.ids import FolderId, UserId
from passerelle.model.items import Appointment, Item, Task
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text
from passerelle.peers.base import RemoteId, Version
from passerelle.store import ItemLink, Reading, Writing
from passerelle.sync.bases import differing_link
from passerelle.sync.context import Context
from passerelle.sync.history.chronicle import decided
from passerelle.sync.merge.decide import Known, decide_send
from passerelle.sync.merge.own import as_own, as_single
from passerelle.sync.merge.plan import SendAnswer
from passerelle.sync.pull.placing import is_by_invitation
from passerelle.sync.report import Subject, title_of
from passerelle.sync.skipped.quarantine import fetch_later, remind


def is_of_others(context: Context, folder: Folder, record: ItemRecord) -> bool:
    """Whether an item showed in a folder of the user's because somebody else let the user take part."""
    return (
        context.peer.is_authority
        and record.master is None
        and is_by_invitation(record.item, folder, record.created_by, context.me)
    )


def is_own(context: Context, folder: Folder) -> bool:
    """Whether it is a private folder of the account's user."""
    return folder.type is FolderType.PRIVATE and folder.owner == context.me


def is_of_user(context: Context, folder: Folder, record: ItemRecord) -> bool:
    """Whether an item of a folder that goes is the user's own with all who take part: made by them, or by nobody else.

    What others let the user take part in may be in any own folder, where the user moved it.
    """
    people = record.item.participants if isinstance(record.item, Appointment | Task) else ()
    return is_own(context, folder) and (record.created_by == context.me or not people)


def is_of_others_series(context: Context, tx: Reading, folder: Folder, record: ItemRecord) -> bool:
    """Whether a change exception showed in a folder of the user's because of a series of somebody else's."""
    series = None if record.master is None else tx.items.get(record.master, context.me)
    return series is not None and is_of_others(context, folder, series)


def is_answer_only(context: Context, known: Known) -> bool:
    """Whether all that the user changed about an item is the own answer: there is nobody left to give it to."""
    return isinstance(decide_send(known, context.peer.project, context.me), SendAnswer)


def make_own(context: Context, tx: Writing, folder: Folder, record: ItemRecord) -> None:
    """Make such an item an entry of the user's own, and tell of it.

    Of a series, the user may have been taken out without its changed occurrences: these are looked for.
    """
    for link in tx.sync.links_of_locals(one.id for one in tx.items.exceptions(record.id)):
        fetch_later(context, tx, link.folder, RemoteId(link.remote))
    own = give_to_user(tx, context.me, record, folder.id)
    message = Text(
        "“{title}” is no longer in your folder on the server: it was called off, or you were taken out. What you "
        "changed here meanwhile is kept in an entry of your own, without the other people.",
        title=title_of(own),
    )
    decided(
        context, tx, Subject.RESCUED, message,
        folder=folder.id, item=record.id, kept=own, lost=record.item,
    )  # fmt: skip


def make_own_occurrence(context: Context, tx: Writing, folder: Folder, record: ItemRecord) -> None:
    """Make an appointment of the user's own of a change exception, and tell of it. The series is without it then."""
    own = tx.items.add(folder.id, as_single(record.item, str(uuid4())), alarm_of=context.me)
    for link in tx.sync.links_of(record.id):
        tx.sync.remove_item_links(link.folder, [record.id])
    tx.items.remove(record.id)
    remind(context, tx, folder.id, own.id)
    message = Text(
        "An occurrence of “{title}” is no longer in your folder on the server. What you changed about it here "
        "meanwhile is kept in an entry of your own, without the other people.",
        title=title_of(own.item),
    )
    decided(
        context, tx, Subject.RESCUED, message,
        folder=folder.id, item=own.id, kept=own.item, lost=record.item,
    )  # fmt: skip


def keep_without_series(context: Context, tx: Writing, link: ItemLink, record: ItemRecord, base: Item) -> None:
    """Keep a change exception with its changes, which are sent if the peer shows it still; its series is gone here."""
    alone = tx.items.add(link.folder, record.item, created_by=record.created_by, alarm_of=context.me)
    tx.sync.put_item_links([differing_link(link.folder, alone.id, RemoteId(link.remote), Version(link.version), base)])
    remind(context, tx, link.folder, alone.id)


def give_to_user(tx: Writing, me: UserId, record: ItemRecord, folder: FolderId) -> Item:
    """Put an item into a folder as an entry of the user's own, with its change exceptions; return it."""
    uid = str(uuid4())
    own = as_own(record.item, uid)
    tx.items.replace(record.id, own, folder=folder, placements=(), alarm_of=me)
    for below in tx.items.exceptions(record.id, me):
        tx.items.replace(below.id, as_own(below.item, uid), alarm_of=me)
    return own
