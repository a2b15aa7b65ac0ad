"""What a transaction offers: one area for each kind of thing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from sqlalchemy import Connection

from passerelle.store.alarms import AlarmsReading, AlarmsWriting
from passerelle.store.attachments import AttachmentsReading, AttachmentsWriting
from passerelle.store.audit import AuditReading, AuditWriting
from passerelle.store.block import Block, WritingBlock
from passerelle.store.correspondence import CorrespondenceReading, CorrespondenceWriting
from passerelle.store.decisions import DecisionsReading, DecisionsWriting
from passerelle.store.feeds import FeedsReading, FeedsWriting
from passerelle.store.file_links import FileLinksReading, FileLinksWriting
from passerelle.store.folders import FoldersReading, FoldersWriting
from passerelle.store.happenings import HappeningsReading
from passerelle.store.inspection import InspectionReading, InspectionWriting
from passerelle.store.items import ItemsReading, ItemsWriting
from passerelle.store.journal import JournalReading, JournalWriting
from passerelle.store.left_out import LeftOutReading, LeftOutWriting
from passerelle.store.logins import LoginsReading, LoginsWriting
from passerelle.store.outbox import OutboxReading, OutboxWriting
from passerelle.store.principals import PrincipalsReading, PrincipalsWriting
from passerelle.store.reminders import RemindersReading, RemindersWriting
from passerelle.store.search import SearchReading
from passerelle.store.sync import UPSTREAM, SyncReading, SyncWriting


class Reading:
    """One snapshot of a store.

    ``sync`` and what goes with it are the memory of one peer: of the server that a replica is in step with, if no other
    was asked for (:meth:`passerelle.store.Store.of_peer`).
    """

    def __init__(self, block: Block, peer: str = UPSTREAM) -> None:
        self._block = block
        self.principals = PrincipalsReading(block)
        self.folders = FoldersReading(block)
        self.items = ItemsReading(block)
        self.search = SearchReading(block)
        self.journal = JournalReading(block)
        self.happenings = HappeningsReading(block)
        self.attachments = AttachmentsReading(block)
        self.correspondence = CorrespondenceReading(block)
        self.outbox = OutboxReading(block)
        self.reminders = RemindersReading(block)
        self.alarms = AlarmsReading(block)
        self.audit = AuditReading(block)
        self.logins = LoginsReading(block)
        self.feeds = FeedsReading(block)
        self.sync = SyncReading(block, peer)
        self.left_out = LeftOutReading(block, peer)
        self.file_links = FileLinksReading(block, peer)
        self.decisions = DecisionsReading(block, peer)
        self.inspection = InspectionReading(block)

    def of_peer(self, name: str) -> Reading:
        """The same snapshot with another peer's memory."""
        return Reading(self._block, name)


class Writing(Reading):
    """One transaction that changes a store: all of it happens, or nothing."""

    principals: PrincipalsWriting
    folders: FoldersWriting
    items: ItemsWriting
    journal: JournalWriting
    attachments: AttachmentsWriting
    correspondence: CorrespondenceWriting
    outbox: OutboxWriting
    reminders: RemindersWriting
    alarms: AlarmsWriting
    audit: AuditWriting
    logins: LoginsWriting
    feeds: FeedsWriting
    sync: SyncWriting
    left_out: LeftOutWriting
    file_links: FileLinksWriting
    decisions: DecisionsWriting
    inspection: InspectionWriting

    def __init__(self, block: WritingBlock, peer: str = UPSTREAM) -> None:
        super().__init__(block, peer)
        self._writing = block
        self.principals = PrincipalsWriting(block)
        self.folders = FoldersWriting(block)
        self.items = ItemsWriting(block)
        self.journal = JournalWriting(block)
        self.attachments = AttachmentsWriting(block)
        self.correspondence = CorrespondenceWriting(block)
        self.outbox = OutboxWriting(block)
        self.reminders = RemindersWriting(block)
        self.alarms = AlarmsWriting(block)
        self.audit = AuditWriting(block)
        self.logins = LoginsWriting(block)
        self.feeds = FeedsWriting(block)
        self.sync = SyncWriting(block, peer)
        self.left_out = LeftOutWriting(block, peer)
        self.file_links = FileLinksWriting(block, peer)
        self.decisions = DecisionsWriting(block, peer)
        self.inspection = InspectionWriting(block)

    def of_peer(self, name: str) -> Writing:
        """The same transaction with another peer's memory."""
        return Writing(self._writing, name)

    @contextmanager
    def part(self) -> Iterator[Self]:
        """A part of this transaction that an exception undoes alone; what came before and after it stays.

        Parts may stand inside one another. Files that an undone part brought go after the commit.
        """
        block = self._writing
        mark, written, tally = block.positions.mark(), set(block.blobs.written), block.tally[0]
        block.connection.exec_driver_sql("SAVEPOINT part")  # SQLAlchemy's own are compiled anew each time
        try:
            yield self
            block.connection.exec_driver_sql("RELEASE SAVEPOINT part")
        except BaseException:
            _undo(block.connection)
            block.positions.return_to(mark)
            block.dropped.update(block.blobs.written - written)
            block.tally[0] = tally
            raise


def _undo(connection: Connection) -> None:
    """Go back to the last savepoint; where that fails, make sure that the transaction cannot be committed.

    A disk fault can make SQLite undo the whole transaction by itself. What came afterwards would be committed alone.
    """
    try:
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT part")
        connection.exec_driver_sql("RELEASE SAVEPOINT part")
    except BaseException:
        connection.invalidate()
        raise
