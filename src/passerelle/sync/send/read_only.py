"""Changes that the account has no right to make are taken back here, and kept in the history with both versions.

The server has the last word: only what it refused is taken back, and only where the rights that it told say the same.
"""

from __future__ import annotations

from passerelle.groupware.actor import Actor, actor_of
from passerelle.groupware.rights import allowed, may_create_items, reaches
from passerelle.model.errors import Forbidden, Refused
from passerelle.model.folders import Folder, Level
from passerelle.model.ids import FolderId, UserId
from passerelle.model.text import Text, sentences
from passerelle.peers.base import RemoteId
from passerelle.store import Reading, Writing
from passerelle.sync.agreement import keeping_agreement
from passerelle.sync.bases import base_of
from passerelle.sync.context import Context
from passerelle.sync.history.chronicle import decided
from passerelle.sync.merge.plan import SendAnswer, SendContent, SendMove, SendNew, SendRemoval
from passerelle.sync.pull.act import make_room
from passerelle.sync.report import Subject, title_of
from passerelle.sync.send.planning import Job
from passerelle.sync.skipped.choices import undo_change
from passerelle.sync.skipped.quarantine import UP, fetch_later, of_folder, settle


def is_out_of_reach(context: Context, tx: Reading, folder: Folder, job: Job, error: Refused) -> bool:
    """Whether a change was refused because the account has no right to make it, as far as its rights are known here."""
    if not isinstance(error, Forbidden) or isinstance(job.action, SendAnswer):
        return False
    actor = actor_of(tx, context.me)
    known = tx.folders.get(folder.id) or folder
    rights, creator = allowed(known, actor), None if job.record is None else job.record.created_by
    match job.action:
        case SendNew():
            # A changed occurrence is a change of its series.
            return not may_create_items(rights) if job.master is None else falls_short(rights.write, creator, actor)
        case SendRemoval():
            return falls_short(rights.delete, creator, actor)
        case SendMove():
            return falls_short(rights.delete, creator, actor) or _may_not_enter(tx, actor, job.destination)
        case SendContent():
            return falls_short(rights.write, creator, actor)
    return False


def falls_short(level: int, creator: UserId | None, actor: Actor) -> bool:
    """Whether a level does not cover an item of that creator; None: of nobody who is known."""
    return level < Level.ALL and (creator is None or not reaches(level, creator, actor))


def _may_not_enter(tx: Reading, actor: Actor, id_: FolderId | None) -> bool:
    folder = None if id_ is None else tx.folders.get(id_)
    return folder is not None and not may_create_items(allowed(folder, actor))


def take_back(context: Context, tx: Writing, folder: Folder, job: Job) -> None:
    """Bring the server's state back in the place of a change, and tell. What was deleted here is fetched.

    Raises:
        Contradiction: what the server had is no longer known.
    """
    link, record = job.link, job.record
    lost = [] if record is None or link is not None else tx.items.exceptions(record.id)
    theirs = None if link is None else base_of(tx, link, record)
    if record is not None:
        with keeping_agreement(tx, context.me, [] if record.master is None else [record.master]):
            undo_change(tx, context.me, job.local, context.now())
    elif link is not None:
        make_room(context, tx, link)
        fetch_later(context, tx, link.folder, RemoteId(link.remote))
    settle(tx, [one for one in of_folder(tx, folder.id, UP) if one.local == job.local])
    mine = None if record is None else record.item
    message = _message(context, tx, folder, job, title_of(mine if mine is not None else theirs))
    for item, kept, gave_way in ((job.local, theirs, mine), *((one.id, None, one.item) for one in lost)):
        decided(
            context, tx, Subject.TAKEN_BACK, message, folder=folder.id, item=item, kept=kept, lost=gave_way
        )  # fmt: skip


def _message(context: Context, tx: Reading, folder: Folder, job: Job, title: str) -> Text:
    name = context.name_of(folder)
    history = Text("Yours is in the history, from where it can be copied: passerelle history")
    match job.action:
        case SendNew() if job.master is None:
            made = Text(
                "“{title}” was made here, but you have no right to create items in “{folder}”. It is gone here.",
                title=title,
                folder=name,
            )
            return sentences(made, history)
        case SendRemoval():
            return Text(
                "“{title}” was deleted here, but you have no right to delete it in “{folder}”. It comes back.",
                title=title,
                folder=name,
            )
        case SendMove():
            return _moved(context, tx, job, title, name)
    return sentences(
        Text("“{title}” was changed here, but you have no right to change it in “{folder}”.", title=title, folder=name),
        "The server’s version is back.",
        history,
    )


def _moved(context: Context, tx: Reading, job: Job, title: str, name: str) -> Text:
    goal = None if job.destination is None else tx.folders.get(job.destination)
    return Text(
        "“{title}” was moved to “{destination}” here, but you have no right to do that. It is back in “{folder}”.",
        title=title,
        destination="" if goal is None else context.name_of(goal),
        folder=name,
    )
