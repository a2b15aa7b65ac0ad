"""``passerelle server stats``: how much there is, and what grows."""

from __future__ import annotations

from datetime import UTC, datetime

from passerelle.cli.options import Json, ServerData
from passerelle.cli.output import print_json, print_table
from passerelle.cli.server.opening import open_store
from passerelle.groupware.admin.figures import figures, rows
from passerelle.model.text import Text


def stats(*, data: ServerData = None, json: Json = False) -> int:
    """Show how much there is in the store, and what grows. No names, no content.

    Args:
        data: The server's directory.
        json: Print all numbers as JSON.
    """
    with open_store(data) as store, store.reading() as tx:
        told = figures(tx, datetime.now(UTC))
    if json:
        print_json(told)
    else:
        print_table(Text("Server"), ("What", "How much"), rows(told))
    return 0
