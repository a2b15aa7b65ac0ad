"""The journal's rows: each can be read, and positions rise."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from sqlalchemy import select

from passerelle.model.folders import Folder
from passerelle.model.items import Item
from passerelle.model.principals import Group, Resource, User
from passerelle.model.text import Text
from passerelle.store.integrity.finding import BACKUP, Finding, OnProgress
from passerelle.store.journal import Action, Kind
from passerelle.store.schema import journal
from passerelle.store.transaction import Reading

_ROWS = select(journal.c.scope, journal.c.position, journal.c.kind, journal.c.action, journal.c.previous).order_by(
    journal.c.scope, journal.c.position
)
_PAGE = 2000
_ACTIONS = frozenset(map(str, Action))
_DECODERS = {
    Kind.ITEM: msgspec.json.Decoder(Item).decode,
    Kind.FOLDER: msgspec.json.Decoder(Folder).decode,
    Kind.USER: msgspec.json.Decoder(User).decode,
    Kind.GROUP: msgspec.json.Decoder(Group).decode,
    Kind.RESOURCE: msgspec.json.Decoder(Resource).decode,
}


def history_can_be_read(tx: Reading, on_progress: OnProgress, total: int) -> Iterator[Finding]:
    """Every row says what happened to what kind of object, its earlier version decodes, and positions rise."""
    before = (-(2**63), -(2**63))
    rows = tx.inspection.connection.execution_options(yield_per=_PAGE).execute(_ROWS)
    for done, (scope, position, kind, action, previous) in enumerate(rows, 1):
        if (scope, position) <= before:
            yield _finding(scope, position, Text("Its position is not above the one before."))
        before = (scope, position)
        if not _is_readable(kind, action, previous):
            yield _finding(scope, position, Text("It cannot be read."))
        if done % _PAGE == 0 or done == total:
            on_progress(done, total)


def _is_readable(kind: str, action: str, previous: bytes | None) -> bool:
    decode = _DECODERS.get(Kind(kind)) if kind in set(Kind) else None
    if decode is None or action not in _ACTIONS:
        return False
    try:
        return previous is None or bool(decode(previous))
    except msgspec.MsgspecError:
        return False


def _finding(scope: int, position: int, what: Text) -> Finding:
    return Finding(rule="journal", where=f"scope {scope} position {position}", what=what, remedy=BACKUP)
