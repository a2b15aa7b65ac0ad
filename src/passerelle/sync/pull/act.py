"""Carries out what was decided about a page, in the transaction that it was decided in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.model.text import Text, plural, sentences
from passerelle.peers.base import RemoteId
from passerelle.store import UPSTREAM, Decision, Draft, ItemLink, Writing
from passerelle.sync.agreement import keeping_agreement
from passerelle.sync.bases import agreed_link, differing_link
from passerelle.sync.context import Context
from passerelle.sync.deletions.notes import note_unconfirmed
from passerelle.sync.files.undoing import fetch_again
from passerelle.sync.history.chronicle import ask, close, decided
from passerelle.sync.merge.occurrences import bring_back, keep_edited, move_exceptions, tell_of_place, tell_of_return
from passerelle.sync.merge.plan import Insert, Note, PullAction, Reopen, Replace, Restore
from passerelle.sync.policy import Winner
from passerelle.sync.pull.planning import Step
from passerelle.sync.pull.state import FolderPull
from passerelle.sync.report import Subject, title_of
from passerelle.sync.skipped.quarantine import (
    FILES,
    fetch_all_later,
    fetch_later,
    held_of,
    of_folder,
    remind,
    remind_all,
    resend,
    settle,
)


def act(tx: Writing, pull: FolderPull, steps: Sequence[Step]) -> None:
    """Carry out the steps of a page and keep the links that follow from them."""
    masters = {step.master for step in steps if step.master is not None}
    with keeping_agreement(tx, pull.context.me, masters):
        _insert(tx, pull, [step for step in steps if isinstance(step.action, Insert | Restore)])
        _note(tx, [step for step in steps if isinstance(step.action, Note)])
        _reopen(tx, pull, [step for step in steps if isinstance(step.action, Reopen)])
        _replace(tx, pull, [step for step in steps if isinstance(step.action, Replace)])
    _look_at_files(tx, pull, steps)


def _look_at_files(tx: Writing, pull: FolderPull, steps: Sequence[Step]) -> None:
    """Have files sent to what was made anew at the peer, by somebody who had not seen them all."""
    anew = [step.record.id for step in steps if step.record is not None and step.link and not step.link.version]
    if anew:
        remind_all(pull.context, tx, pull.folder.id, tx.attachments.of_several(anew))


def _insert(tx: Writing, pull: FolderPull, steps: Sequence[Step]) -> None:
    """Add items that are new here, all in a few statements."""
    if not steps:
        return
    for step in steps:
        if step.link is not None:
            make_room(pull.context, tx, step.link)
    records = tx.items.add_many(pull.folder.id, [_draft(pull, step) for step in steps])
    pull.counts.received += len(records)
    tx.sync.put_item_links(
        [
            agreed_link(
                pull.folder.id, record.id, step.remote.id, step.remote.version, (record.stamp, step.remote.item)
            )
            for step, record in zip(steps, records, strict=True)
        ]
    )
    _have_files_follow(tx, pull, [step.link.local for step in steps if step.link is not None])
    _note_told(tx, pull, [record.id for step, record in zip(steps, records, strict=True) if step.remote.is_told])
    for step, record in zip(steps, records, strict=True):
        was_deleted = step.master is not None and bring_back(tx, pull, record.item, step.master)
        if was_deleted or (step.link is not None and step.master is None):
            tell_of_return(tx, pull, record)
        elif step.link is not None:
            tell_of_place(tx, pull, record)


def _have_files_follow(tx: Writing, pull: FolderPull, back: Sequence[ItemId]) -> None:
    """Fetch and send the files of items that came back, as if none had failed yet."""
    for local in back:
        fetch_again(tx, local)
    if back:
        settle(tx, [one for one in of_folder(tx, pull.folder.id, FILES) if one.local in back])
        remind_all(pull.context, tx, pull.folder.id, tx.attachments.of_several(back))


def _note_told(tx: Writing, pull: FolderPull, told: Sequence[ItemId]) -> None:
    """Have the server take in silently what people were invited to by who made it."""
    if told and not pull.context.peer.is_authority:
        resend(pull.context, tx.of_peer(UPSTREAM), pull.folder.id, told)


def _draft(pull: FolderPull, step: Step) -> Draft:
    """What is to be added; what comes back gets its old number, so that its history goes on, and its files."""
    return Draft(
        item=step.remote.item,
        id=None if step.link is None else step.link.local,
        master=step.master,
        created_by=step.remote.created_by,
        created=step.remote.created,
        alarm_of=pull.context.me,
    )


def make_room(context: Context, tx: Writing, link: ItemLink) -> None:
    """Forget the item that was deleted here and comes back, as one item in all the folders where the peer has it.

    A series comes back with its change exceptions.
    """
    tx.sync.remove_item_links(link.folder, [link.local])
    stones = tx.journal.tombstones(link.folder, link.agreed, tx.journal.clock(link.folder))
    below = [stone.id for stone in stones if stone.master == link.local]
    for other in tx.sync.links_of_locals([link.local, *below]):
        tx.sync.remove_item_links(other.folder, [other.local])
        fetch_later(context, tx, other.folder, RemoteId(other.remote))


def _note(tx: Writing, steps: Sequence[Step]) -> None:
    """Keep which version was seen, and of what was deleted here what it is there."""
    tx.sync.put_item_links(
        [
            msgspec.structs.replace(step.link, version=step.remote.version)
            for step in steps
            if step.link is not None and (step.record is None or step.link.version != step.remote.version)
        ]
    )


def _reopen(tx: Writing, pull: FolderPull, steps: Sequence[Step]) -> None:
    """Have series read again with their change exceptions."""
    for step in steps:
        if step.link is not None:
            reopen(pull.context, tx, [step.link], [step.remote.id])


def reopen(context: Context, tx: Writing, links: Iterable[ItemLink], besides: Iterable[RemoteId] = ()) -> None:
    """Have items read again that were deleted here, and others of their folders ``besides``.

    Their links tell of no version from now on: the peer does not take the deletion, and what comes counts as new.
    """
    for link in links:
        tx.sync.put_item_links([msgspec.structs.replace(link, version="0", agreed=Stamp(0), base=None)])
        fetch_all_later(context, tx, link.folder, [RemoteId(link.remote), *besides])


def _replace(tx: Writing, pull: FolderPull, steps: Sequence[Step]) -> None:
    """Give items new content; every folder that they show in learns of it.

    Of what came back under a new id the others are told by their own lists.
    """
    folders: dict[ItemId, set[FolderId]] = {
        step.record.id: {pull.folder.id} for step in steps if step.record is not None
    }
    remotes = {step.record.id: step.remote.id for step in steps if step.record is not None}
    for link in tx.sync.links_of_locals(folders) if folders else ():
        if pull.context.peer.is_authority:
            if link.remote == remotes[link.local]:
                folders[link.local].add(link.folder)
        elif link.folder != pull.folder.id:  # a copy, which is to follow
            remind(pull.context, tx, link.folder, link.local)
    waiting = {one.item: one for one in tx.decisions.open()} if steps else {}
    links: list[ItemLink] = []
    for step in steps:
        assert step.record is not None  # noqa: S101 - only an item that is here is replaced
        links += _replace_one(tx, pull, step, sorted(folders[step.record.id]))
        _tell_of_conflicts(tx, pull, step.record.id, step.action, waiting.get(step.record.id))
    tx.sync.put_item_links(links)


def _replace_one(tx: Writing, pull: FolderPull, step: Step, folders: Sequence[FolderId]) -> list[ItemLink]:
    """Give one item new content; return the links that follow, one for each folder."""
    record, remote, action = step.record, step.remote, step.action
    assert record is not None and isinstance(action, Replace)  # noqa: S101, PT018 - as selected
    action = keep_edited(tx, pull, record, action)
    stamp = record.stamp
    if action.item != record.item:
        move_exceptions(tx, pull.context.me, record, action.item)
        stamp = tx.items.replace(record.id, action.item, alarm_of=pull.context.me)
        pull.counts.changed_here += 1
    if remote.created_by not in {None, record.created_by}:  # made anew there: who may read only the own ones sees that
        stamp = tx.items.credit(record.id, remote.created_by)
    if step.link is None or not step.link.version:  # made here, or anew there
        note_unconfirmed(tx, pull.folder.id, record.id, remote.id)
        settle(tx, [one for one in held_of(tx, pull.folder.id) if one.local == record.id])
    if action.item == action.base:
        at = (stamp, action.item)
        return [agreed_link(folder, record.id, remote.id, remote.version, at) for folder in folders]
    remind(pull.context, tx, pull.folder.id, record.id)
    return [differing_link(folder, record.id, remote.id, remote.version, action.base) for folder in folders]


def _tell_of_conflicts(
    tx: Writing, pull: FolderPull, local: ItemId, action: PullAction, waiting: Decision | None
) -> None:
    """Keep what lost or waits, and tell the user; ``waiting`` is a conflict that the user was asked about before."""
    assert isinstance(action, Replace)  # noqa: S101 - as selected
    if waiting is not None and not action.held:
        close(tx, waiting, action.item)
    if not action.conflicts:
        return
    message = _conflict_message(action, pull.context.peer.where)
    if not action.held:
        decided(
            pull.context, tx, Subject.CONFLICT, message,
            folder=pull.folder.id, item=local, kept=action.item, lost=action.lost,
        )  # fmt: skip
        return
    asked = Decision(
        at=pull.context.now(),
        kind=Subject.CONFLICT,
        folder=pull.folder.id,
        item=local,
        title=title_of(action.item),
        message=message,
        kept=action.item,
        lost=action.lost,
        open=tuple(one.field for one in action.conflicts),
    )
    ask(pull.context, tx, waiting, asked)


_STAYS = {
    Winner.MINE: Text("What you have here stays. The other is in the item’s history."),
    Winner.ASK: Text("Neither is taken until you decide: passerelle conflicts list"),
}


def _conflict_message(action: Replace, there: Text) -> Text:
    theirs = Text("What is {there} stays. The other is in the item’s history.", there=there)
    what = plural(
        "“{title}”: {fields} was changed here and {there}.",
        "“{title}”: {fields} were changed here and {there}.",
        count=len(action.conflicts),
        title=title_of(action.item),
        fields=", ".join(conflict.field.replace("_", " ") for conflict in action.conflicts),
        there=there,
    )
    return sentences(what, _STAYS.get(action.conflicts[0].winner, theirs))
