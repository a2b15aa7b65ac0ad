"""Sends what changed in one folder here: decided item by item, in batches, each with its intents and results."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from passerelle.model.errors import Forbidden, Refused, Stale, Unreachable
from passerelle.model.folders import Folder
from passerelle.model.ids import FolderId, ItemId
from passerelle.model.text import Text
from passerelle.peers.base import Place, RemoteId, ServerFailed, TooLarge, Write, WriteResult
from passerelle.store import FolderLink, Intent, Skipped, Writing
from passerelle.sync.context import Context
from passerelle.sync.deletions.guard import note_passed
from passerelle.sync.deletions.overtaken import overtaken_here
from passerelle.sync.files.sending import send_files
from passerelle.sync.files.unseen import have_back_unseen
from passerelle.sync.merge.fingerprint import fingerprint
from passerelle.sync.merge.plan import SendAnswer, SendContent, SendMove, SendNew, Settle, Wait
from passerelle.sync.pull.act import reopen
from passerelle.sync.pull.unfinished import note_written
from passerelle.sync.report import Progress, Subject
from passerelle.sync.send.act import advance_sent, record_result, refuse, settle_jobs
from passerelle.sync.send.batches import batch_size, be_bold, learn_limit, take_care
from passerelle.sync.send.loops import back_and_forth, loops
from passerelle.sync.send.planning import Job, Outgoing, is_removal
from passerelle.sync.send.unsent import Unsent, unsent
from passerelle.sync.send.writes import write_of
from passerelle.sync.skipped.quarantine import (
    APPROVED,
    HELD,
    LOOP,
    RESENT,
    UP,
    hold,
    is_due,
    is_wanted,
    of_folder,
    remind,
    settle,
)

_WAVES = 4
"""Steps that one item may need in a row: a move, then its content; a series, then its exceptions."""
_FAILURES = 3
"""So many changes that make the server fail are set aside in a run; after that it is the server that does not work."""


class Sending:
    """One folder while its changes are sent."""

    def __init__(
        self, context: Context, link: FolderLink, folder: Folder, progress: Progress, *, is_guarded: bool = False
    ) -> None:
        self._context = context
        self._link = link
        self._folder = folder
        self._progress = progress
        self._is_guarded = is_guarded
        self._unasked: set[ItemId] = set()
        self._resent: set[ItemId] = set()
        self._outdated: dict[ItemId, Job] = {}
        self._stuck: set[ItemId] = set()
        self._waiting: set[ItemId] = set()
        self._elsewhere: dict[ItemId, FolderId] = {}
        self._doubted: set[ItemId] = set()
        self._failures = 0
        self._sent = 0
        self._returning = False

    def run(self, *, is_last_round: bool) -> bool:
        """Send all that can be sent; return whether something must be pulled first, and sent again.

        One request per batch of about a hundred changes.

        Raises:
            Unreachable: the answer to a batch was lost. Its intents stay open, and are settled by the next pull.
        """
        with self._context.store.reading() as tx:
            waiting = unsent(tx, self._link)
        self._resent = {one.local for one in waiting.aside if one.code == RESENT and one.local is not None}
        due = ids = self._due(waiting)
        for _ in range(_WAVES):
            ids = self._wave(ids, waiting)
            if not ids:
                break
        busy = self._outdated.keys() | self._stuck | self._waiting
        ready = [id_ for id_ in due if id_ not in busy]
        send_files(self._context, self._link, self._folder, ready, frozenset(waiting.edited))
        with self._context.writing() as tx:
            self._finish(tx, due, is_last_round=is_last_round)
            advance_sent(tx, self._link, waiting.clock)
        return (bool(self._outdated) or self._returning) and not is_last_round

    def _due(self, waiting: Unsent) -> list[ItemId]:
        """The items to look at: edited since, or set aside and due, or set aside for nothing any more."""
        ready = {one.local for one in waiting.aside if is_due(self._context, one)}.union(waiting.edited)
        resting = [one for one in waiting.aside if one.direction == UP and one.local not in ready]
        if resting:
            with self._context.store.reading() as tx:
                ready |= overtaken_here(tx, self._folder.id, resting)
        return [id_ for id_ in waiting.ids if id_ in ready]

    def _wave(self, ids: Sequence[ItemId], waiting: Unsent) -> list[ItemId]:
        """Take one step for each item; return those that may need another."""
        with self._context.store.reading() as tx:
            outgoing = Outgoing(tx, self._context, self._folder, ids)
            jobs = outgoing.jobs(ids)
        self._waiting = outgoing.waiting
        self._elsewhere = outgoing.elsewhere
        settled = [job for job in jobs if isinstance(job.action, Settle | Wait)]
        if settled:
            with self._context.writing() as tx:
                settle_jobs(tx, self._folder, settled)
        steps = self._allowed([job for job in jobs if not isinstance(job.action, Settle | Wait)], waiting)
        steps = self._without_loops(self._without_returning(steps), waiting)
        for batch in self._batches(steps):
            self._send(batch)
        if not steps:
            return []
        busy = {job.local for job in jobs if not isinstance(job.action, SendMove)} | self._outdated.keys() | self._stuck
        return [id_ for id_ in ids if id_ not in busy]

    def _allowed(self, jobs: Sequence[Job], waiting: Unsent) -> list[Job]:
        """The jobs without the deletions that the guard holds."""
        decided = {one.local: one.code for one in waiting.aside}
        removals = [job for job in jobs if is_removal(job) and decided.get(job.local) != APPROVED]
        held = {job.local for job in removals if decided.get(job.local) == HELD}
        fresh = [job for job in removals if job.local not in held]
        if fresh and self._is_guarded:
            self._hold(fresh)
            held.update(job.local for job in fresh)
        self._unasked |= {job.local for job in fresh} - held
        self._stuck |= held
        return [job for job in jobs if job.local not in held]

    def _without_returning(self, jobs: Sequence[Job]) -> list[Job]:
        """The jobs without deletions that do not hold: what is meant comes back."""
        removals = {job.local: job.link for job in jobs if is_removal(job) and job.link is not None}
        returning = have_back_unseen(self._context, self._folder.id, removals)
        void = [job.link for job in jobs if job.void and job.link is not None]
        if void:
            with self._context.writing() as tx:
                reopen(self._context, tx, void)
            returning.update(link.local for link in void)
        self._outdated |= {job.local: job for job in jobs if job.local in returning}
        return [job for job in jobs if job.local not in returning]

    def _without_loops(self, jobs: Sequence[Job], waiting: Unsent) -> list[Job]:
        """The jobs without those that would go on for ever, unless the user wants to try."""
        wanted = {one.local for one in waiting.aside if one.code == LOOP and is_wanted(one)}
        with self._context.store.reading() as tx:
            found = loops(self._context, tx, [job for job in jobs if job.local not in wanted])
        if found:
            with self._context.writing() as tx:
                for job in jobs:
                    if job.local in found:
                        refuse(self._context, tx, self._folder, job, back_and_forth())
        self._stuck |= found
        return [job for job in jobs if job.local not in found]

    def _hold(self, removals: Sequence[Job]) -> None:
        message = Text(
            "{number} items of “{folder}” were deleted here, more than usual. They are kept {there} until you decide: "
            "passerelle confirm",
            number=len(removals),
            folder=self._context.name_of(self._folder),
            there=self._context.peer.where,
        )
        entries = [
            Skipped(
                folder=self._folder.id,
                direction=UP,
                local=job.local,
                remote=None if job.link is None else job.link.remote,
                code=HELD,
                message=Text("An item was deleted here; it is still {there}.", there=self._context.peer.where),
                since=self._context.now(),
            )
            for job in removals
        ]
        with self._context.writing() as tx:
            hold(self._context, tx, entries)
        self._context.recorder.report(Subject.HELD, message, folder=self._folder.id)

    def _batches(self, jobs: Sequence[Job]) -> Sequence[Sequence[Job]]:
        with self._context.store.reading() as tx:
            limit = batch_size(tx)
        return [jobs[start : start + limit] for start in range(0, len(jobs), limit)]

    def _send(self, batch: Sequence[Job]) -> None:
        """Send one batch: its intents are written before, its results after; halved where it is too large."""
        writes, intents = self._intend(batch)
        if not writes:
            return
        jobs = {str(job.local): job for job in batch}
        place = Place(RemoteId(self._link.remote), self._folder.module)
        try:
            results = self._context.peer.write(place, writes)
        except TooLarge as error:
            self._abandon(intents)
            self._halve([jobs[write.token] for write in writes], error)
            return
        except Refused as error:  # the whole request
            if len(writes) > 1 and type(error) is Refused:
                self._doubt([jobs[write.token] for write in writes])
                return
            self._abandon(intents)
            results = [WriteResult(token=write.token, error=error) for write in writes]
        except Unreachable as error:
            self._bear(error, len(writes))
            self._abandon(intents)
            results = [WriteResult(token=write.token, error=Refused(error.text)) for write in writes]
        with self._context.writing() as tx:
            tx.sync.close_intents(intents)
            if any(result.error is None for result in results):
                be_bold(tx)
                note_written(self._context, tx, self._folder.id)
            for result in results:
                self._record(tx, jobs[result.token], result)
            removed = [one for one in results if one.error is None and jobs[one.token].local in self._unasked]
            note_passed(self._context, tx, UP, self._folder.id, len(removed))
        self._sent += len(results)
        self._context.recorder.progress(msgspec.structs.replace(self._progress, items=self._sent))

    def _doubt(self, jobs: Sequence[Job]) -> None:
        """Some of a refused request may have been done: a pull settles its intents, then less is sent at a time."""
        with self._context.writing() as tx:
            take_care(tx, len(jobs))
        self._outdated |= {job.local: job for job in jobs}
        self._doubted |= {job.local for job in jobs}

    def _bear(self, error: Unreachable, size: int) -> None:
        """Raise the error, unless it is one change alone that makes the server fail: that must not hold up others."""
        with self._context.writing() as tx:
            is_alone = batch_size(tx) == size == 1
            take_care(tx, size)
        self._failures += 1
        if not (isinstance(error, ServerFailed) and is_alone and self._failures <= _FAILURES):
            raise error

    def _intend(self, batch: Sequence[Job]) -> tuple[list[Write], list[int]]:
        """Write down what is about to be asked; what cannot be asked is set aside."""
        writes: list[Write] = []
        wanted: list[Intent] = []
        with self._context.writing() as tx:
            for job in batch:
                try:
                    writes.append(write_of(tx, self._context.peer, job, quiet=job.local in self._resent))
                except Refused as error:
                    self._stuck.add(job.local)
                    refuse(self._context, tx, self._folder, job, error)
                else:
                    wanted.append(self._intent(job))
            return writes, [intent.id for intent in tx.sync.open_intents(wanted)]

    def _intent(self, job: Job) -> Intent:
        """What a crash must not forget: what was sent by its stamp, and of a creation the content to find it again by.

        For all else the item's id is enough.
        """
        mark = ""
        if isinstance(job.action, SendNew) and job.record is not None:
            mark = f"{fingerprint(self._context.peer.project(job.record.item))} {job.record.stamp}"
        elif isinstance(job.action, SendContent | SendAnswer) and job.record is not None:
            mark = str(job.record.stamp)
        return Intent(
            id=0,
            action=type(job.action).__name__,
            folder=self._folder.id,
            local=job.local,
            remote=None if job.link is None else job.link.remote,
            fingerprint=mark,
            started=self._context.now(),
        )

    def _abandon(self, intents: Sequence[int]) -> None:
        """Forget intents of which nothing came."""
        with self._context.writing() as tx:
            tx.sync.close_intents(intents)

    def _halve(self, batch: Sequence[Job], error: TooLarge) -> None:
        """Send a batch that was too large as two, and remember how much the server takes."""
        if len(batch) == 1:
            with self._context.writing() as tx:
                self._stuck.add(batch[0].local)
                refuse(self._context, tx, self._folder, batch[0], error)
            return
        middle = (len(batch) + 1) // 2
        with self._context.writing() as tx:
            learn_limit(tx, middle)
        self._send(batch[:middle])
        self._send(batch[middle:])

    def _record(self, tx: Writing, job: Job, result: WriteResult) -> None:
        if record_result(self._context, tx, self._folder, job, result):
            self._outdated[job.local] = job
        elif result.error is not None:
            if any(one.local == job.local for one in of_folder(tx, self._folder.id, UP)):  # else it was taken back
                self._stuck.add(job.local)
            self._returning |= isinstance(result.error, Forbidden) and is_removal(job)

    def _finish(self, tx: Writing, due: Sequence[ItemId], *, is_last_round: bool) -> None:
        """Keep in mind what could not be sent, so that we can move on in our journal."""
        for local, job in self._outdated.items():
            if is_last_round and local not in self._doubted:
                newer = Text("A newer version of it is {there}.", there=self._context.peer.where)
                refuse(self._context, tx, self._folder, job, Stale(newer))
            else:
                remind(self._context, tx, self._folder.id, local)
        for local in self._waiting:
            remind(self._context, tx, self._folder.id, local)
        aside = {one.local: one for one in of_folder(tx, self._folder.id, UP)}
        for local, folder in self._elsewhere.items():  # its journal may know of no edit: the item may have come since
            settle(tx, [aside[local]] if local in aside else [])
            if all(one.local != local for one in of_folder(tx, folder, UP)):
                remind(self._context, tx, folder, local)
        self._forget(tx, [id_ for id_ in due if id_ not in self._outdated and id_ not in self._stuck])

    def _forget(self, tx: Writing, ids: Sequence[ItemId]) -> None:
        """What is neither here nor linked any more waits for nothing."""
        linked = {link.local for link in tx.sync.links_of_locals(ids) if link.folder == self._folder.id}
        gone = {id_ for id_ in ids if id_ not in linked and tx.items.in_folder(self._folder.id, id_, None) is None}
        if gone:
            settle(tx, [one for one in unsent(tx, self._link).aside if one.local in gone])
