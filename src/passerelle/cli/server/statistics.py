"""``passerelle server stats``: how much there is, and what grows."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec import Struct

from passerelle import __version__
from passerelle.cli.options import Json, ServerData
from passerelle.cli.output import print_json, print_table
from passerelle.cli.server.archives import Saved, last_backup
from passerelle.cli.server.opening import open_store
from passerelle.model.text import Text, plural
from passerelle.store.statistics import Statistics, statistics

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


class _Told(Struct, frozen=True):
    """All numbers, for scripts."""

    version: str
    last_backup: Saved | None
    store: Statistics


def stats(*, data: ServerData = None, json: Json = False) -> int:
    """Show how much there is in the store, and what grows. No names, no content.

    Args:
        data: The server's directory.
        json: Print all numbers as JSON.
    """
    with open_store(data) as store, store.reading() as tx:
        told = _Told(__version__, last_backup(tx), statistics(tx, datetime.now(UTC)))
    if json:
        print_json(told)
    else:
        print_table(Text("Server"), ("What", "How much"), _rows(told))
    return 0


def _rows(told: _Told) -> list[tuple[object, object]]:
    store = told.store
    return [
        (Text("Version"), told.version),
        (Text("Database"), f"{store.database}, {_size(store.database_bytes)}, {store.schema}"),
        (Text("Users"), store.users),
        (Text("Groups"), store.groups),
        (Text("Resources"), store.resources),
        (Text("Folders"), store.folders),
        *((_KINDS.get(kind, kind), count) for kind, count in store.items.items()),
        (Text("Attachments"), f"{store.attachments.count}, {_size(store.attachments.bytes)}"),
        (Text("Tombstones"), store.tombstones),
        (Text("Mail not sent"), sum(count for state, count in store.mail.items() if state != "sent")),
        (Text("Earlier versions"), f"{store.journal.count}, {_size(store.journal.bytes)}"),
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


def _size(count: int) -> str:
    """Bytes in the largest unit that leaves a number of at least one."""
    power = min(max(count.bit_length() - 1, 0) // 10, len(_UNITS) - 1)
    return f"{count / 1024**power:.{min(power, 1)}f} {_UNITS[power]}"
