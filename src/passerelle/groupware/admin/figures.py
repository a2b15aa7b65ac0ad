"""How much there is on a server, and what grows: numbers, and how a person is told of them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from msgspec import Struct

from passerelle import __version__
from passerelle.model.text import Text, plural
from passerelle.store import Reading, Writing
from passerelle.store.statistics import Statistics, statistics

_LAST: Final = "last backup"
_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB")


class Saved(Struct, frozen=True):
    """The last backup that was made: when, and how much it holds."""

    at: datetime
    rows: int
    files: int


class Figures(Struct, frozen=True, kw_only=True):
    """All numbers, for scripts."""

    version: str
    last_backup: Saved | None
    store: Statistics


def figures(tx: Reading, now: datetime) -> Figures:
    """Count everything; see :func:`statistics` for what that costs."""
    return Figures(version=__version__, last_backup=tx.sync.get(_LAST, Saved), store=statistics(tx, now))


def note_backup(tx: Writing, saved: Saved) -> None:
    """Keep in mind that a backup was made."""
    tx.sync.set(_LAST, saved)


def rows(told: Figures) -> list[tuple[object, object]]:
    """The same for a person: each with what it is called."""
    store = told.store
    return [
        (Text("Version"), told.version),
        (Text("Database"), f"{store.database}, {size_in_words(store.database_bytes)}, {store.schema}"),
        (Text("Users"), store.users),
        (Text("Groups"), store.groups),
        (Text("Resources"), store.resources),
        (Text("Folders"), store.folders),
        *((_KINDS.get(kind, kind), count) for kind, count in store.items.items()),
        (Text("Attachments"), f"{store.attachments.count}, {size_in_words(store.attachments.bytes)}"),
        (Text("Tombstones"), store.tombstones),
        (Text("Mail not sent"), sum(count for state, count in store.mail.items() if state != "sent")),
        (Text("Earlier versions"), f"{store.journal.count}, {size_in_words(store.journal.bytes)}"),
        (Text("They reach back to"), "" if store.journal_since is None else f"{store.journal_since:%Y-%m-%d}"),
        (Text("Changes in seven days"), _recent(store)),
        (Text("Last backup"), _when(told.last_backup)),
    ]


_KINDS = {
    "appointment": Text("Appointments"),
    "contact": Text("Contacts"),
    "list": Text("Distribution lists"),
    "task": Text("Tasks"),
}


def _recent(store: Statistics) -> Text:
    changes, people = store.recent_changes, store.recent_users
    return plural("{changes} by {count} user", "{changes} by {count} users", count=people, changes=changes)


def _when(backup: Saved | None) -> Text | str:
    return Text("never") if backup is None else f"{backup.at:%Y-%m-%d %H:%M} UTC"


def size_in_words(count: int) -> str:
    """Bytes in the largest unit that leaves a number of at least one."""
    power = min(max(count.bit_length() - 1, 0) // 10, len(_UNITS) - 1)
    return f"{count / 1024**power:.{min(power, 1)}f} {_UNITS[power]}"
