"""Where things are kept: items, folders, users, journal, attachments and outgoing mail, in SQLite or PostgreSQL."""

from passerelle.store.alarms import Acknowledged
from passerelle.store.clock import Clock, system_clock
from passerelle.store.correspondence import Revision, Subject
from passerelle.store.decisions import Decision
from passerelle.store.happenings import Happening
from passerelle.store.item_additions import Draft
from passerelle.store.items import Outline
from passerelle.store.journal import Action, Entry, Kind, Step
from passerelle.store.left_out import LeftOut
from passerelle.store.links import FileLink, FolderLink, Intent, ItemLink, Skipped
from passerelle.store.outbox import Mail, MailState
from passerelle.store.placements import Placement
from passerelle.store.principal_names import Principal
from passerelle.store.principals import DirectoryChanges
from passerelle.store.reminders import Pending
from passerelle.store.store import Store
from passerelle.store.sync import UPSTREAM, LinkState
from passerelle.store.transaction import Reading, Writing

__all__ = [
    "UPSTREAM",
    "Acknowledged",
    "Action",
    "Clock",
    "Decision",
    "DirectoryChanges",
    "Draft",
    "Entry",
    "FileLink",
    "FolderLink",
    "Happening",
    "Intent",
    "ItemLink",
    "Kind",
    "LeftOut",
    "LinkState",
    "Mail",
    "MailState",
    "Outline",
    "Pending",
    "Placement",
    "Principal",
    "Reading",
    "Revision",
    "Skipped",
    "Step",
    "Store",
    "Subject",
    "Writing",
    "system_clock",
]
